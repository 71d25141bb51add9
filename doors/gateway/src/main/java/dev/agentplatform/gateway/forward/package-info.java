/**
 * Requests for services that run elsewhere, passed on and answered as their bytes come.
 *
 * <p>Start reading at {@link dev.agentplatform.gateway.forward.Forwarding}. The HTTP client is our own: what a proxy needs
 * (limits on each phase, a connection that is cut when either side is, nothing left over on one that is used again) is
 * less than what a general client has to be talked out of.
 */
package dev.agentplatform.gateway.forward;

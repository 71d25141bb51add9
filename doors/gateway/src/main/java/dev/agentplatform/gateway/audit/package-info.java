/**
 * One row for each answered request, written behind its back.
 *
 * <p>Start reading at {@link dev.agentplatform.gateway.audit.Audit}.
 */
package dev.agentplatform.gateway.audit;

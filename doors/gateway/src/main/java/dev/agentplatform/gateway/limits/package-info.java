/**
 * How many requests a workspace and a key may send.
 *
 * <p>Start reading at {@link dev.agentplatform.gateway.limits.RateLimits}.
 */
package dev.agentplatform.gateway.limits;

/**
 * The front door: health, readiness, the list of services, and metrics.
 *
 * <p>Start reading at {@link dev.agentplatform.gateway.GatewayRoutes}.
 */
package dev.agentplatform.gateway;

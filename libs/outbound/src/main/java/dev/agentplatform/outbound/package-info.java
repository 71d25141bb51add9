/**
 * HTTP to the places that users' definitions name: only to allowed targets, within limits of time and size.
 *
 * <p>Start reading at {@link dev.agentplatform.outbound.OutboundClient}; {@link
 * dev.agentplatform.outbound.Targets} decides which addresses may be reached. Addresses that the operator
 * configured need no guard and do not go through here.
 */
package dev.agentplatform.outbound;

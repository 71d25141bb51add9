/**
 * Who may come in: {@link dev.agentplatform.gateway.access.Access} stands first among the filters, finds out who calls
 * and in which workspace, and asks whether that caller may use the route.
 */
package dev.agentplatform.gateway.access;

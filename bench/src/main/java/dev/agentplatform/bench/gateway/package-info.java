/**
 * Load on model gateways: a provider that costs next to nothing, and clients that count. {@code bench/gateway.sh} runs
 * them as processes of their own, with our server and a peer between them.
 */
package dev.agentplatform.bench.gateway;

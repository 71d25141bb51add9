/** API keys: made, listed, taken back, and found again by their text. Start at {@link dev.agentplatform.gateway.keys.ApiKeys}. */
package dev.agentplatform.gateway.keys;

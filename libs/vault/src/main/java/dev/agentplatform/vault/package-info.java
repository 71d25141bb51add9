/**
 * Secrets at rest: sealed with AES-256-GCM under keys that the operator holds.
 *
 * <p>Start reading at {@link dev.agentplatform.vault.Vault}.
 */
package dev.agentplatform.vault;

/**
 * A provider inside this process: deterministic, scriptable, streaming, calling tools, failing on demand. It stands where
 * the network stands, so everything above it is the same as for a real provider.
 *
 * <p>Start reading at {@link dev.agentplatform.model.mock.MockProvider}; what it says is decided in {@link
 * dev.agentplatform.model.mock.MockReply}.
 */
package dev.agentplatform.model.mock;

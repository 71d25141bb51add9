/**
 * Anthropic's Messages API.
 *
 * <p>Start reading at {@link dev.agentplatform.model.wire.anthropic.AnthropicWire}.
 */
package dev.agentplatform.model.wire.anthropic;

/**
 * OpenAI's format: requests read into values that other formats are written from, answers and chunks written.
 *
 * <p>Start reading at {@link dev.agentplatform.model.wire.openai.ChatRequest}.
 */
package dev.agentplatform.model.wire.openai;

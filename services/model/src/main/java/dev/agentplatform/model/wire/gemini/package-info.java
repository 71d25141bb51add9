/**
 * Google's Gemini API.
 *
 * <p>Start reading at {@link dev.agentplatform.model.wire.gemini.GeminiWire}.
 */
package dev.agentplatform.model.wire.gemini;

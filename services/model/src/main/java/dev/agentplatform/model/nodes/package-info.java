/**
 * The nodes of workflows that think: {@code llm}, {@code question-classifier}, {@code parameter-extractor}.
 *
 * <p>Start reading at {@link dev.agentplatform.model.nodes.LlmNode}.
 */
package dev.agentplatform.model.nodes;

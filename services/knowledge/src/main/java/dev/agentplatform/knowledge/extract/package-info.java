/**
 * Texts out of documents: headings and paragraphs in their order. Each format has a reader, and each reader has limits,
 * since documents come from anybody. Start reading at {@link dev.agentplatform.knowledge.extract.Extraction}.
 */
package dev.agentplatform.knowledge.extract;

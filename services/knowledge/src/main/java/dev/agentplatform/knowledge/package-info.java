/**
 * Bases of documents, and searches in them. A document is read ({@code extract}), cut into chunks ({@code chunk}) and
 * found by words and vectors ({@code libs/search}).
 *
 * <p>Start reading at {@link dev.agentplatform.knowledge.Documents} (how a document gets in) and {@link
 * dev.agentplatform.knowledge.Searches} (how it is found).
 */
package dev.agentplatform.knowledge;

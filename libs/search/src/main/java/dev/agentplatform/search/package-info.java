/**
 * Hybrid search over texts in the memory of a process: words, vectors and importance, all exact. No database and no HTTP
 * here; a {@link dev.agentplatform.search.Feed} keeps an index in step with what it stands for.
 *
 * <p>Start reading at {@link dev.agentplatform.search.TextIndex}.
 */
package dev.agentplatform.search;

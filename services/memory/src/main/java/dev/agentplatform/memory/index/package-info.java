/**
 * Hybrid search over texts in the memory of a process: words, vectors and importance, all exact. No database and no HTTP
 * here; who owns an index keeps it in step with what it stands for.
 *
 * <p>Start reading at {@link dev.agentplatform.memory.index.TextIndex}.
 */
package dev.agentplatform.memory.index;

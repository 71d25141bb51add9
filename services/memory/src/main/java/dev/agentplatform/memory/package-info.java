/**
 * Memory: short texts that a workspace, user, session, agent or team remembers, and their hybrid search.
 *
 * <p>Start reading at {@link dev.agentplatform.memory.MemoryRoutes}, then {@link dev.agentplatform.memory.Memories},
 * which writes, and {@link dev.agentplatform.memory.ScopeIndex}, which keeps an index in step with a scope.
 */
package dev.agentplatform.memory;

/**
 * The database: reads, transactions, group commit, the two dialects and migrations.
 *
 * <p>One SQL text serves SQLite and PostgreSQL; {@link dev.agentplatform.store.Dialect} holds what
 * differs. Start reading at {@link dev.agentplatform.store.Database}.
 */
package dev.agentplatform.store;

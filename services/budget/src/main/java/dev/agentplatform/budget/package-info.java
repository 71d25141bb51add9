/**
 * Budgets: limits in money, tokens, steps and time for a workspace, a user, a definition or a run, kept before the call
 * or step that would break them.
 *
 * <p>Start reading at {@link dev.agentplatform.budget.Judgement}, which decides, then {@link
 * dev.agentplatform.budget.Ledger}, which books in one transaction, and {@link dev.agentplatform.budget.Enforcement},
 * which is asked before each call and step.
 */
package dev.agentplatform.budget;

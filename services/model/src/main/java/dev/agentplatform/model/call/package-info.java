/**
 * One call of a model: which provider answers, how often it is tried, what becomes of the answer.
 *
 * <p>Start reading at {@link dev.agentplatform.model.call.Calls}.
 */
package dev.agentplatform.model.call;

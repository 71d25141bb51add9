/**
 * What calls of models used and cost: one row each, written aside from the call and never lost on a clean stop.
 *
 * <p>Start reading at {@link dev.agentplatform.model.usage.UsageLog}.
 */
package dev.agentplatform.model.usage;

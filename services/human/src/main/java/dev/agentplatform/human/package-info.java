/**
 * What people are asked: tasks to claim and complete, and the nodes that wait for them.
 *
 * <p>Start reading at {@link dev.agentplatform.human.HumanRoutes}, then {@link
 * dev.agentplatform.human.HumanTasks}, which joins an answer with the run that waits for it, and {@link
 * dev.agentplatform.human.HumanNode}, the waiting side.
 */
package dev.agentplatform.human;

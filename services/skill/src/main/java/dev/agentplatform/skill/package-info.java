/**
 * Skills: small things that agents can do. A version says with which runtime: a template, a request, code, a workflow or
 * an agent.
 *
 * <p>Start reading at {@link dev.agentplatform.skill.SkillModule}; {@code Implementation} is what a version does.
 */
package dev.agentplatform.skill;

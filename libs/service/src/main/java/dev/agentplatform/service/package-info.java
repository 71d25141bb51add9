/**
 * What the rooms of definitions have in common: the paths of definitions and versions, and those of the runs of programs.
 *
 * <p>A room describes its {@link dev.agentplatform.service.DefinitionKind} and gets its routes from {@link
 * dev.agentplatform.service.DefinitionRoutes}. If what it defines can run, it describes a {@link
 * dev.agentplatform.service.RunnableKind} as well; {@link dev.agentplatform.service.ProgramRuns} starts and drives the runs.
 */
package dev.agentplatform.service;

/**
 * Definitions of every kind as documents: exported to text that a repository keeps, and applied from it. Start reading at
 * {@link dev.agentplatform.definition.Apply}. What a document of a kind holds is told by the kind's own room, in its {@link
 * dev.agentplatform.service.DefinitionFormat}. There are no tables here.
 */
package dev.agentplatform.definition;

/**
 * Tools: what workflows and agents call to act on the world. A tool is a definition of the kind {@code tool} with
 * versions; a binding says how it is used somewhere; a credential holds the secrets it takes along.
 *
 * <p>Start reading at {@link dev.agentplatform.tool.ToolCalls}, which makes one call; {@link
 * dev.agentplatform.tool.HttpResolution} holds the order in which a request is put together.
 */
package dev.agentplatform.tool;

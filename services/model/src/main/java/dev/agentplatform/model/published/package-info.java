/**
 * Published definitions that answer as models, {@code agent:sales_agent}: a chat becomes a durable run, what the run says
 * becomes the answer. Start reading at {@link dev.agentplatform.model.published.RunChat}. This room knows no agents: {@link
 * dev.agentplatform.model.published.PublishedDefinitions} is what it is handed.
 */
package dev.agentplatform.model.published;

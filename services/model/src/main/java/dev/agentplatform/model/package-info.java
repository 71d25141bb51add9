/**
 * The model gateway: language models of many providers behind one format, OpenAI's.
 *
 * <p>Start reading at {@link dev.agentplatform.model.ModelRoutes} for the way of a request, and at {@link
 * dev.agentplatform.model.Models} for how other rooms call a model. {@code call} decides who answers, {@code upstream}
 * speaks HTTP, {@code wire} translates formats, {@code provider} and {@code usage} keep the rows.
 */
package dev.agentplatform.model;

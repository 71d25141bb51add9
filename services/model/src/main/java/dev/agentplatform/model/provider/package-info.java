/**
 * The providers of models that workspaces register: their rows, their rules, their routes.
 *
 * <p>Start reading at {@link dev.agentplatform.model.provider.Providers}.
 */
package dev.agentplatform.model.provider;

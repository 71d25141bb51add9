/**
 * What commands need to talk to a platform as any client does: over HTTP, with its events as lines in a terminal.
 *
 * <p>Start reading at {@link dev.agentplatform.app.client.ApiClient}.
 */
package dev.agentplatform.app.client;

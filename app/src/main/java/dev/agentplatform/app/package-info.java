/**
 * The program: its entry point, the frame of its command line, its settings and its logs.
 *
 * <p>Start reading at {@link dev.agentplatform.app.Main}; each command is one class in {@code command}.
 */
package dev.agentplatform.app;

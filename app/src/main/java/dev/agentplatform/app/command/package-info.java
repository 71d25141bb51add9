/**
 * The commands of {@code agent-platform}, one class each, listed in {@link dev.agentplatform.app.Main}.
 *
 * <p>A command is a {@code Callable<Integer>} that returns its exit code ({@code Main.OK}, {@code Main.FAILED}). One
 * that needs settings has a mixin {@link dev.agentplatform.app.SettingsOptions}. Output for people and scripts goes to
 * {@code spec.commandLine().getOut()}, so that tests can read it.
 */
package dev.agentplatform.app.command;

/**
 * Conditions and templates that users write: {@code input.total > 100} and {@code Hello {{input.name}}}.
 *
 * <p>Text is parsed once into an immutable tree and evaluated many times. There is no way from here to the
 * host: an expression sees only what its {@link dev.agentplatform.language.Scope} hands out, and every
 * evaluation is bounded in steps, text and depth. Start reading at {@link
 * dev.agentplatform.language.Expression}, then {@link dev.agentplatform.language.Template} and {@link
 * dev.agentplatform.language.CompiledTree}.
 */
package dev.agentplatform.language;

/**
 * Measurements, one class each; they print figures and judge nothing. Start reading at {@link
 * dev.agentplatform.bench.Main}; {@code bench/README.md} says what each figure means.
 */
package dev.agentplatform.bench;

/**
 * The formats that providers speak, translated from and to OpenAI's. Pure: no I/O, no clock, no state beyond one stream.
 *
 * <p>Start reading at {@link dev.agentplatform.model.wire.Wire}.
 */
package dev.agentplatform.model.wire;

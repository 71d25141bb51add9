/**
 * The demonstration: example workflows on a server that is killed in the middle, and the proof that nothing was lost.
 *
 * <p>Start reading at {@link dev.agentplatform.app.demo.Demo}. {@code ServerProcess} is the server, {@code Receiver} the
 * outside world, {@code Ledger} the proof. The workflows and their input are the files under {@code examples/}.
 */
package dev.agentplatform.app.demo;

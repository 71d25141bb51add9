package dev.agentplatform.bench;
import dev.agentplatform.bench.harness.Options;
final class StartBench { private StartBench() {} static void measure(Options options) throws Exception { throw new IllegalStateException(); } }

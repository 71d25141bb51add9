package dev.agentplatform.bench;
import dev.agentplatform.bench.harness.Options;
final class HttpBench { private HttpBench() {} static void measure(Options options) throws Exception { throw new IllegalStateException(); } }

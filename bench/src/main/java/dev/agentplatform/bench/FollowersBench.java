package dev.agentplatform.bench;
import dev.agentplatform.bench.harness.Options;
final class FollowersBench { private FollowersBench() {} static void measure(Options options) throws Exception { throw new IllegalStateException(); } }

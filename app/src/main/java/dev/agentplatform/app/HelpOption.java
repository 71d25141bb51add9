package dev.agentplatform.app;

import picocli.CommandLine.Option;

/** {@code --help}, mixed into every command by {@link Main}. */
final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean asked;
}

package dev.agentplatform.houserules;

import java.util.List;
import java.util.stream.Collectors;

/** A place where a rule is not kept, and how to mend it. {@code line} counts from 1; 0 means the file as a whole. */
record Finding(String path, int line, String what, String mend) {

    @Override
    public String toString() {
        return path + (line == 0 ? "" : ":" + line) + " " + what + ". " + mend;
    }

    static void failOnAny(List<Finding> findings) {
        if (findings.isEmpty()) return;
        throw new AssertionError(findings.size() + " places break a house rule:\n"
                + findings.stream().map(Finding::toString).sorted().collect(Collectors.joining("\n")));
    }
}

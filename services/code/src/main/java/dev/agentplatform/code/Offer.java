package dev.agentplatform.code;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What this host offers to code.
 *
 * @param isolation null when there is none
 * @param interpreters the languages that were found
 * @param refusals why better isolations are not used, or why there is none
 */
record Offer(Isolation isolation, Map<Language, Interpreter> interpreters, List<String> refusals) {
    boolean available() {
        return isolation != null;
    }

    /** One line for people. */
    String text() {
        if (!available()) return "no isolation (" + String.join("; ", refusals) + ")";
        String languages = interpreters.values().stream()
                .map(one -> one.language().word() + " at " + one.binary())
                .collect(Collectors.joining(", "));
        return "isolation " + isolation.word() + "; " + languages;
    }
}

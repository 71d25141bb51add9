package dev.agentplatform.houserules;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** A source file fits in a head: at most 400 lines, with a reason up to 600. */
final class FileSizes {
    static final int LINES_MAX = 400;
    static final int LINES_MAX_WITH_REASON = 600;

    /** Path to reason. */
    static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry(
                    "app/src/main/java/dev/agentplatform/app/Platform.java",
                    "the plan of the house: each room is made once, from below to above, in one place"),
            Map.entry(
                    "libs/engine/src/main/java/dev/agentplatform/engine/Engine.java",
                    "the face of the engine: submit, send and await, and what owners ask of it; each method is a few"
                            + " lines"),
            Map.entry(
                    "libs/engine/src/main/java/dev/agentplatform/engine/GraphDriver.java",
                    "one class because all of it works on the state of one turn; what is written stands in"
                            + " GraphJournal"),
            Map.entry(
                    "libs/engine/src/main/java/dev/agentplatform/engine/graph/Transition.java",
                    "the whole of the control of graphs, to be read in one go beside its table of states"),
            Map.entry(
                    "libs/engine/src/main/java/dev/agentplatform/engine/RunOwner.java",
                    "the owner's loop from input to commit to what follows; its parts share one turn"),
            Map.entry(
                    "libs/engine/src/test/java/dev/agentplatform/engine/OwnershipTest.java",
                    "every way to lose and to win a run, side by side"),
            Map.entry(
                    "bench/src/main/java/dev/agentplatform/bench/simulation/Simulation.java",
                    "the schedule of one seed: its faults and its steps in one place"),
            Map.entry(
                    "app/src/test/java/dev/agentplatform/app/api/WrongRequests.java",
                    "one table of wrong requests, by service"),
            Map.entry(
                    "app/src/test/java/dev/agentplatform/app/api/RunApiTest.java",
                    "chapter 5 of the contract, in its order"),
            Map.entry(
                    "libs/outbound/src/test/java/dev/agentplatform/outbound/OutboundClientTest.java",
                    "one table of hostile servers"),
            Map.entry(
                    "libs/web/src/test/java/dev/agentplatform/web/RequestTest.java", "one table of malformed requests"),
            Map.entry(
                    "libs/engine/src/test/java/dev/agentplatform/engine/ProgramTest.java",
                    "everything that a program may do, and its replay from every prefix"),
            Map.entry(
                    "libs/queue/src/main/java/dev/agentplatform/queue/TaskTable.java",
                    "all SQL of tasks and workers in one place, to be read beside their schema"));

    private static final Pattern SOURCE = Pattern.compile(".*\\.(java|js|mjs|ts|tsx|css|py|sh)");

    private FileSizes() {}

    static List<Finding> check(List<SourceFile> files, Map<String, String> reasons) {
        List<Finding> findings = new ArrayList<>();
        Set<String> unneeded = new HashSet<>(reasons.keySet());
        for (SourceFile file : files) {
            if (!SOURCE.matcher(file.path()).matches()) continue;
            int lines = file.lines();
            if (lines <= LINES_MAX) continue;
            unneeded.remove(file.path());
            boolean excused = reasons.containsKey(file.path()) && lines <= LINES_MAX_WITH_REASON;
            if (!excused) {
                findings.add(new Finding(
                        file.path(),
                        lines,
                        "has " + lines + " lines",
                        "Ask which second idea has moved in, and give it a file of its own; up to "
                                + LINES_MAX_WITH_REASON + " lines a reason in FileSizes.REASONS will do"));
            }
        }
        unneeded.forEach(path -> findings.add(new Finding(
                path,
                0,
                "is listed in FileSizes.REASONS and has no more than " + LINES_MAX + " lines",
                "Remove the row")));
        return findings;
    }
}

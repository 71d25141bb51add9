package dev.agentplatform.workflow.dsl;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong. A text with more faults than anybody reads stops adding to it. */
final class FaultList {
    static final int FAULTS_MAX = 1_000;

    private final List<Fault> faults = new ArrayList<>();
    private final List<Fault> warnings = new ArrayList<>();

    void whole(String code, String message) {
        at("", code, message);
    }

    void at(String path, String code, String message) {
        add(faults, new Fault(path, null, null, code, message));
    }

    void node(String path, NodeDefinition node, String code, String message) {
        add(faults, new Fault(path, node.id(), null, code, message));
    }

    void edge(String path, EdgeDefinition edge, String code, String message) {
        add(faults, new Fault(path, null, edge.title(), code, message));
    }

    void warning(String path, NodeDefinition node, String code, String message) {
        add(warnings, new Fault(path, node.id(), null, code, message));
    }

    /** Whether a fault is known at {@code path} or below it. */
    boolean has(String path) {
        return faults.stream()
                .anyMatch(fault -> fault.path().equals(path) || fault.path().startsWith(path + "."));
    }

    boolean isEmpty() {
        return faults.isEmpty();
    }

    List<Fault> faults() {
        return List.copyOf(faults);
    }

    Findings findings() {
        return new Findings(List.copyOf(faults), List.copyOf(warnings));
    }

    private static void add(List<Fault> list, Fault fault) {
        if (list.size() < FAULTS_MAX) list.add(fault);
    }
}

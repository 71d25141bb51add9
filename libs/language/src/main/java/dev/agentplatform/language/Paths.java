package dev.agentplatform.language;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/** The paths that a term may read, as far as they are known without evaluating it. */
final class Paths {
    private final Set<Term.Path> paths = new LinkedHashSet<>();

    void add(Term term) {
        if (term instanceof Term.Path path) paths.add(path);
        term.children().forEach(this::add);
    }

    void addAll(Paths others) {
        paths.addAll(others.paths);
    }

    Set<String> roots() {
        Set<String> roots = new LinkedHashSet<>();
        for (Term.Path path : paths) roots.add(path.root());
        return Collections.unmodifiableSet(roots);
    }

    Set<String> members(String root) {
        Set<String> members = new LinkedHashSet<>();
        for (Term.Path path : paths) {
            if (path.root().equals(root) && !path.segments().isEmpty()) {
                members.add(path.segments().getFirst().name());
            }
        }
        return Collections.unmodifiableSet(members);
    }

    Set<String> dotted() {
        Set<String> dotted = new LinkedHashSet<>();
        for (Term.Path path : paths) dotted.add(dotted(path));
        return Collections.unmodifiableSet(dotted);
    }

    private static String dotted(Term.Path path) {
        StringBuilder text = new StringBuilder(path.root());
        for (Term.Segment segment : path.segments()) text.append('.').append(segment.name());
        return text.toString();
    }
}

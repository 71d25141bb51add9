package dev.agentplatform.definition;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** What differs between two documents, field by field. Pure. */
final class Changes {
    /** Of one definition. Whoever changes more sees that it is much. */
    private static final int CHANGES_MAX = 200;

    private final List<Change> changes = new ArrayList<>();

    /** @param from null when the field is new @param to null when it is gone */
    record Change(String path, JsonNode from, JsonNode to) {}

    private Changes() {}

    static List<Change> between(JsonNode before, JsonNode after) {
        Changes found = new Changes();
        found.compare("", before, after);
        return List.copyOf(found.changes);
    }

    private void compare(String path, JsonNode before, JsonNode after) {
        if (before.equals(after) || changes.size() == CHANGES_MAX) return;
        if (before.isObject() && after.isObject()) {
            Set<String> names = new LinkedHashSet<>(before.propertyNames());
            names.addAll(after.propertyNames());
            for (String name : names) {
                compare(Document.joined(path, name), before.path(name), after.path(name));
            }
        } else if (before.isArray() && after.isArray()) {
            lists(path, before, after);
        } else {
            changes.add(new Change(path, known(before), known(after)));
        }
    }

    /** Nodes keep their ids when others come before them. */
    private void lists(String path, JsonNode before, JsonNode after) {
        if (!allNamed(before) || !allNamed(after)) {
            for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
                compare(path + "." + i, before.path(i), after.path(i));
            }
            return;
        }
        for (int i = 0; i < before.size(); i++) {
            if (find(after, id(before.get(i))).isMissingNode())
                compare(path + "." + i, before.get(i), MissingNode.getInstance());
        }
        for (int i = 0; i < after.size(); i++) {
            compare(path + "." + i, find(before, id(after.get(i))), after.get(i));
        }
    }

    private static boolean allNamed(JsonNode list) {
        Set<String> ids = new LinkedHashSet<>();
        for (JsonNode item : list) if (id(item).isEmpty() || !ids.add(id(item))) return false;
        return true;
    }

    private static String id(JsonNode item) {
        return item.path("id").asString("");
    }

    private static JsonNode find(JsonNode list, String id) {
        for (JsonNode item : list) if (id(item).equals(id)) return item;
        return MissingNode.getInstance();
    }

    private static JsonNode known(JsonNode value) {
        return value.isMissingNode() ? null : value;
    }
}

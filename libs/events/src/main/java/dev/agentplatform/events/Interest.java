package dev.agentplatform.events;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.EvaluationError;
import dev.agentplatform.language.Expression;
import dev.agentplatform.language.LanguageError;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a subscription wants to hear: types of events, and a condition over the event. Immutable. */
public final class Interest {
    public static final int TYPES_MAX = 50;
    private static final Pattern TYPE = Pattern.compile("\\*|[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*(\\.\\*)?");
    private static final int TYPE_LENGTH_MAX = 200;

    private final List<String> types;
    private final Expression filter;

    /** @param filter null for none */
    public Interest(List<String> types, String filter) {
        this.types = List.copyOf(types);
        this.filter = filter == null ? null : Expression.parse(filter);
    }

    /** @throws Problem 422 that names the field */
    public static void check(List<String> types, String filter, String typesField, String filterField) {
        if (types.isEmpty() || types.size() > TYPES_MAX) {
            throw Problem.invalid(typesField, "must name 1 to " + TYPES_MAX + " types");
        }
        for (int i = 0; i < types.size(); i++) {
            String type = types.get(i);
            if (type.length() > TYPE_LENGTH_MAX || !TYPE.matcher(type).matches()) {
                throw Problem.invalid(typesField + "." + i, "must be a type such as run.completed, run.* or *");
            }
        }
        if (filter == null) return;
        try {
            Expression.parse(filter);
        } catch (LanguageError wrong) {
            throw Problem.invalid(filterField, wrong.getMessage());
        }
    }

    /** Whether an event of this type may be wanted, whatever is in it. */
    public boolean mayWant(String type) {
        for (String wanted : types) if (fits(wanted, type)) return true;
        return false;
    }

    /** A condition that cannot be evaluated for an event does not hold. */
    public boolean wants(Event event) {
        if (!mayWant(event.type())) return false;
        if (filter == null) return true;
        ObjectNode[] whole = new ObjectNode[1];
        try {
            return filter.test(name -> root(event, name, whole));
        } catch (EvaluationError unfit) {
            return false;
        }
    }

    private static JsonNode root(Event event, String name, ObjectNode[] whole) {
        if (whole[0] == null) whole[0] = event.json();
        return switch (name) {
            case "event" -> whole[0];
            case "payload" -> whole[0].get("payload_json");
            default -> whole[0].get(name);
        };
    }

    private static boolean fits(String wanted, String type) {
        if (wanted.equals("*")) return true;
        if (!wanted.endsWith(".*")) return wanted.equals(type);
        return type.startsWith(wanted.substring(0, wanted.length() - 1)) || type.equals(prefix(wanted));
    }

    private static String prefix(String wanted) {
        return wanted.substring(0, wanted.length() - 2);
    }

    /** The event as conditions and templates name its parts: {@code event}, {@code payload}, {@code event_type} … */
    public static JsonNode root(Event event, String name) {
        JsonNode found = root(event, name, new ObjectNode[1]);
        return found == null ? Json.nothing() : found;
    }
}

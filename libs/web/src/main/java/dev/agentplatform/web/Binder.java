package dev.agentplatform.web;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.web.BodyType.Field;
import dev.agentplatform.web.BodyType.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Binds JSON to records. Nothing is coerced: a wrong JSON type is an error with its path; unknown fields are ignored;
 * null is the same as absent. All errors of a body are reported at once.
 */
public final class Binder {
    private static final int ERRORS_MAX = 100;

    private final List<FieldError> errors = new ArrayList<>();

    private Binder() {}

    /** Throws a 422 {@link Problem} with the dotted path of every wrong field. */
    public static <T extends Record> T bind(JsonNode json, Class<T> type) {
        Binder binder = new Binder();
        Object bound = binder.record(json, BodyType.of(type), "");
        if (!binder.errors.isEmpty()) throw Problem.invalid(binder.errors);
        return type.cast(bound);
    }

    private Object record(JsonNode json, BodyType type, String path) {
        int errorsBefore = errors.size();
        List<Field> fields = type.fields();
        Object[] values = new Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            Field field = fields.get(i);
            JsonNode value = sent(json, field);
            String fieldPath = path.isEmpty() ? field.name() : path + "." + field.name();
            if (value != null) {
                values[i] = value(value, field.kind(), fieldPath);
            } else {
                values[i] = field.absent();
                if (field.required()) wrong(fieldPath, "is required");
            }
        }
        return errors.size() > errorsBefore ? null : create(type, values, path);
    }

    /** A record that refuses its own values does it with a problem or an IllegalArgumentException. */
    private Object create(BodyType type, Object[] values, String path) {
        try {
            return type.create(values);
        } catch (Problem refused) {
            String prefix = path.isEmpty() ? "" : path + ".";
            if (refused.errors().isEmpty()) return wrong(path, refused.detail());
            for (FieldError error : refused.errors()) wrong(prefix + error.path(), error.message());
            return null;
        } catch (IllegalArgumentException refused) {
            return wrong(path, refused.getMessage());
        } catch (RuntimeException | Error fault) {
            throw fault;
        } catch (Throwable checked) {
            throw new IllegalStateException("The constructor of " + type.type().getName() + " failed.", checked);
        }
    }

    private static JsonNode sent(JsonNode json, Field field) {
        JsonNode value = json.get(field.name());
        if (value != null && !value.isNull()) return value;
        for (String alias : field.aliases()) {
            JsonNode other = json.get(alias);
            if (other != null && !other.isNull()) return other;
        }
        return null;
    }

    private Object value(JsonNode json, Kind kind, String path) {
        return switch (kind) {
            case Kind.Text text -> text(json, text, path);
            case Kind.Whole whole -> whole(json, whole, path);
            case Kind.Decimal decimal -> decimal(json, decimal, path);
            case Kind.Flag flag -> json.isBoolean() ? json.booleanValue() : wrong(path, "must be true or false");
            case Kind.Id id ->
                json.isString() && Ids.parse(json.stringValue()).isPresent()
                        ? Ids.parse(json.stringValue()).get()
                        : wrong(path, "must be an id (a UUID)");
            case Kind.Time time ->
                json.isString() && Times.parse(json.stringValue()).isPresent()
                        ? Instant.ofEpochMilli(Times.parse(json.stringValue()).get())
                        : wrong(path, "must be a time such as 2026-01-31T12:00:00.000Z");
            case Kind.AnyJson any -> json;
            case Kind.JsonObject object -> json.isObject() ? json : wrong(path, "must be an object");
            case Kind.JsonArray array -> json.isArray() ? json : wrong(path, "must be a list");
            case Kind.Choice choice -> choice(json, choice, path);
            case Kind.ListOf list -> list(json, list, path);
            case Kind.MapOf map -> map(json, map, path);
            case Kind.Nested nested ->
                json.isObject() ? record(json, BodyType.of(nested.type()), path) : wrong(path, "must be an object");
        };
    }

    private Object text(JsonNode json, Kind.Text kind, String path) {
        if (!json.isString()) return wrong(path, "must be a text");
        String text = json.stringValue();
        if (!kind.allowed().isEmpty() && !kind.allowed().contains(text)) {
            return wrong(path, "must be one of " + String.join(", ", kind.allowed()));
        }
        if (text.length() < kind.lengthMin()) {
            return wrong(
                    path,
                    kind.lengthMin() == 1
                            ? "must not be empty"
                            : "must have at least " + kind.lengthMin() + " characters");
        }
        if (text.length() > kind.lengthMax())
            return wrong(path, "must have at most " + kind.lengthMax() + " characters");
        return text;
    }

    private Object whole(JsonNode json, Kind.Whole kind, String path) {
        if (!json.isIntegralNumber()) return wrong(path, "must be a whole number");
        boolean fits = kind.wide() ? json.canConvertToLong() : json.canConvertToInt();
        if (!fits || json.longValue() < kind.min() || json.longValue() > kind.max()) {
            return wrong(
                    path,
                    between(
                            Math.max(kind.min(), kind.wide() ? Long.MIN_VALUE : Integer.MIN_VALUE),
                            Math.min(kind.max(), kind.wide() ? Long.MAX_VALUE : Integer.MAX_VALUE)));
        }
        if (kind.wide()) return json.longValue();
        return json.intValue();
    }

    private Object decimal(JsonNode json, Kind.Decimal kind, String path) {
        if (!json.isNumber() || !Double.isFinite(json.doubleValue())) return wrong(path, "must be a number");
        double value = json.doubleValue();
        return value < kind.min() || value > kind.max() ? wrong(path, between(kind.min(), kind.max())) : value;
    }

    private Object choice(JsonNode json, Kind.Choice kind, String path) {
        Object constant = json.isString() ? kind.constants().get(json.stringValue()) : null;
        return constant != null
                ? constant
                : wrong(
                        path,
                        "must be one of " + String.join(", ", kind.constants().keySet()));
    }

    private Object list(JsonNode json, Kind.ListOf kind, String path) {
        if (!json.isArray()) return wrong(path, "must be a list");
        if (!sized(json.size(), kind.sizeMin(), kind.sizeMax(), path)) return null;
        List<Object> items = new ArrayList<>(json.size());
        for (int i = 0; i < json.size(); i++) items.add(element(json.get(i), kind.items(), path + "." + i));
        return items;
    }

    private Object map(JsonNode json, Kind.MapOf kind, String path) {
        if (!json.isObject()) return wrong(path, "must be an object");
        if (!sized(json.size(), kind.sizeMin(), kind.sizeMax(), path)) return null;
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : json.properties()) {
            values.put(entry.getKey(), element(entry.getValue(), kind.values(), path + "." + entry.getKey()));
        }
        return values;
    }

    private Object element(JsonNode json, Kind kind, String path) {
        if (json.isNull() && !(kind instanceof Kind.AnyJson)) return wrong(path, "must not be null");
        return value(json, kind, path);
    }

    private boolean sized(int size, int min, int max, String path) {
        if (size < min) wrong(path, "must have at least " + min + (min == 1 ? " entry" : " entries"));
        if (size > max) wrong(path, "must have at most " + max + (max == 1 ? " entry" : " entries"));
        return size >= min && size <= max;
    }

    private Object wrong(String path, String message) {
        if (errors.size() < ERRORS_MAX) errors.add(new FieldError(path.isEmpty() ? "body" : path, message));
        return null;
    }

    private static String between(double min, double max) {
        if (min == Double.NEGATIVE_INFINITY) return "must be at most " + number(max);
        if (max == Double.POSITIVE_INFINITY) return "must be at least " + number(min);
        return "must be between " + number(min) + " and " + number(max);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }
}

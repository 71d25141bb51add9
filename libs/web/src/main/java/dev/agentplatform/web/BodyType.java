package dev.agentplatform.web;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the edge knows about a record: its fields as they are named outside, their kinds and bounds. Read by reflection
 * once per class; {@link Binder} and {@link OpenApi} work from it.
 */
final class BodyType {
    static final int TEXT_LENGTH_MAX = 10_000;

    /** The kinds of values a field may have. */
    sealed interface Kind {
        record Text(int lengthMin, int lengthMax, List<String> allowed) implements Kind {}

        record Whole(boolean wide, double min, double max) implements Kind {}

        record Decimal(double min, double max) implements Kind {}

        record Flag() implements Kind {}

        record Id() implements Kind {}

        record Time() implements Kind {}

        record AnyJson() implements Kind {}

        record JsonObject() implements Kind {}

        record JsonArray() implements Kind {}

        record Choice(Map<String, Object> constants) implements Kind {}

        record ListOf(Kind items, int sizeMin, int sizeMax) implements Kind {}

        record MapOf(Kind values, int sizeMin, int sizeMax) implements Kind {}

        /** A record inside a record; resolved when used, so that records may contain themselves. */
        record Nested(Class<?> type) implements Kind {}
    }

    /** One field; {@code absent} is what the component gets when the field is not sent. */
    record Field(String name, List<String> aliases, Kind kind, boolean required, Object absent, String description) {}

    private static final ClassValue<BodyType> TYPES = new ClassValue<>() {
        @Override
        protected BodyType computeValue(Class<?> type) {
            return new BodyType(type);
        }
    };

    private final Class<?> type;
    private final List<Field> fields = new ArrayList<>();
    private final MethodHandle constructor;

    private BodyType(Class<?> type) {
        if (!type.isRecord()) throw new IllegalArgumentException(type.getName() + " is not a record.");
        this.type = type;
        RecordComponent[] components = type.getRecordComponents();
        for (RecordComponent component : components) fields.add(field(component));
        this.constructor = constructor(type, components);
    }

    static BodyType of(Class<?> type) {
        return TYPES.get(type);
    }

    Class<?> type() {
        return type;
    }

    List<Field> fields() {
        return fields;
    }

    /** Calls the canonical constructor; what it throws comes through unchanged. */
    Object create(Object[] values) throws Throwable {
        return (Object) constructor.invokeExact(values);
    }

    private static MethodHandle constructor(Class<?> type, RecordComponent[] components) {
        Class<?>[] parameters =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            var canonical = type.getDeclaredConstructor(parameters);
            // Rooms keep their body records package-private.
            canonical.setAccessible(true);
            return MethodHandles.lookup()
                    .unreflectConstructor(canonical)
                    .asSpreader(Object[].class, parameters.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException closed) {
            throw new IllegalArgumentException("The constructor of " + type.getName() + " cannot be called.", closed);
        }
    }

    private static Field field(RecordComponent component) {
        Alias alias = component.getAnnotation(Alias.class);
        Doc doc = component.getAnnotation(Doc.class);
        return new Field(
                snakeCase(component.getName()),
                alias == null ? List.of() : List.of(alias.value()),
                kind(component, component.getGenericType()),
                component.isAnnotationPresent(Required.class),
                absent(component.getType()),
                doc == null ? "" : doc.value());
    }

    private static Kind kind(RecordComponent component, Type generic) {
        Range range = component.getAnnotation(Range.class);
        double min = range == null ? Double.NEGATIVE_INFINITY : range.min();
        double max = range == null ? Double.POSITIVE_INFINITY : range.max();
        return switch (generic) {
            case ParameterizedType parameterized -> container(component, parameterized);
            case Class<?> plain when plain == String.class -> text(component);
            case Class<?> plain when plain == int.class || plain == Integer.class -> new Kind.Whole(false, min, max);
            case Class<?> plain when plain == long.class || plain == Long.class -> new Kind.Whole(true, min, max);
            case Class<?> plain when plain == double.class || plain == Double.class -> new Kind.Decimal(min, max);
            case Class<?> plain when plain == boolean.class || plain == Boolean.class -> new Kind.Flag();
            case Class<?> plain when plain == UUID.class -> new Kind.Id();
            case Class<?> plain when plain == Instant.class -> new Kind.Time();
            case Class<?> plain when plain == JsonNode.class -> new Kind.AnyJson();
            case Class<?> plain when plain == ObjectNode.class -> new Kind.JsonObject();
            case Class<?> plain when plain == ArrayNode.class -> new Kind.JsonArray();
            case Class<?> plain when plain.isEnum() -> new Kind.Choice(constants(plain));
            case Class<?> plain when plain.isRecord() -> new Kind.Nested(plain);
            default ->
                throw new IllegalArgumentException(
                        component.getDeclaringRecord().getName() + "." + component.getName() + " has the type "
                                + generic.getTypeName() + ", which a body cannot have.");
        };
    }

    private static Kind container(RecordComponent component, ParameterizedType type) {
        Length length = component.getAnnotation(Length.class);
        int min = length == null ? 0 : length.min();
        int max = length == null ? Integer.MAX_VALUE : length.max();
        Type[] arguments = type.getActualTypeArguments();
        if (type.getRawType() == List.class) return new Kind.ListOf(element(component, arguments[0]), min, max);
        if (type.getRawType() == Map.class && arguments[0] == String.class) {
            return new Kind.MapOf(element(component, arguments[1]), min, max);
        }
        throw new IllegalArgumentException(component.getDeclaringRecord().getName() + "." + component.getName()
                + " must be a List or a Map with String keys.");
    }

    /** {@code @Length} on a list bounds the list; its texts have the default bounds. */
    private static Kind element(RecordComponent component, Type type) {
        return type == String.class ? new Kind.Text(0, TEXT_LENGTH_MAX, allowed(component)) : kind(component, type);
    }

    private static Kind text(RecordComponent component) {
        Length length = component.getAnnotation(Length.class);
        return new Kind.Text(
                length == null ? 0 : length.min(), length == null ? TEXT_LENGTH_MAX : length.max(), allowed(component));
    }

    private static List<String> allowed(RecordComponent component) {
        OneOf oneOf = component.getAnnotation(OneOf.class);
        return oneOf == null ? List.of() : List.of(oneOf.value());
    }

    private static Map<String, Object> constants(Class<?> type) {
        Map<String, Object> constants = new LinkedHashMap<>();
        for (Object constant : type.getEnumConstants()) {
            constants.put(((Enum<?>) constant).name().toLowerCase(Locale.ROOT), constant);
        }
        return constants;
    }

    private static Object absent(Class<?> type) {
        if (type == int.class) return 0;
        if (type == long.class) return 0L;
        if (type == double.class) return 0.0;
        if (type == boolean.class) return false;
        return null;
    }

    static String snakeCase(String name) {
        StringBuilder snake = new StringBuilder(name.length() + 4);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c)) snake.append('_').append(Character.toLowerCase(c));
            else snake.append(c);
        }
        return snake.toString();
    }
}

package dev.agentplatform.service;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A place in a spec that names another definition, by code or by id.
 *
 * @param path dotted, from the spec
 * @param holder the object with the field
 * @param codeField the field that takes a code; may be {@code field} itself
 * @param kind of what is named; null for what has no name outside of its server, as a single version
 */
public record Reference(String path, ObjectNode holder, String field, String codeField, String kind) {
    /** The reference in a field of an object, if the field is there and holds a name rather than a template. */
    public static Optional<Reference> in(JsonNode object, String path, String field, String codeField, String kind) {
        JsonNode value = object.path(field);
        if (!(object instanceof ObjectNode holder) || !value.isString()) return Optional.empty();
        String text = value.stringValue();
        if (text.isBlank() || text.contains("{{")) return Optional.empty();
        String place = path.isEmpty() ? field : path + "." + field;
        return Optional.of(new Reference(place, holder, field, codeField, kind));
    }

    /** {@link #in}, for an id that only this server understands. */
    public static Optional<Reference> unnamed(JsonNode object, String path, String field) {
        return in(object, path, field, field, null);
    }

    /** Those that are there. */
    public static List<Reference> of(Optional<Reference> one, Optional<Reference> other) {
        return Stream.of(one, other).flatMap(Optional::stream).toList();
    }

    public String name() {
        return holder.path(field).stringValue();
    }

    /** Names the definition by its code. */
    public void name(String code) {
        if (!field.equals(codeField)) holder.remove(field);
        holder.put(codeField, code);
    }
}

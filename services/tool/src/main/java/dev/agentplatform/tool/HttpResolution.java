package dev.agentplatform.tool;

import dev.agentplatform.engine.NodeConfig;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.language.Scope;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts a request together. Pure.
 *
 * <ul>
 *   <li>URL: of the call, else of the tool. Without one it is base URL and path: the base of the call, the binding or the
 *       tool, the path of the call or the tool. Method: of the call, else of the tool, else GET.
 *   <li>{@code query}, {@code headers} and {@code body} are merged: tool, binding, call; the later counts.
 *   <li>Strings of the tool and the binding are templates over {@code input}; {@code {name}} in a path is an input too.
 *   <li>Inputs that are named nowhere go where {@code parameters} says, else into the query of GET, HEAD, DELETE and OPTIONS,
 *       and into the body of the others.
 * </ul>
 */
final class HttpResolution {
    private static final Pattern PLACEHOLDER = Pattern.compile("(?<!\\{)\\{([A-Za-z0-9_.-]{1,100})\\}(?!\\})");
    private static final Pattern WHOLE_HOLE = Pattern.compile("\\{\\{[^{}]*\\}\\}");
    private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "DELETE", "OPTIONS");
    private static final List<String> PLACES = List.of("url", "base_url", "path");
    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";
    private static final String FORM = "application/x-www-form-urlencoded";

    private final ObjectNode invoke;
    private final ObjectNode binding;
    private final JsonNode call;
    private final JsonNode input;
    private final Set<String> used = new HashSet<>();

    private HttpResolution(JsonNode invoke, JsonNode binding, JsonNode call, JsonNode input) {
        this.input = input;
        this.call = call;
        this.invoke = templates(invoke);
        this.binding = templates(binding);
    }

    /**
     * @param call what this one call adds; its strings are no templates any more
     * @param input an object
     * @throws Problem 422 that names what is missing or wrong
     */
    static HttpCall resolve(JsonNode invoke, JsonNode binding, JsonNode call, JsonNode input) {
        return new HttpResolution(invoke, binding, call, input).resolve();
    }

    private HttpCall resolve() {
        String method = text("method", call, invoke).strip().toUpperCase(Locale.ROOT);
        if (method.isEmpty()) method = "GET";
        String url = withPlaceholders(url());
        ObjectNode query = merged("query");
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (JsonNode layer : List.of(invoke, binding, call)) {
            for (Map.Entry<String, JsonNode> header : object("headers", layer).properties()) {
                if (!Json.isNothing(header.getValue()))
                    headers.put(header.getKey(), NodeConfig.text(header.getValue()));
            }
        }
        JsonNode body = body();
        body = placeRest(method, query, headers, body);
        QueryText added = new QueryText();
        query.properties().forEach(entry -> added.add(entry.getKey(), entry.getValue()));
        byte[] bytes = bytes(body, headers);
        JsonNode accepted = NodeConfig.first(call, "accept_status");
        if (Json.isNothing(accepted)) accepted = NodeConfig.first(invoke, "accept_status");
        JsonNode auth = merged("auth");
        return new HttpCall(method, added.appendTo(url), headers, bytes, accepted, auth);
    }

    // ---- the address

    private String url() {
        String whole = text("url", call, invoke).strip();
        if (!whole.isEmpty()) return whole;
        String base = text("base_url", call, binding, invoke).strip();
        if (base.isEmpty()) throw Problem.invalid("url", "is missing: name a url, or a base_url");
        String path = text("path", call, invoke).strip();
        if (path.isEmpty()) return base;
        String front = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
        return path.startsWith("/") || path.startsWith("?") ? front + path : front + "/" + path;
    }

    private String withPlaceholders(String url) {
        Matcher found = PLACEHOLDER.matcher(url);
        StringBuilder filled = new StringBuilder();
        while (found.find()) {
            String name = found.group(1);
            JsonNode value = input.path(name);
            if (Json.isNothing(value)) throw Problem.invalid("input_json." + name, "is needed by the path of the tool");
            used.add(name);
            found.appendReplacement(filled, Matcher.quoteReplacement(segment(name, value)));
        }
        return found.appendTail(filled).toString();
    }

    /** One segment of a path: no value gets out of it. */
    private static String segment(String name, JsonNode value) {
        String text = value.isArray()
                ? String.join(",", value.valueStream().map(NodeConfig::text).toList())
                : NodeConfig.text(value);
        if (text.isEmpty() || text.equals(".") || text.equals("..")) {
            throw Problem.invalid("input_json." + name, "cannot be a part of a path");
        }
        return QueryText.encode(text);
    }

    // ---- templates

    private ObjectNode templates(JsonNode layer) {
        ObjectNode resolved = Json.object();
        if (!layer.isObject()) return resolved;
        Scope plain = Scope.of(Map.of("input", input));
        Scope encoded = Scope.of(Map.of("input", encoded(input)));
        for (Map.Entry<String, JsonNode> member : layer.properties()) {
            CompiledTree tree = CompiledTree.parse(member.getValue());
            tree.paths().forEach(this::use);
            boolean inside = PLACES.contains(member.getKey())
                    && member.getValue().isString()
                    && !WHOLE_HOLE
                            .matcher(member.getValue().stringValue().strip())
                            .matches();
            resolved.set(member.getKey(), tree.resolve(inside ? encoded : plain));
        }
        return resolved;
    }

    private void use(String path) {
        if (path.equals("input")) input.propertyNames().forEach(used::add);
        else if (path.startsWith("input."))
            used.add(path.substring("input.".length()).split("\\.")[0]);
    }

    /** The input for a place inside of an address: a slash or a question mark in it is part of a value there. */
    private static JsonNode encoded(JsonNode tree) {
        if (tree.isString()) return Json.text(QueryText.encode(tree.stringValue()));
        if (tree.isObject()) {
            ObjectNode copy = Json.object();
            tree.properties().forEach(entry -> copy.set(entry.getKey(), encoded(entry.getValue())));
            return copy;
        }
        if (!tree.isArray()) return tree;
        ArrayNode copy = Json.array();
        for (JsonNode item : tree) copy.add(encoded(item));
        return copy;
    }

    // ---- what is merged

    private static String text(String field, JsonNode... layers) {
        for (JsonNode layer : layers) {
            String text = NodeConfig.text(layer.path(field));
            if (!text.isBlank()) return text;
        }
        return "";
    }

    private ObjectNode merged(String field) {
        ObjectNode merged = Json.object();
        for (JsonNode layer : List.of(invoke, binding, call)) merged.setAll(object(field, layer));
        return merged;
    }

    private static ObjectNode object(String field, JsonNode layer) {
        JsonNode tree = NodeConfig.tree(field, layer.path(field));
        if (Json.isNothing(tree)) return Json.object();
        if (tree instanceof ObjectNode object) return object;
        throw Problem.invalid(field, "must be an object");
    }

    /** Objects are merged, anything else replaces what was there. */
    private JsonNode body() {
        JsonNode body = Json.nothing();
        for (JsonNode layer : List.of(invoke, binding, call)) {
            JsonNode next = layer.path("body");
            if (Json.isNothing(next)) continue;
            if (next instanceof ObjectNode added && body instanceof ObjectNode before) {
                ObjectNode both = Json.object();
                both.setAll(before);
                both.setAll(added);
                body = both;
            } else {
                body = next;
            }
        }
        return body;
    }

    // ---- inputs that nothing names

    private JsonNode placeRest(String method, ObjectNode query, Map<String, String> headers, JsonNode body) {
        ObjectNode members = Json.object();
        JsonNode whole = null;
        for (Map.Entry<String, JsonNode> entry : input.properties()) {
            if (used.contains(entry.getKey()) || Json.isNothing(entry.getValue())) continue;
            Place place = Place.of(entry.getKey(), invoke.path("parameters").path(entry.getKey()), method);
            switch (place.in()) {
                case "query" -> addQuery(query, place, entry.getValue());
                case "header" -> headers.putIfAbsent(place.name(), NodeConfig.text(entry.getValue()));
                case "cookie" ->
                    headers.merge(
                            "Cookie",
                            place.name() + "=" + QueryText.encode(NodeConfig.text(entry.getValue())),
                            (one, other) -> one + "; " + other);
                case "body" -> members.set(place.name(), entry.getValue());
                case "whole_body" -> whole = entry.getValue();
                default ->
                    throw Problem.invalid("parameters." + entry.getKey(), "names the unknown place " + place.in());
            }
        }
        if (whole != null && Json.isNothing(body)) return whole;
        if (members.isEmpty()) return body;
        if (Json.isNothing(body)) return members;
        if (!(body instanceof ObjectNode object)) return body;
        members.setAll(object);
        return members;
    }

    private static void addQuery(ObjectNode query, Place place, JsonNode value) {
        if (query.has(place.name())) return;
        if (place.style().equals("joined") && value.isArray()) {
            query.put(
                    place.name(),
                    String.join(",", value.valueStream().map(NodeConfig::text).toList()));
        } else if (place.style().equals("deep") && value.isObject()) {
            value.properties().forEach(entry -> query.set(place.name() + "[" + entry.getKey() + "]", entry.getValue()));
        } else {
            query.set(place.name(), value);
        }
    }

    /** Where an input goes: {@code "query"}, or {@code {in, name, style}}. */
    private record Place(String in, String name, String style) {
        static Place of(String input, JsonNode written, String method) {
            if (written.isString()) return new Place(written.stringValue(), input, "");
            String usual = WITHOUT_BODY.contains(method) ? "query" : "body";
            return new Place(
                    written.path("in").asString(usual),
                    written.path("name").asString(input),
                    written.path("style").asString(""));
        }
    }

    private byte[] bytes(JsonNode body, Map<String, String> headers) {
        if (Json.isNothing(body) || (body.isString() && body.stringValue().isEmpty())) return null;
        String text;
        if (text("body_format", call, binding, invoke).equals("form") && body.isObject()) {
            QueryText form = new QueryText();
            body.properties().forEach(entry -> form.add(entry.getKey(), entry.getValue()));
            text = form.toString();
            headers.putIfAbsent("Content-Type", FORM);
        } else {
            text = NodeConfig.text(body);
            headers.putIfAbsent("Content-Type", body.isString() ? PLAIN_TEXT : "application/json");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

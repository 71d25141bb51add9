package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/** An OpenAPI 3.0 or 3.1 document: its operations, its servers, and what its references lead to. */
final class OpenApiDocument {
    /** Characters of a document. */
    static final int LENGTH_MAX = 5_000_000;

    static final int OPERATIONS_MAX = 2_000;
    private static final int REFERENCES_IN_A_ROW_MAX = 20;
    private static final List<String> METHODS = List.of("get", "put", "post", "delete", "options", "head", "patch");

    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(Json.DEPTH_MAX)
                            .maxStringLength(LENGTH_MAX)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    private final JsonNode root;

    private OpenApiDocument(JsonNode root) {
        this.root = root;
    }

    /** One operation, with the parameters that its path has for all. */
    record Operation(String method, String path, JsonNode json, JsonNode shared) {
        /** The operation id, or method and path where there is none. */
        String id() {
            String id = json.path("operationId").asString("").strip();
            return id.isEmpty() ? method + " " + path : id;
        }

        List<String> tags() {
            return json.path("tags").valueStream().map(tag -> tag.asString("")).toList();
        }
    }

    /** A reference that leads nowhere, or out of the document. */
    static final class Unresolved extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unresolved(String message) {
            super(message, null, false, false);
        }
    }

    /** @throws Problem 400 or 413 for a text that is no document, 422 for a document that is no OpenAPI 3 */
    static OpenApiDocument read(JsonNode document) {
        JsonNode root = document.isString() ? parse(document.stringValue()) : document;
        if (!root.isObject()) throw Problem.invalid("document", "must be an OpenAPI document");
        String version = root.path("openapi").asString("");
        if (root.has("swagger")) {
            throw Problem.invalid("document.swagger", "is the older format; convert the document to OpenAPI 3");
        }
        if (!version.startsWith("3.0") && !version.startsWith("3.1")) {
            throw Problem.invalid("document.openapi", "must be a version 3.0 or 3.1");
        }
        if (!root.path("paths").isObject()) throw Problem.invalid("document.paths", "must be an object");
        return new OpenApiDocument(root);
    }

    private static JsonNode parse(String text) {
        if (text.length() > LENGTH_MAX) {
            throw Problem.tooLarge("The document has more than " + LENGTH_MAX + " characters.");
        }
        try {
            if (text.stripLeading().startsWith("{")) return Json.parse(text);
        } catch (IllegalArgumentException notJson) {
            // It may be YAML that begins with a brace.
        }
        try {
            refuseAliases(text);
            return YAML.readTree(text);
        } catch (JacksonException malformed) {
            throw Problem.malformed(
                    "malformed", "document", "is neither JSON nor YAML: " + malformed.getOriginalMessage());
        }
    }

    /** The reader takes an alias for a string of that name, and aliases are how a small text becomes a huge tree. */
    private static void refuseAliases(String text) {
        try (YAMLParser parser = (YAMLParser) YAML.createParser(text)) {
            while (parser.nextToken() != null) {
                if (!parser.isCurrentAlias()) continue;
                int line = parser.currentTokenLocation().getLineNr();
                throw Problem.malformed("malformed", "document", "uses a YAML alias in line " + line);
            }
        }
    }

    /** In the order of the document. @throws Problem 422 when there are too many */
    List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : root.path("paths").properties()) {
            JsonNode item = followed(path.getValue());
            for (String method : METHODS) {
                if (!item.path(method).isObject()) continue;
                operations.add(new Operation(method, path.getKey(), item.get(method), item.path("parameters")));
            }
        }
        if (operations.size() > OPERATIONS_MAX) {
            throw Problem.invalid("document.paths", "has more than " + OPERATIONS_MAX + " operations");
        }
        return operations;
    }

    boolean isVersion30() {
        return root.path("openapi").asString("").startsWith("3.0");
    }

    JsonNode at(String... names) {
        JsonNode at = root;
        for (String name : names) at = at.path(name);
        return at;
    }

    /** The node itself, or what its {@code $ref} leads to. @throws Unresolved */
    JsonNode followed(JsonNode node) {
        JsonNode at = node;
        for (int i = 0; at.path("$ref").isString(); i++) {
            if (i == REFERENCES_IN_A_ROW_MAX) throw new Unresolved("references lead in a circle");
            at = target(at.path("$ref").stringValue());
        }
        return at;
    }

    /** @throws Unresolved for a reference to another document, or to nothing */
    JsonNode target(String reference) {
        if (!reference.startsWith("#/")) {
            throw new Unresolved("the reference " + shortened(reference) + " leads out of the document");
        }
        JsonNode at = root;
        for (String part : reference.substring(2).split("/")) {
            String name = unescaped(part);
            at = at.isArray() && name.matches("\\d{1,6}") ? at.path(Integer.parseInt(name)) : at.path(name);
        }
        if (at.isMissingNode()) throw new Unresolved("the reference " + shortened(reference) + " leads nowhere");
        return at;
    }

    private static String unescaped(String part) {
        String plain = part.replace("~1", "/").replace("~0", "~");
        return plain.replace("%7B", "{").replace("%7D", "}").replace("%20", " ");
    }

    private static String shortened(String text) {
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }

    /**
     * Where the operations are, without a slash at the end.
     *
     * @param fetchedFrom the URL of the document, null when it was sent; a relative server is below it
     */
    Optional<String> baseUrl(String fetchedFrom) {
        JsonNode server = root.path("servers").path(0);
        String url = server.path("url").asString("");
        for (Map.Entry<String, JsonNode> variable : server.path("variables").properties()) {
            String value = variable.getValue().path("default").asString("");
            url = url.replace("{" + variable.getKey() + "}", value);
        }
        try {
            if (fetchedFrom != null)
                url = URI.create(fetchedFrom).resolve(url.isEmpty() ? "/" : url).toString();
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
        while (url.endsWith("/")) url = url.substring(0, url.length() - 1);
        return url.startsWith("http://") || url.startsWith("https://") ? Optional.of(url) : Optional.empty();
    }
}

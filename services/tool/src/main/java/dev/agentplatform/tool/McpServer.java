package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem.FieldError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An MCP server as the {@code invoke_config_json} of a tool names it. Values of headers and variables may be secret. */
sealed interface McpServer {
    String URL = "url";
    String HEADERS = "headers";
    String COMMAND = "command";
    String ARGS = "args";
    String ENV = "env";

    /** What a configuration holds of its server. */
    List<String> FIELDS = List.of(URL, HEADERS, COMMAND, ARGS, ENV);

    int WORDS_MAX = 100;
    int WORD_LENGTH_MAX = 8_000;

    /** How records of calls and messages name it. */
    ObjectNode shown();

    /** Reached by streamable HTTP. */
    record Http(String url, Map<String, String> headers) implements McpServer {
        @Override
        public ObjectNode shown() {
            return Json.object().put(URL, url);
        }
    }

    /** A process that is started here and speaks over its standard streams. @param words command and arguments */
    record Local(List<String> words, Map<String, String> env) implements McpServer {
        @Override
        public ObjectNode shown() {
            return Json.object().put(COMMAND, words.getFirst());
        }
    }

    /** @param binding whose {@code url} and {@code headers} count before those of the tool; only for HTTP */
    static McpServer of(JsonNode config, JsonNode binding) {
        if (config.path(COMMAND).isString()) {
            List<String> words = new ArrayList<>();
            words.add(config.path(COMMAND).stringValue());
            for (JsonNode word : config.path(ARGS)) words.add(word.asString(""));
            return new Local(List.copyOf(words), texts(config.path(ENV)));
        }
        Map<String, String> headers = new LinkedHashMap<>(texts(config.path(HEADERS)));
        headers.putAll(texts(binding.path(HEADERS)));
        String url = binding.path(URL).asString("");
        return new Http(url.isBlank() ? config.path(URL).asString("") : url, Map.copyOf(headers));
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new LinkedHashMap<>();
        object.properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asString("")));
        return texts;
    }

    /** What is wrong with the fields of a server; {@code place} ends with a dot, or is empty. Pure. */
    static List<FieldError> faults(String place, JsonNode config) {
        List<FieldError> faults = new ArrayList<>();
        JsonNode url = config.path(URL);
        JsonNode command = config.path(COMMAND);
        if (Json.isNothing(url) == Json.isNothing(command)) {
            faults.add(new FieldError(place + URL, "is required, or command; not both"));
        }
        boolean http = url.isString() && url.stringValue().matches("(?i)https?://[^/].*");
        if (!Json.isNothing(url) && !http)
            faults.add(new FieldError(place + URL, "must begin with http:// or https://"));
        if (!Json.isNothing(command)) word(faults, place + COMMAND, command, true);
        list(faults, place, config.path(ARGS));
        object(faults, place + HEADERS, config.path(HEADERS), "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
        object(faults, place + ENV, config.path(ENV), "[A-Za-z_][A-Za-z0-9_]{0,99}");
        String other = Json.isNothing(command) ? "command" : "url";
        for (String field : Json.isNothing(command) ? List.of(ARGS, ENV) : List.of(HEADERS)) {
            boolean given =
                    !Json.isNothing(config.path(field)) && !config.path(field).isEmpty();
            if (given) faults.add(new FieldError(place + field, "goes with " + other + " only"));
        }
        return faults;
    }

    private static void list(List<FieldError> faults, String place, JsonNode args) {
        if (Json.isNothing(args)) return;
        if (!args.isArray() || args.size() > WORDS_MAX) {
            faults.add(new FieldError(place + ARGS, "must be a list of at most " + WORDS_MAX + " texts"));
            return;
        }
        int i = 0;
        for (JsonNode word : args) word(faults, place + ARGS + "." + i++, word, false);
    }

    private static void object(List<FieldError> faults, String place, JsonNode object, String names) {
        if (Json.isNothing(object)) return;
        if (!object.isObject() || object.size() > WORDS_MAX) {
            faults.add(new FieldError(place, "must be an object of at most " + WORDS_MAX + " texts"));
            return;
        }
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            String field = place + "." + entry.getKey();
            if (!entry.getKey().matches(names)) faults.add(new FieldError(field, "is no name that can be used there"));
            word(faults, field, entry.getValue(), false);
        }
    }

    private static void word(List<FieldError> faults, String place, JsonNode word, boolean needed) {
        if (!word.isString()) {
            faults.add(new FieldError(place, "must be a text"));
            return;
        }
        String text = word.stringValue();
        if (needed && text.isBlank()) faults.add(new FieldError(place, "must not be empty"));
        if (text.length() > WORD_LENGTH_MAX) {
            faults.add(new FieldError(place, "must have at most " + WORD_LENGTH_MAX + " characters"));
        }
        if (text.chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
            faults.add(new FieldError(place, "must not hold line breaks or other control characters"));
        }
    }
}

package dev.agentplatform.model.wire.gemini;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What {@code generateContent} refuses, as its documentation and its answers say. */
public final class GeminiRules {
    private static final Set<String> FIELDS =
            Set.of("contents", "systemInstruction", "tools", "toolConfig", "generationConfig");
    private static final Set<String> GENERATION = Set.of(
            "temperature",
            "topP",
            "maxOutputTokens",
            "stopSequences",
            "seed",
            "presencePenalty",
            "frequencyPenalty",
            "responseMimeType",
            "responseSchema",
            "thinkingConfig");
    private static final Set<String> SCHEMA = Set.of(
            "type",
            "format",
            "title",
            "description",
            "nullable",
            "enum",
            "items",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "minProperties",
            "maxProperties",
            "minimum",
            "maximum",
            "pattern",
            "properties",
            "required",
            "anyOf");
    private static final Set<String> TYPES = Set.of("STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT");

    private final List<String> faults = new ArrayList<>();
    private final int generation;

    private GeminiRules(int generation) {
        this.generation = generation;
    }

    /** Empty when the request is one that the API takes. @param generation of the model, 3 for gemini-3 */
    public static List<String> faults(JsonNode request, int generation) {
        GeminiRules rules = new GeminiRules(generation);
        rules.request(request);
        return rules.faults;
    }

    static List<String> schemaFaults(JsonNode schema) {
        GeminiRules rules = new GeminiRules(2);
        rules.schema("schema", schema);
        return rules.faults;
    }

    private void must(boolean holds, String fault) {
        if (!holds) faults.add(fault);
    }

    private void known(String place, JsonNode object, Set<String> names) {
        for (String name : object.propertyNames())
            must(names.contains(name), "Unknown name \"" + name + "\" at " + place);
    }

    private void request(JsonNode request) {
        known("request", request, FIELDS);
        JsonNode config = request.path("generationConfig");
        known("generation_config", config, GENERATION);
        must(config.path("stopSequences").size() <= 5, "stop_sequences: at most 5");
        must(!config.has("seed") || config.path("seed").canConvertToInt(), "seed: TYPE_INT32");
        boolean json = config.path("responseMimeType").asString("").equals("application/json");
        must(!config.has("responseSchema") || json, "response_schema only with application/json");
        must(
                !json || generation >= 3 || !request.has("tools"),
                "Function calling with a response mime type is unsupported");
        if (config.has("responseSchema")) schema("response_schema", config.path("responseSchema"));
        JsonNode system = request.path("systemInstruction");
        must(
                system.isMissingNode()
                        || !system.at("/parts/0/text").asString("").isBlank(),
                "system_instruction is empty");
        Set<String> names = new HashSet<>();
        for (JsonNode tool : request.path("tools").path(0).path("functionDeclarations")) {
            known("function_declarations", tool, Set.of("name", "description", "parameters"));
            must(tool.path("name").asString("").matches("[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}"), "Invalid function name");
            must(names.add(tool.path("name").asString("")), "Duplicate function declaration");
            must(!tool.path("description").asString("").isBlank(), "description");
            if (tool.has("parameters")) {
                JsonNode properties = tool.path("parameters").path("properties");
                must(!properties.isEmpty(), "parameters.properties: should be non-empty for OBJECT type");
                schema("parameters", tool.path("parameters"));
            }
        }
        JsonNode calling = request.path("toolConfig").path("functionCallingConfig");
        for (JsonNode name : calling.path("allowedFunctionNames"))
            must(names.contains(name.asString()), "allowed names");
        must(
                !calling.has("allowedFunctionNames")
                        || calling.path("mode").asString("").equals("ANY"),
                "allowed needs ANY");
        contents(request.path("contents"));
    }

    private void contents(JsonNode contents) {
        must(!contents.isEmpty(), "contents is not specified");
        int calls = 0;
        for (JsonNode content : contents) {
            String role = content.path("role").asString("");
            must(role.equals("user") || role.equals("model"), "Please use a valid role: user, model.");
            must(!content.path("parts").isEmpty(), "contents.parts must not be empty");
            int answered = 0;
            int called = 0;
            for (JsonNode part : content.path("parts")) {
                part(part, role);
                if (part.has("functionResponse")) answered++;
                if (!part.has("functionCall")) continue;
                boolean signed = part.has("thoughtSignature");
                must(generation < 3 || called > 0 || signed, "Function call is missing a thought_signature");
                called++;
            }
            must(answered == calls, "the number of function response parts must equal that of function call parts");
            calls = called;
        }
        must(calls == 0, "function call turn without a function response turn");
        must(contents.path(0).path("role").asString("").equals("user"), "function call turn comes after a user turn");
    }

    private void part(JsonNode part, String role) {
        Map<String, Integer> kinds =
                Map.of("text", 1, "inlineData", 1, "fileData", 1, "functionCall", 1, "functionResponse", 1);
        int data = part.propertyNames().stream()
                .mapToInt(name -> kinds.getOrDefault(name, 0))
                .sum();
        must(data == 1, "required oneof field 'data' must have one initialized field");
        must(!part.has("text") || !part.path("text").asString("").isEmpty(), "empty text parameter");
        must(!part.has("functionCall") || role.equals("model"), "function call of the user");
        must(!part.has("functionResponse") || role.equals("user"), "function response of the model");
        if (part.has("functionResponse"))
            must(part.at("/functionResponse/response").isObject(), "response: Struct");
        if (part.has("functionCall")) must(part.at("/functionCall/args").isObject(), "args: Struct");
        if (part.has("inlineData")) must(part.at("/inlineData/mimeType").isString(), "mime type");
        if (part.has("fileData")) must(part.at("/fileData/fileUri").asString("").startsWith("https://"), "file uri");
    }

    private void schema(String place, JsonNode schema) {
        known(place, schema, SCHEMA);
        String type = schema.path("type").asString("");
        must(schema.has("anyOf") || TYPES.contains(type), place + ".type: " + type);
        must(!schema.has("enum") || type.equals("STRING"), place + ".enum: only allowed for STRING type");
        for (JsonNode value : schema.path("enum"))
            must(value.isString() && !value.stringValue().isEmpty(), place + ".enum");
        must(!type.equals("ARRAY") || schema.path("items").isObject(), place + ".items: missing field");
        for (JsonNode name : schema.path("required")) {
            must(schema.path("properties").has(name.asString("")), place + ".required: property is not defined");
        }
        schema.path("properties").properties().forEach(one -> schema(place + "." + one.getKey(), one.getValue()));
        if (schema.has("items")) schema(place + ".items", schema.path("items"));
        for (JsonNode one : schema.path("anyOf")) schema(place + ".any_of", one);
    }
}

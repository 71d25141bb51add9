package dev.agentplatform.web;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;

/** Reads the bytes of a body as JSON, or says where they are wrong. */
final class JsonBody {
    private JsonBody() {}

    static JsonNode parse(byte[] bytes) {
        String text = text(bytes);
        JsonNode json = read(text);
        // Only an escape can bring in what no database stores or no encoder writes.
        if (text.contains("\\u")) refuseUnstorable(json, "");
        return json;
    }

    private static String text(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        // The fast decoder puts U+FFFD where it was lost; only then is it worth asking whether it was sent like that.
        if (text.indexOf('\uFFFD') >= 0) refuseWrongEncoding(bytes);
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static void refuseWrongEncoding(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException notUtf8) {
            throw Problem.malformed("malformed_json", "The body is not valid UTF-8.");
        }
    }

    private static JsonNode read(String text) {
        try {
            JsonNode json = Json.mapper().readTree(text);
            if (!json.isMissingNode()) return json;
        } catch (StreamConstraintsException limit) {
            throw Problem.malformed("malformed_json", "The body is beyond a limit: " + limit.getOriginalMessage());
        } catch (JacksonException malformed) {
            throw Problem.malformed("malformed_json", "The body is not valid JSON" + place(malformed.getLocation()));
        }
        throw Problem.malformed("malformed_json", "The body is not valid JSON: it is blank.");
    }

    private static String place(TokenStreamLocation location) {
        if (location == null) return ".";
        return ": line " + location.getLineNr() + ", column " + location.getColumnNr() + ".";
    }

    private static void refuseUnstorable(JsonNode json, String path) {
        if (json.isString()) {
            refuseUnstorable(json.stringValue(), path);
        } else if (json.isArray()) {
            for (int i = 0; i < json.size(); i++) refuseUnstorable(json.get(i), join(path, String.valueOf(i)));
        } else if (json.isObject()) {
            for (Map.Entry<String, JsonNode> entry : json.properties()) {
                refuseUnstorable(entry.getKey(), path.isEmpty() ? "body" : path);
                refuseUnstorable(entry.getValue(), join(path, entry.getKey()));
            }
        }
    }

    private static void refuseUnstorable(String text, String path) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) throw Problem.invalid(path, "must not contain the character U+0000");
            if (!Character.isSurrogate(c)) continue;
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (!pair) throw Problem.invalid(path, "must not contain half of a surrogate pair");
            i++;
        }
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}

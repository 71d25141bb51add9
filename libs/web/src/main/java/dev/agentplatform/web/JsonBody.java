package dev.agentplatform.web;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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
        if (text.contains("\\u")) StorableText.check(json);
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
}

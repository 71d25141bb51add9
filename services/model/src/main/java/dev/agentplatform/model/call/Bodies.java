package dev.agentplatform.model.call;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.upstream.UpstreamAnswer;
import dev.agentplatform.model.upstream.UpstreamError;
import dev.agentplatform.model.upstream.UpstreamError.Code;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads the body of a stranger's answer. */
final class Bodies {
    static final int BODY_BYTES_MAX = 32 * 1024 * 1024;

    /** What is told about a length is believed up to here; beyond it only what comes. */
    private static final int BELIEVED_BYTES_MAX = 64 * 1024;

    private Bodies() {}

    static byte[] whole(UpstreamAnswer answer) throws UpstreamError {
        requirePlain(answer);
        byte[] body = new byte[(int) Math.min(BELIEVED_BYTES_MAX, told(answer)) + 1];
        byte[] part = body;
        int size = 0;
        while (true) {
            int n = answer.read(part);
            if (n < 0) return size == body.length ? body : Arrays.copyOf(body, size);
            if (size == 0 && part == body) {
                size = n;
                part = new byte[Math.clamp((long) body.length - n, 1, OpenStream.BUFFER_BYTES)];
                continue;
            }
            if (size + n > BODY_BYTES_MAX)
                throw new UpstreamError(
                        Code.TOO_LARGE, "The provider's answer is larger than " + BODY_BYTES_MAX + " bytes.");
            if (size + n > body.length) body = Arrays.copyOf(body, Math.max(size + n, body.length * 2));
            System.arraycopy(part, 0, body, size, n);
            size += n;
            if (part.length < OpenStream.BUFFER_BYTES) part = new byte[OpenStream.BUFFER_BYTES];
        }
    }

    private static long told(UpstreamAnswer answer) {
        String length = answer.header("content-length").orElse("8191");
        return length.length() > 9 ? BELIEVED_BYTES_MAX : Long.parseLong(length);
    }

    /** Nothing else was asked for, and what unfolds may be a bomb. */
    static void requirePlain(UpstreamAnswer answer) throws UpstreamError {
        String encoding = answer.header("content-encoding").orElse("identity").strip();
        if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity"))
            throw new UpstreamError(
                    Code.PROTOCOL_ERROR, "The provider's answer is compressed, which was not asked for.");
    }

    /** A look at the first character, so that no page of a proxy is taken for an answer. */
    static void requireObject(byte[] body) throws UpstreamError {
        for (byte b : body) {
            if (b == '{') return;
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') break;
        }
        throw new UpstreamError(Code.PROTOCOL_ERROR, "The provider's answer is no JSON object.");
    }

    static JsonNode json(byte[] body) throws UpstreamError {
        try {
            JsonNode json = Json.mapper().readTree(body);
            if (json.isObject()) return json;
        } catch (JacksonException malformed) {
            // told below
        }
        throw new UpstreamError(Code.PROTOCOL_ERROR, "The provider's answer is no JSON object.");
    }
}

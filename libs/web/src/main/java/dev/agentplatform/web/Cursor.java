package dev.agentplatform.web;

import dev.agentplatform.kernel.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The key of the last row of a page, as base64url: opaque to clients, and safe in a query. */
final class Cursor {
    private Cursor() {}

    static String encode(String key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }

    static String decode(String cursor) {
        try {
            String key = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            if (!key.isEmpty() && key.indexOf('\0') < 0) return key;
        } catch (IllegalArgumentException notBase64) {
            // answered below
        }
        throw Problem.malformed("malformed_parameter", "cursor", "is not a cursor that a list has returned");
    }
}

package dev.agentplatform.auth;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Settings.WrongSetting;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Signs and verifies JWTs with HS256 and one secret. There is one algorithm and one key, so there is nothing that a
 * token could choose: a header that names another algorithm, or {@code none}, is refused.
 */
public final class Tokens {
    public static final String SETTING = "JWT_SECRET";

    /** As long as the hash, as RFC 7518 asks. */
    static final int SECRET_BYTES_MIN = 32;

    static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

    private static final int TOKEN_LENGTH_MAX = 8_192;
    private static final int SUBJECT_LENGTH_MAX = 200;
    private static final String ALGORITHM = "HmacSHA256";
    private static final String HEADER = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));

    /**
     * What a verified token says.
     *
     * @param subject the user that it speaks for
     * @param workspaceId empty when it names none
     * @param scopes empty when it is not limited
     */
    public record Claims(String subject, Optional<String> workspaceId, List<String> scopes) {}

    private final SecretKey key;
    private final Clock clock;

    Tokens(byte[] secret, Clock clock) {
        this.key = new SecretKeySpec(secret, ALGORITHM);
        this.clock = clock;
    }

    /** Empty without a secret. @throws WrongSetting when it is too short */
    public static Optional<Tokens> from(Settings settings, Clock clock) {
        return settings.secret(SETTING).map(text -> {
            byte[] secret = text.getBytes(StandardCharsets.UTF_8);
            if (secret.length >= SECRET_BYTES_MIN) return new Tokens(secret, clock);
            String found = "**** (" + secret.length + " bytes)";
            throw new WrongSetting(
                    SETTING, found, "at least " + SECRET_BYTES_MIN + " bytes, as of `openssl rand -hex 32`");
        });
    }

    /** Three parts with dots between them: it claims to be a JWT. */
    public static boolean looksLike(String text) {
        int first = text.indexOf('.');
        int second = text.indexOf('.', first + 1);
        return first > 0 && second > first && text.indexOf('.', second + 1) < 0;
    }

    public String sign(String subject, String workspaceId, Duration lifetime) {
        long now = clock.instant().getEpochSecond();
        ObjectNode claims = Json.object()
                .put("sub", subject)
                .put("workspace_id", workspaceId)
                .put("iat", now)
                .put("exp", now + lifetime.toSeconds());
        String signed = HEADER + "." + encode(Json.write(claims).getBytes(StandardCharsets.UTF_8));
        return signed + "." + encode(signature(signed));
    }

    /** @throws Problem 401 */
    public Claims verify(String token) {
        if (token.length() > TOKEN_LENGTH_MAX || !looksLike(token)) throw refused("is malformed");
        int end = token.lastIndexOf('.');
        byte[] signature = decode(token.substring(end + 1));
        if (!MessageDigest.isEqual(signature, signature(token.substring(0, end))))
            throw refused("has a wrong signature");
        int dot = token.indexOf('.');
        JsonNode header = json(token.substring(0, dot));
        if (!header.path("alg").asString("").equals("HS256")) throw refused("is not signed with HS256");
        // Extensions that must be understood are not.
        if (header.has("crit")) throw refused("has critical extensions");
        return claims(json(token.substring(dot + 1, end)));
    }

    private Claims claims(JsonNode claims) {
        long now = clock.instant().getEpochSecond();
        long skew = CLOCK_SKEW.toSeconds();
        if (!claims.path("exp").isNumber()) throw refused("has no time of expiry");
        if (now >= claims.path("exp").asDouble() + skew) throw refused("has expired");
        JsonNode notBefore = claims.path("nbf");
        if (!notBefore.isMissingNode() && (!notBefore.isNumber() || now < notBefore.asDouble() - skew)) {
            throw refused("is not valid yet");
        }
        String subject = claims.path("sub").isString() ? claims.path("sub").stringValue() : "";
        if (subject.isBlank() || subject.length() > SUBJECT_LENGTH_MAX) throw refused("has no subject");
        return new Claims(subject, workspace(claims), scopes(claims));
    }

    private static Optional<String> workspace(JsonNode claims) {
        JsonNode named = claims.has("workspace_id") ? claims.get("workspace_id") : claims.path("tenant_id");
        if (Json.isNothing(named)) return Optional.empty();
        if (!named.isString()) throw refused("names a workspace that is no text");
        return Optional.of(named.stringValue());
    }

    private static List<String> scopes(JsonNode claims) {
        JsonNode named = claims.has("scopes") ? claims.get("scopes") : claims.path("scope");
        if (Json.isNothing(named)) return List.of();
        List<String> words = named.isArray()
                ? named.valueStream().map(word -> word.asString("")).toList()
                : Arrays.stream(named.asString("").split("[\\s,]+"))
                        .filter(word -> !word.isEmpty())
                        .toList();
        if (words.isEmpty()) throw refused("is limited to no scope at all");
        return words;
    }

    private byte[] signature(String signed) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every JDK has " + ALGORITHM + ".", impossible);
        }
    }

    private static JsonNode json(String part) {
        try {
            JsonNode json = Json.mapper().readTree(decode(part));
            if (json.isObject()) return json;
        } catch (JacksonException noJson) {
            // answered below
        }
        throw refused("is malformed");
    }

    private static byte[] decode(String part) {
        try {
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException noBase64) {
            throw refused("is malformed");
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static Problem refused(String why) {
        return Problem.unauthorized("The token " + why + ".");
    }
}

package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.outbound.OutboundRequest;
import dev.agentplatform.outbound.OutboundResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Tokens of OAuth 2 client credentials, kept in memory until shortly before they expire. */
final class OAuthTokens {
    private static final int KEPT_MAX = 1_000;
    private static final int ANSWER_BYTES_MAX = 64 * 1024;
    private static final long LIFE_SECONDS_DEFAULT = 300;
    private static final long LIFE_SECONDS_MAX = 24 * 3_600;
    /** A token must still be good when it arrives. */
    private static final long EARLY_SECONDS_MAX = 30;

    private final OutboundClient client;
    private final Clock clock;
    private final Map<Key, Token> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Token> eldest) {
            return size() > KEPT_MAX;
        }
    };

    OAuthTokens(OutboundClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** A rotated credential has another time, and so no token yet. */
    private record Key(String workspaceId, UUID credentialId, long updatedTime) {}

    private record Token(String value, long until) {}

    /** No token was given. The message holds nothing that the token server said. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final boolean retryable;

        Refused(String message, boolean retryable) {
            super(message, null, false, false);
            this.retryable = retryable;
        }

        boolean retryable() {
            return retryable;
        }
    }

    /**
     * @throws Refused when the token server does not give one
     * @throws dev.agentplatform.outbound.OutboundError when it does not answer
     */
    String token(Secret secret, Duration timeLimit) throws Refused, InterruptedException {
        Key key = key(secret);
        synchronized (kept) {
            Token known = kept.get(key);
            if (known != null && known.until() > clock.millis()) return known.value();
        }
        Token fetched = fetch(secret, timeLimit);
        synchronized (kept) {
            kept.put(key, fetched);
        }
        return fetched.value();
    }

    /** The tool did not take it: the next call fetches another. */
    void forget(Secret secret, String token) {
        Key key = key(secret);
        synchronized (kept) {
            Token known = kept.get(key);
            if (known != null && known.value().equals(token)) kept.remove(key);
        }
    }

    private static Key key(Secret secret) {
        Credential credential = secret.credential();
        return new Key(credential.workspaceId(), credential.id(), credential.updatedTime());
    }

    private Token fetch(Secret secret, Duration timeLimit) throws Refused, InterruptedException {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept", "application/json");
        headers.put("Content-Type", "application/x-www-form-urlencoded");
        QueryText form = new QueryText();
        form.add("grant_type", "client_credentials");
        if (secret.text("auth_style").equals("body")) {
            form.add("client_id", secret.text("client_id"));
            form.add("client_secret", secret.text("client_secret"));
        } else {
            String basic = Secret.basic(secret.text("client_id"), secret.text("client_secret"));
            headers.put("Authorization", "Basic " + basic);
        }
        for (String field : new String[] {"scope", "audience"}) {
            if (!secret.text(field).isEmpty()) form.add(field, secret.text(field));
        }
        byte[] body = form.toString().getBytes(StandardCharsets.UTF_8);
        OutboundResponse response = client.exchange(
                new OutboundRequest("POST", secret.text("token_url"), headers, body, timeLimit, ANSWER_BYTES_MAX));
        int status = response.status();
        if (status >= 300) {
            boolean later = status == 429 || status >= 500;
            throw new Refused("The token server answered with the status " + status + ".", later);
        }
        return read(response.text());
    }

    private Token read(String text) throws Refused {
        JsonNode answer;
        try {
            answer = Json.parse(text);
        } catch (IllegalArgumentException noJson) {
            throw new Refused("The token server answered with no JSON.", false);
        }
        JsonNode token = answer.path("access_token");
        if (!token.isString() || token.stringValue().length() < Mask.LENGTH_MIN) {
            throw new Refused("The answer of the token server holds no access_token.", false);
        }
        long seconds = answer.path("expires_in").asLong(LIFE_SECONDS_DEFAULT);
        long life = Math.clamp(seconds, 1, LIFE_SECONDS_MAX);
        long early = Math.min(EARLY_SECONDS_MAX, life / 10);
        return new Token(token.stringValue(), clock.millis() + (life - early) * 1_000);
    }
}

package dev.agentplatform.auth;

import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.TestClock;
import dev.agentplatform.testkit.TestServer;
import dev.agentplatform.testkit.TestServer.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The room behind a real socket, on a clock that the test moves. JSON may be written with single quotes. */
final class AuthServer implements AutoCloseable {
    static final String SECRET = "0123456789abcdef0123456789abcdef";

    final TestClock clock = new TestClock();
    final Tokens tokens = new Tokens(SECRET.getBytes(StandardCharsets.UTF_8), clock);
    final AuthModule module;
    private final TestServer server;

    AuthServer(Database database) {
        this(database, true);
    }

    AuthServer(Database database, boolean withSecret) {
        Ids ids = new Ids(clock);
        module = new AuthModule(
                database, Outbox.unheard(clock), clock, ids, withSecret ? Optional.of(tokens) : Optional.empty());
        server = new TestServer(module.routes());
    }

    Answer get(String path, String... headers) {
        return server.get(path, headers);
    }

    Answer post(String path, String json, String... headers) {
        return server.post(path, json.replace('\'', '"'), headers);
    }

    Answer send(String method, String path, String json) {
        return server.send(method, path, json == null ? null : json.replace('\'', '"'));
    }

    /** Makes something; gives its id. */
    String id(String path, String json) {
        Answer answer = post(path, json);
        if (answer.status() != 201) throw new AssertionError(path + ": " + answer.text());
        return answer.field("id");
    }

    boolean allowed(String user, String permission) {
        return post(
                        "/auth/permissions/check",
                        Json.write(Json.object().put("user_id", user).put("permission", permission)))
                .json()
                .path("allowed")
                .booleanValue();
    }

    @Override
    public void close() {
        server.close();
        module.close();
    }
}

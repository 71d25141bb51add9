package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

/** While nothing is required, what looks like ours must be right, and what is somebody else's is ignored. */
class ForeignKeysApiTest {

    @OnEveryServer
    void aKeyOfOursMustBeRightAlthoughNoneIsNeeded(Api api) {
        api.get("/sessions").expect(200);
        Answer made = api.post("/gateway/api-keys", "{'name':'k'}").expect(201);
        String key = made.text("api_key");
        api.get("/sessions", "x-api-key", key).expect(200);
        api.get("/sessions", "Authorization", "Bearer " + key).expect(200);
        Answer wrong = api.get("/sessions", "x-api-key", key + "x").expect(401, "unauthorized");
        assertThat(wrong.headers().firstValue("www-authenticate")).isPresent();
        api.elsewhere().get("/sessions", "x-api-key", key).expect(403, "workspace_forbidden");
        api.patch("/gateway/api-keys/" + made.id() + "/status", "{'status':'revoked'}")
                .expect(200);
        api.get("/sessions", "x-api-key", key).expect(401, "unauthorized");
    }

    @OnEveryServer
    void whatIsNotOursIsIgnored(Api api) {
        api.get("/sessions", "x-api-key", "lsv2_of_somebody_else").expect(200);
        api.get("/sessions", "Authorization", "Bearer sk-anything").expect(200);
        api.get("/sessions", "Authorization", "Basic dTpw").expect(200);
        api.get("/sessions", "Authorization", "Bearer a.b.c").expect(200);
        String key = api.post("/gateway/api-keys", "{'name':'k','scopes':'agent:*'}")
                .expect(201)
                .text("api_key");
        api.get("/sessions", "x-api-key", "lsv2_x", "Authorization", "Bearer " + key)
                .expect(403, "scope_missing");
    }

    @OnEveryServer
    void theTextOfAKeyIsNotStoredForItsIdempotencyKey(Api api) {
        String name = "key-" + api.workspace();
        String first = api.post("/gateway/api-keys", "{'name':'k'}", "Idempotency-Key", name)
                .expect(201)
                .text("api_key");
        String second = api.post("/gateway/api-keys", "{'name':'k'}", "Idempotency-Key", name)
                .expect(201)
                .text("api_key");
        assertThat(second).isNotEqualTo(first);
        long stored = api.server()
                .platform()
                .database()
                .read(sql -> sql.one(
                        "SELECT count(*) AS n FROM idempotency_key WHERE workspace_id = ?",
                        row -> row.number("n"),
                        api.workspace()))
                .orElseThrow();
        assertThat(stored).isZero();
    }
}

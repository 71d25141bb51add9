package dev.agentplatform.app.api;

/** What tests of skills, agents and teams begin with. JSON may be written with single quotes. */
final class Programs {
    private Programs() {}

    /** A definition of a kind, for example {@code agent}; gives its id. */
    static String made(Api api, String kind, String code) {
        return api.post(
                        "/" + kind + "s",
                        "{'code':'%1$s','name':'Named %1$s','%2$s_type':'test'}".formatted(code, kind))
                .expect(201)
                .id();
    }

    /** Saves a version; {@code body} are fields without braces. */
    static Answer version(Api api, String kind, String id, String body) {
        return api.post("/" + kind + "s/versions", "{'%s_id':'%s','status':'published',%s}".formatted(kind, id, body));
    }

    /** A definition with a published version; gives its id. */
    static String published(Api api, String kind, String code, String body) {
        String id = made(api, kind, code);
        version(api, kind, id, body).expect(201);
        return id;
    }

    /** Starts a run and waits for its end. */
    static Answer run(Api api, String kind, String id, String body) {
        return api.post(
                        "/" + kind + "s/runs?wait_seconds=20",
                        "{'%s_id':'%s','auto_start':true,%s}".formatted(kind, id, body))
                .expect(200);
    }

    /** Starts a run that only a caller drives; gives its id. */
    static String byHand(Api api, String kind, String id, String body) {
        return api.post("/" + kind + "s/runs", "{'%s_id':'%s','auto_start':false,%s}".formatted(kind, id, body))
                .expect(202)
                .id();
    }

    static Answer drive(Api api, String kind, String run, boolean dry) {
        return api.post(
                "/" + kind + "s/runs/" + run + "/execute",
                "{'worker_key':'%s-worker-1','dry_run':%s}".formatted(kind, dry));
    }
}

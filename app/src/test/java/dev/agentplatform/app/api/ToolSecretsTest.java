package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Dialect;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** Canary secrets are stored, used against a server that sends everything back, and then searched for everywhere. */
class ToolSecretsTest {
    private static final String KEY = "canary-k3y/+= \u00e4\"q";
    private static final String TOKEN = "canary-t0ken.eyJhbGciOi";
    private static final String PASSWORD = "canary-pa55:word";
    private static final String CLIENT_SECRET = "canary-cl1ent&secret";
    private static final String ISSUED = "canary-1ssued-token";
    private static final String CUSTOM = "canary-cust0m-value";
    private static final String OLD = "canary-0ld-value";

    private final List<String> seen = new CopyOnWriteArrayList<>();

    @OnEveryServer
    void noSecretIsFoundAnywhere(Api api) throws Exception {
        List<String> logged = new CopyOnWriteArrayList<>();
        Handler listener = listener(logged);
        Logger root = Logger.getLogger("");
        Logger ours = Logger.getLogger("dev.agentplatform");
        Level before = ours.getLevel();
        root.addHandler(listener);
        ours.addHandler(listener);
        ours.setUseParentHandlers(false);
        ours.setLevel(Level.ALL);
        try {
            useAll(api);
        } finally {
            ours.setLevel(before);
            ours.setUseParentHandlers(true);
            ours.removeHandler(listener);
            root.removeHandler(listener);
        }
        assertThat(seen).hasSizeGreaterThan(30);
        assertThat(logged).isNotEmpty();
        List<String> found = new ArrayList<>();
        for (String spelling : spellings()) {
            seen.stream().filter(text -> text.contains(spelling)).forEach(text -> found.add("answer: " + text));
            logged.stream().filter(text -> text.contains(spelling)).forEach(text -> found.add("log: " + text));
        }
        found.addAll(inTheDatabase(api));
        assertThat(found).isEmpty();
    }

    private void useAll(Api api) throws Exception {
        try (ToolServer echo = ToolServer.echo();
                ToolServer issuer = ToolServer.answering(
                        200, "application/json", "{\"access_token\":\"" + ISSUED + "\",\"expires_in\":60}")) {
            String tool = Tooling.tool(api, "canary", "http", "{}", "{}");
            String rotated = credential(api, "bearer", "{'token':" + json(OLD) + "}");
            see(api.post("/tools/credentials/" + rotated + "/rotate", "{'secret_json':{'token':" + json(TOKEN) + "}}"));
            List<String> credentials = List.of(
                    rotated,
                    credential(api, "api_key", "{'api_key':" + json(KEY) + "}"),
                    credential(api, "api_key", "{'api_key':" + json(KEY) + ",'in':'query','name':'k'}"),
                    credential(api, "basic", "{'username':'ann','password':" + json(PASSWORD) + "}"),
                    credential(api, "custom", "{'headers':{'X-Own':" + json("Own " + CUSTOM) + "}}"),
                    credential(
                            api,
                            "oauth2",
                            "{'token_url':" + json(issuer.url("/")) + ",'client_id':'me','client_secret':"
                                    + json(CLIENT_SECRET) + "}"),
                    credential(
                            api,
                            "oauth2",
                            "{'token_url':" + json(echo.url("/fail")) + ",'client_id':'me',"
                                    + "'auth_style':'body','client_secret':" + json(CLIENT_SECRET) + "}"),
                    credential(
                            api,
                            "oauth2",
                            "{'token_url':" + json(echo.url("/no-token")) + ",'client_id':'me'," + "'client_secret':"
                                    + json(CLIENT_SECRET) + "}"));
            int requests = echo.requests.size();
            for (String credential : credentials) {
                String binding = Tooling.binding(api, tool, "{}", credential);
                for (String url :
                        List.of(echo.url("/ok"), echo.url("/fail"), "http://127.0.0.1:1/", "http://10.0.0.1/")) {
                    use(api, tool, binding, url);
                }
                see(api.get("/tools/bindings/" + binding));
                see(api.get("/tools/credentials/" + credential));
            }
            assertThat(echo.requests.size() - requests).isGreaterThan(20);
            see(api.post(
                    "/tools/credentials",
                    "{'name':'x','credential_type':'basic','secret_json':{'password':" + json(PASSWORD) + "}}"));
            see(api.post(
                    "/tools/credentials",
                    "{'name':'x','credential_type':'api_key','secret_json':{'api_key':" + json(KEY)
                            + ",'in':'nowhere'}}"));
            see(api.get("/tools/credentials"));
            see(api.post("/tools/credentials/reseal"));
        }
    }

    private void use(Api api, String tool, String binding, String url) {
        see(api.post(
                "/tools/" + tool + "/invoke",
                "{'tool_binding_id':'%s','config_json':{'url':'%s'},'timeout_seconds':5}".formatted(binding, url)));
        Answer run = Tooling.run(api, "{'tool_binding_id':'%s','url':'%s'}".formatted(binding, url), "{}");
        see(run);
        see(api.nodeRuns(run.id()));
        see(api.get("/runtime/runs/" + run.id() + "/events", "Accept", "text/event-stream"));
        see(api.get("/runtime/trace-spans?run_id=" + run.id()));
        see(api.get("/runtime/node-artifacts?run_id=" + run.id()));
    }

    private String credential(Api api, String type, String secret) {
        Answer answer = api.post(
                        "/tools/credentials",
                        "{'name':'Canary','credential_type':'%s','secret_json':%s}".formatted(type, secret))
                .expect(201);
        see(answer);
        return answer.id();
    }

    private void see(Answer answer) {
        seen.add(answer.request() + "\n" + answer.headers().map() + "\n" + answer.text());
    }

    private static String json(String text) {
        return Json.write(Json.text(text));
    }

    /** The secrets in each way in which they travel. */
    private static List<String> spellings() {
        List<String> all = new ArrayList<>();
        for (String secret : List.of(KEY, TOKEN, PASSWORD, CLIENT_SECRET, ISSUED, CUSTOM, OLD)) {
            all.add(secret);
            all.add(json(secret).substring(1, json(secret).length() - 1));
            all.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
            all.add(Base64.getEncoder().withoutPadding().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
        }
        all.add(basic("ann:" + PASSWORD));
        all.add(basic("me:" + CLIENT_SECRET));
        all.add("canary-");
        return all;
    }

    private static String basic(String pair) {
        return Base64.getEncoder().withoutPadding().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private static Handler listener(List<String> logged) {
        Handler listener = new Handler() {
            @Override
            public void publish(LogRecord line) {
                logged.add(line.getMessage() + " " + (line.getThrown() == null ? "" : line.getThrown()) + " "
                        + java.util.Arrays.toString(line.getParameters()));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        listener.setLevel(Level.ALL);
        return listener;
    }

    private static List<String> inTheDatabase(Api api) throws IOException {
        List<String> found = new ArrayList<>();
        Database database = api.server().platform().database();
        if (database.dialect() == Dialect.SQLITE) {
            try (Stream<Path> files = Files.walk(api.server().dataFolder())) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String content = Files.readString(file, StandardCharsets.ISO_8859_1);
                    for (String spelling : spellings()) {
                        String bytes =
                                new String(spelling.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
                        if (content.contains(bytes)) found.add(file + ": " + spelling);
                    }
                }
            }
            return found;
        }
        String tables = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'";
        for (String table : database.read(sql -> sql.list(tables, row -> row.text("name")))) {
            String all = "SELECT t::text AS line FROM " + table + " t";
            for (String line : database.read(sql -> sql.list(all, row -> row.text("line")))) {
                for (String spelling : spellings()) if (line.contains(spelling)) found.add(table + ": " + line);
            }
        }
        return found;
    }
}

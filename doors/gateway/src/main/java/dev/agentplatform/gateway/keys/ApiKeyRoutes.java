package dev.agentplatform.gateway.keys;

import dev.agentplatform.auth.Words;
import dev.agentplatform.gateway.keys.ApiKeys.Made;
import dev.agentplatform.gateway.keys.ApiKeys.NewKey;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Route;
import dev.agentplatform.web.Routes;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /gateway/api-keys}. */
public final class ApiKeyRoutes {
    private static final String PATH = "/gateway/api-keys";

    private final ApiKeys keys;
    private final Clock clock;
    private final boolean authRequired;

    /** @param authRequired whether a caller without a key can only be the one who makes the first */
    public ApiKeyRoutes(ApiKeys keys, Clock clock, boolean authRequired) {
        this.keys = keys;
        this.clock = clock;
        this.authRequired = authRequired;
    }

    public void addTo(Routes routes) {
        routes.post(PATH, "Make an API key; its text is shown this once")
                .secret()
                .body(Create.class)
                .answers(201, ObjectNode.class, "The key, with api_key")
                .handle(this::create);
        routes.get(PATH, "List API keys, newest first")
                .query("name", "string", "Its name")
                .query("status", "string", "active, disabled or revoked")
                .query("user_id", "string", "For whom it speaks")
                .query("prefix", "string", "How its text begins")
                .paged()
                .handle(this::list);
        routes.get(PATH + "/{id}", "Get an API key")
                .handle(request -> Reply.of(
                        200,
                        keys.find(request.workspace().id(), request.id("id", "API key"))
                                .json()));
        routes.patch(PATH + "/{id}/status", "Disable, enable or revoke an API key; revoked is final")
                .body(Status.class)
                .handle(this::setStatus);
    }

    /** The one route that answers without a key while there is none. */
    public static boolean makesKey(Route route) {
        return route.method().equals("POST") && route.path().equals(PATH);
    }

    record Create(
            @Required @Length(min = 1, max = 200) String name,

            @Doc("Rights to which it is limited: a text of words, or a list of texts. Left out: not limited")
            JsonNode scopes,

            @Doc("When it stops being accepted. Left out: never")
            Instant expiresTime,

            @Length(min = 1, max = 200) @Doc("The user for whom it speaks")
            String userId) {}

    record Status(
            @Required @OneOf({ApiKey.ACTIVE, ApiKey.DISABLED, ApiKey.REVOKED})
            String status) {}

    private Reply create(Request request) {
        Create body = request.body(Create.class);
        NewKey asked = new NewKey(body.name(), scopes(body.scopes()), body.userId(), expires(body.expiresTime()));
        String workspace = request.workspace().id();
        boolean mustBeFirst = authRequired && request.principal().home().isEmpty();
        Made made =
                mustBeFirst ? keys.createFirst(workspace, asked) : keys.create(workspace, asked, request.principal());
        return Reply.of(201, made.key().json().put("api_key", made.text())).header("Cache-Control", "no-store");
    }

    private static List<String> scopes(JsonNode sent) {
        if (Json.isNothing(sent)) return List.of();
        List<String> words = Words.rights("scopes", sent);
        if (words.isEmpty())
            throw Problem.invalid("scopes", "must name a right; leave it out for a key without limits");
        return words;
    }

    private long expires(Instant time) {
        if (time == null) return 0;
        if (time.toEpochMilli() <= clock.millis()) throw Problem.invalid("expires_time", "must be in the future");
        return time.toEpochMilli();
    }

    private Reply list(Request request) {
        ApiKeyTable.Filter filter = new ApiKeyTable.Filter(
                request.query("name").orElse(null),
                request.query("status").orElse(null),
                request.query("user_id").orElse(null),
                request.query("prefix").orElse(null));
        PageRequest page = PageRequest.of(request.cursor(), request.query("sort"), request.limit());
        return Reply.page(keys.list(request.workspace().id(), filter, page), ApiKey::json);
    }

    private Reply setStatus(Request request) {
        String status = request.body(Status.class).status();
        ApiKey key = keys.setStatus(request.workspace().id(), request.id("id", "API key"), status, request.principal());
        return Reply.of(200, key.json());
    }
}

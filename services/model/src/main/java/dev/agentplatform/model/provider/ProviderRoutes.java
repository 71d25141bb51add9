package dev.agentplatform.model.provider;

import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.model.provider.Providers.Change;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import java.util.List;

/** {@code /models/providers}. */
public final class ProviderRoutes {
    static final int MODELS_MAX = 500;
    static final int FALLBACK_MAX = 10;
    static final int KEY_LENGTH_MAX = 4_096;
    static final int URL_LENGTH_MAX = 2_000;

    private final Providers providers;

    public ProviderRoutes(Providers providers) {
        this.providers = providers;
    }

    record CreateBody(
            @Required @Length(min = 1, max = 64) @Doc("In provider/model; letters, digits and . _ -")
            String name,

            @Required @Doc("openai, ollama, anthropic, gemini or mock")
            String kind,

            @Length(max = URL_LENGTH_MAX) @Doc("The version included, https://api.openai.com/v1")
            String baseUrl,

            @Length(max = KEY_LENGTH_MAX) @Doc("Stored sealed and never shown")
            String apiKey,

            @Length(max = MODELS_MAX) @Doc("Without any, every model of the provider may be asked for")
            List<ModelEntry> models,

            Limits limits,

            @Length(max = FALLBACK_MAX) @Doc("Names of models to try when one of this provider fails")
            List<String> fallback,

            Boolean enabled) {}

    record PatchBody(
            @Length(min = 1, max = 64) String name,
            @Length(max = URL_LENGTH_MAX) String baseUrl,

            @Length(max = KEY_LENGTH_MAX) @Doc("Empty takes the key away")
            String apiKey,

            @Length(max = MODELS_MAX) List<ModelEntry> models,
            Limits limits,
            @Length(max = FALLBACK_MAX) List<String> fallback,
            Boolean enabled) {}

    public void addTo(Routes routes) {
        routes.post("/models/providers", "Register a provider of models")
                .body(CreateBody.class)
                .handle(this::create);
        routes.get("/models/providers", "List providers, newest first")
                .query("name", "string", "The provider with this name")
                .query("sort", "string", "created_time or -created_time")
                .paged()
                .handle(this::list);
        routes.get("/models/providers/{id}", "Get a provider")
                .handle(request -> shown(200, providers.get(request.workspace().id(), request.id("id"))));
        routes.patch("/models/providers/{id}", "Change a provider; what is left out stays")
                .body(PatchBody.class)
                .handle(this::patch);
        routes.delete("/models/providers/{id}", "Delete a provider")
                .answers(204, "It is gone")
                .handle(request -> {
                    providers.delete(request.workspace().id(), request.id("id"));
                    return Reply.empty(204);
                });
    }

    private Reply create(Request request) {
        CreateBody body = request.body(CreateBody.class);
        Change change = new Change(
                body.name(),
                body.baseUrl(),
                body.apiKey(),
                body.models(),
                body.limits(),
                body.fallback(),
                body.enabled());
        return shown(201, providers.create(request.workspace().id(), body.kind(), change));
    }

    private Reply patch(Request request) {
        PatchBody body = request.body(PatchBody.class);
        Change change = new Change(
                body.name(),
                body.baseUrl(),
                body.apiKey(),
                body.models(),
                body.limits(),
                body.fallback(),
                body.enabled());
        return shown(200, providers.update(request.workspace().id(), request.id("id"), change));
    }

    private Reply list(Request request) {
        PageRequest page = PageRequest.of(request.cursor(), request.query("sort"), request.limit());
        return Reply.page(
                providers.list(request.workspace().id(), request.query("name").orElse(null), page), Provider::json);
    }

    private static Reply shown(int status, Provider provider) {
        return Reply.of(status, provider.json());
    }
}

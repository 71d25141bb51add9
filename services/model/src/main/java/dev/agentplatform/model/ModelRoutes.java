package dev.agentplatform.model;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.model.call.Ask;
import dev.agentplatform.model.call.Calls;
import dev.agentplatform.model.call.ModelError;
import dev.agentplatform.model.call.ModelList;
import dev.agentplatform.model.call.OpenStream;
import dev.agentplatform.model.call.Operation;
import dev.agentplatform.model.upstream.Cancel;
import dev.agentplatform.model.upstream.Watch;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.RouteDraft;
import dev.agentplatform.web.Routes;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1} and {@code /models}: what an OpenAI client calls. */
final class ModelRoutes {
    /** Asks for an answer that an earlier call got, so many seconds ago at most. */
    static final String CACHE_HEADER = "x-cache-ttl";

    private static final String EVENTS = "text/event-stream";
    private static final int CACHE_SECONDS_MAX = 86_400;
    private static final int MODEL_CHARS_MAX = 200;

    /** Quick answers must not pay for a look after their client. */
    private static final long CLIENT_WATCHED_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Calls calls;
    private final ModelList list;
    private final Watch watch;

    ModelRoutes(Calls calls, ModelList list, Watch watch) {
        this.calls = calls;
        this.list = list;
        this.watch = watch;
    }

    void addTo(Routes routes) {
        for (String root : new String[] {"/v1", "/models"}) {
            openAi(routes.post(root + "/chat/completions", "A chat with a model; OpenAI's format"))
                    .handle(request -> call(request, Operation.CHAT));
            openAi(routes.post(root + "/embeddings", "Embeddings of texts; OpenAI's format"))
                    .handle(request -> call(request, Operation.EMBEDDINGS));
            String models = root.equals("/v1") ? "/v1/models" : "/models";
            openAi(routes.get(models, "The models that can be asked for; OpenAI's format"))
                    .handle(request ->
                            Reply.of(200, list.list(request.workspace().id())));
            openAi(routes.get(models + "/{id...}", "One model; OpenAI's format"))
                    .handle(this::model);
        }
    }

    private static RouteDraft openAi(RouteDraft draft) {
        return draft.problems(ModelRoutes::problem);
    }

    private Reply model(Request request) {
        String name = request.text("id");
        ObjectNode model = list.find(request.workspace().id(), name)
                .orElseThrow(
                        () -> new Problem(404, "model_not_found", "The model '" + name + "' does not exist here."));
        return Reply.of(200, model);
    }

    private Reply call(Request request, Operation operation) throws InterruptedException {
        ObjectNode body = checked(request.rawJson(), operation);
        Cancel cancel = new Cancel();
        Ask ask = new Ask(
                origin(request),
                operation,
                body,
                request.rawBody(),
                null,
                cacheSeconds(request, body),
                request.requestId(),
                cancel);
        ClientLook look = new ClientLook(request, cancel);
        boolean handedOn = false;
        watch.add(look);
        try {
            if (!body.path("stream").asBoolean(false)) return whole(ask);
            OpenStream stream = calls.open(ask);
            handedOn = true;
            return stream(stream, look);
        } catch (ModelError failed) {
            return failed(failed);
        } finally {
            if (!handedOn) watch.remove(look);
        }
    }

    private Reply whole(Ask ask) throws InterruptedException {
        Calls.Whole answer = calls.whole(ask);
        Reply reply = Reply.bytes(200, Reply.JSON, answer.body());
        return ask.cacheSeconds() == 0 ? reply : reply.header("x-cache", answer.cached() ? "hit" : "miss");
    }

    private Reply stream(OpenStream stream, ClientLook look) {
        return Reply.transfer(200, EVENTS, out -> {
                    try (stream) {
                        stream.pump(out);
                    } finally {
                        watch.remove(look);
                    }
                })
                .header("Cache-Control", "no-store")
                // Proxies of the nginx family would hold events back.
                .header("X-Accel-Buffering", "no");
    }

    /** Looks after the client of a call that takes its time. */
    private final class ClientLook implements Watch.Watched {
        private final Request request;
        private final Cancel cancel;
        private final long fromNanos = System.nanoTime() + CLIENT_WATCHED_AFTER_NANOS;

        ClientLook(Request request, Cancel cancel) {
            this.request = request;
            this.cancel = cancel;
        }

        @Override
        public void tick(long nowNanos) {
            if (nowNanos - fromNanos < 0) return;
            watch.remove(this);
            request.onClientGone(cancel::cancel);
        }
    }

    private static CallOrigin origin(Request request) {
        return new CallOrigin(
                request.workspace().id(),
                request.principal().userId().orElse(null),
                request.principal().apiKeyId().orElse(null),
                null,
                null,
                null,
                null);
    }

    private static ObjectNode checked(JsonNode json, Operation operation) {
        ObjectNode body = (ObjectNode) json;
        JsonNode model = body.path("model");
        if (!Json.isNothing(model) && (!model.isString() || model.stringValue().length() > MODEL_CHARS_MAX))
            throw Problem.invalid("model", "must be a text of at most " + MODEL_CHARS_MAX + " characters");
        JsonNode stream = body.path("stream");
        if (!Json.isNothing(stream) && !stream.isBoolean()) throw Problem.invalid("stream", "must be true or false");
        if (operation == Operation.EMBEDDINGS) {
            if (Json.isNothing(body.path("input"))) throw Problem.invalid("input", "is required");
            if (stream.asBoolean(false)) throw Problem.invalid("stream", "is not for embeddings");
            return body;
        }
        JsonNode messages = body.path("messages");
        if (!messages.isArray() || messages.isEmpty())
            throw Problem.invalid("messages", "must be a list with at least one message");
        for (int i = 0; i < messages.size(); i++) {
            if (!messages.get(i).isObject()) throw Problem.invalid("messages." + i, "must be an object");
        }
        return body;
    }

    private static int cacheSeconds(Request request, ObjectNode body) {
        JsonNode field = body.path(Ask.CACHE);
        String text = request.header(CACHE_HEADER).orElse(Json.isNothing(field) ? "0" : field.asString(""));
        if (!text.matches("\\d{1,6}") || Integer.parseInt(text) > CACHE_SECONDS_MAX)
            throw Problem.invalid(Ask.CACHE, "must be a whole number of seconds up to " + CACHE_SECONDS_MAX);
        return Integer.parseInt(text);
    }

    private static Reply failed(ModelError failed) {
        Reply reply = Reply.bytes(failed.status(), Reply.JSON, failed.body());
        if (failed.retryAfterSeconds() > 0) reply = reply.header("Retry-After", "" + failed.retryAfterSeconds());
        // OpenAI's clients repeat what failed with 5xx, unless they are told that it is of no use.
        return failed.isFinal() ? reply.header("x-should-retry", "false") : reply;
    }

    /** What goes wrong before a provider is asked, in OpenAI's shape. */
    static Reply problem(Problem problem, String requestId) {
        String type = switch (problem.status()) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            default -> problem.status() < 500 ? "invalid_request_error" : "server_error";
        };
        String code = switch (problem.status()) {
            case 401 -> "invalid_api_key";
            case 429 -> "rate_limit_exceeded";
            default -> problem.code();
        };
        String param =
                problem.errors().stream().findFirst().map(FieldError::path).orElse(null);
        return Reply.of(problem.status(), ModelError.json(type, code, problem.detail(), param));
    }
}

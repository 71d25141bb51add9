package dev.agentplatform.tool;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.language.EvaluationError;
import dev.agentplatform.language.JsonSchema;
import dev.agentplatform.tool.Builtins.Builtin;
import dev.agentplatform.vault.Vault.SealBroken;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Calls tools: finds version, binding and credential, checks the input, has it executed, shows all but secrets. */
public final class ToolCalls {
    private static final int SCHEMAS_KEPT_MAX = 500;

    private final Tools tools;
    private final Bindings bindings;
    private final Credentials credentials;
    private final HttpCalls http;
    private final Map<ToolType, ToolBackend> backends;
    private final Builtins.Source source;
    private final Map<UUID, JsonSchema> schemas = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, JsonSchema> eldest) {
            return size() > SCHEMAS_KEPT_MAX;
        }
    };

    /** @param backends what executes the types {@code code} and {@code workflow}; one that is missing is refused by name */
    ToolCalls(
            Tools tools,
            Bindings bindings,
            Credentials credentials,
            HttpCalls http,
            Map<ToolType, ToolBackend> backends,
            Clock clock,
            Ids ids) {
        this.tools = tools;
        this.bindings = bindings;
        this.credentials = credentials;
        this.http = http;
        this.backends = Map.copyOf(backends);
        this.source = new Builtins.Source(clock, ids);
    }

    /** A call that may begin: everything is found, and the input fits. {@code binding} may be null. */
    record Prepared(ToolRequest request, ToolVersion version, Binding binding) {
        /** What its record begins with. */
        ObjectNode shown() {
            ObjectNode shown = Json.object();
            shown.set("tool", version.shown());
            shown.set("binding", binding == null ? Json.nothing() : binding.shown());
            return shown;
        }

        ToolCall call() {
            return new ToolCall(
                    request.workspaceId(),
                    version.invokeConfig(),
                    request.input(),
                    request.sessionId(),
                    request.timeLimit(),
                    request.idempotencyKey(),
                    request.requestId());
        }
    }

    /** @throws Problem 404 for what is not there, 409 {@code no_published_version}, 422 for what does not fit */
    public ToolResult invoke(ToolRequest request) throws InterruptedException {
        return execute(prepare(request));
    }

    /**
     * What a caller of another room must know of a tool.
     *
     * @param isRun a call of it is a run, which {@link #callOf} describes
     */
    public record Described(
            UUID toolId, UUID versionId, String code, String description, JsonNode inputSchema, boolean isRun) {}

    /** The tool that a request is about; its input does not matter yet. @throws Problem as {@link #invoke} */
    public Described describe(ToolRequest request) {
        ToolVersion version = find(request).version();
        ToolVersionCheck.available(version.type());
        String description = version.tool().description();
        return new Described(
                version.tool().id(),
                version.id(),
                version.tool().code(),
                description == null ? version.tool().name() : description,
                version.inputSchema(),
                version.type() == ToolType.WORKFLOW);
    }

    /** A call that somebody else executes. @throws Problem as {@link #invoke} */
    public ToolCall callOf(ToolRequest request) {
        return prepare(request).call();
    }

    /** {@link #invoke} without the call itself. */
    Prepared prepare(ToolRequest request) {
        Prepared prepared = find(request);
        ToolVersionCheck.available(prepared.version().type());
        if (!request.input().isObject()) throw Problem.invalid("input_json", "must be an object");
        refuse(inputSchema(prepared.version()).errors("input_json", request.input()));
        return prepared;
    }

    /** Of versions called last: compiling takes longer than checking, and a version never changes. */
    private JsonSchema inputSchema(ToolVersion version) {
        synchronized (schemas) {
            JsonSchema known = schemas.get(version.id());
            if (known != null) return known;
        }
        JsonSchema compiled = JsonSchema.compile(version.inputSchema());
        synchronized (schemas) {
            schemas.put(version.id(), compiled);
        }
        return compiled;
    }

    private Prepared find(ToolRequest request) {
        String workspaceId = request.workspaceId();
        UUID toolId = request.tool() == null
                ? null
                : tools.find(workspaceId, request.tool()).id();
        if (request.bindingId() != null) {
            Binding binding = bindings.find(workspaceId, request.bindingId());
            if (toolId != null && !toolId.equals(binding.toolId())) {
                throw Problem.invalid("tool_binding_id", "is not a binding of the tool " + request.tool());
            }
            UUID versionId = request.versionId() == null ? binding.versionId() : request.versionId();
            return new Prepared(request, tools.resolve(workspaceId, binding.toolId(), versionId), binding);
        }
        if (toolId == null && request.versionId() == null) {
            throw Problem.invalid("tool_id", "is required, or tool_code, tool_version_id or tool_binding_id");
        }
        if (toolId == null) {
            toolId =
                    tools.resolve(workspaceId, null, request.versionId()).tool().id();
        }
        List<ToolScope> scopes = request.scopes().stream()
                .map(scope -> new ToolScope(scope.type(), scope.id()))
                .filter(scope -> scope.rank() >= 0)
                .toList();
        Optional<Binding> binding = bindings.choose(workspaceId, toolId, scopes);
        UUID pinned = binding.map(Binding::versionId).orElse(null);
        UUID versionId = request.versionId() == null ? pinned : request.versionId();
        return new Prepared(request, tools.resolve(workspaceId, toolId, versionId), binding.orElse(null));
    }

    ToolResult execute(Prepared prepared) throws InterruptedException {
        ToolResult result = switch (prepared.version().type()) {
            case HTTP -> http(prepared);
            case BUILTIN -> builtin(prepared);
            case CODE, WORKFLOW -> backend(prepared);
            case MCP, AGENT -> throw new IllegalStateException("refused when it was prepared");
        };
        return shown(prepared, result);
    }

    private ToolResult http(Prepared prepared) throws InterruptedException {
        Binding binding = prepared.binding();
        ToolRequest request = prepared.request();
        HttpCall call;
        try {
            call = HttpResolution.resolve(
                    prepared.version().invokeConfig(),
                    binding == null ? Json.object() : binding.config(),
                    request.config(),
                    request.input());
        } catch (EvaluationError wrong) {
            throw Problem.invalid("invoke_config_json", wrong.getMessage());
        }
        putIfAbsent(call, "Idempotency-Key", request.idempotencyKey());
        putIfAbsent(call, "x-request-id", request.requestId());
        putIfAbsent(call, "x-workspace-id", request.workspaceId());
        try {
            Secret secret = binding == null || binding.credentialId() == null
                    ? null
                    : credentials.open(request.workspaceId(), binding.credentialId());
            return http.send(call, secret, request.timeLimit());
        } catch (SealBroken broken) {
            return new ToolResult.Failed("credential_unreadable", broken.getMessage(), false, Json.object());
        }
    }

    private static void putIfAbsent(HttpCall call, String header, String value) {
        if (value != null) call.headers().putIfAbsent(header, value);
    }

    private ToolResult builtin(Prepared prepared) {
        String name = prepared.version().invokeConfig().path("builtin").asString("");
        Builtin builtin = Builtins.find(name)
                .orElseThrow(() -> new Problem(422, "unknown_builtin", "There is no built-in tool " + name + "."));
        JsonNode input = prepared.request().input();
        refuse(builtin.schema().errors("input_json", input));
        JsonNode value = builtin.body().apply(input, source);
        ObjectNode output = Json.object();
        output.set("result", value);
        return new ToolResult.Done(output, value, value.isString() ? value.stringValue() : Json.write(value));
    }

    private ToolResult backend(Prepared prepared) throws InterruptedException {
        ToolType type = prepared.version().type();
        ToolBackend backend = backends.get(type);
        if (backend != null) return backend.invoke(prepared.call());
        throw new Problem(
                422,
                "tool_type_not_available",
                "Tools of the type " + type.word() + " cannot be called by this process.");
    }

    /** The result with what was decided before it; an output that does not fit its schema is a failure. */
    ToolResult shown(Prepared prepared, ToolResult result) {
        ObjectNode output = prepared.shown();
        output.setAll(result.output());
        return switch (result) {
            case ToolResult.Done done -> {
                JsonNode schema = prepared.version().outputSchema();
                List<FieldError> errors = Json.isNothing(schema)
                        ? List.of()
                        : JsonSchema.compile(JsonSchema.of(schema)).errors("output", done.value());
                if (errors.isEmpty()) yield new ToolResult.Done(output, done.value(), done.text());
                FieldError first = errors.getFirst();
                String message = "The answer does not fit the output schema: " + first.path() + " " + first.message();
                yield new ToolResult.Failed("invalid_output", message, false, output);
            }
            case ToolResult.Failed failed ->
                new ToolResult.Failed(failed.code(), failed.message(), failed.retryable(), output);
            case ToolResult.Running running -> new ToolResult.Running(output);
        };
    }

    private static void refuse(List<FieldError> errors) {
        if (!errors.isEmpty()) throw Problem.invalid(errors);
    }
}

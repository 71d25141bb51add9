package dev.agentplatform.code;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Workspace;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Range;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Chapter 11 of the API contract: code that somebody sends. */
public final class CodeRoutes {
    private final CodeRunner runner;

    private CodeRoutes(CodeRunner runner) {
        this.runner = runner;
    }

    public static Routes of(CodeRunner runner) {
        CodeRoutes code = new CodeRoutes(runner);
        Routes routes = new Routes("code-runner", "Python and JavaScript in isolated processes");
        routes.post("/code/execute", "Run code; its faults are part of the answer")
                .body(Execute.class)
                .answers(200, ObjectNode.class, "What came of it")
                .answers(503, ObjectNode.class, "This host offers no isolation, or too many calls run")
                .handle(code::execute);
        return routes;
    }

    record Execute(
            @Required @Doc("Sees the input as payload, assigns its answer to result")
            String code,

            @Required @Doc("python or javascript") String language,

            @Alias("input") @Doc("What the code sees as payload")
            JsonNode inputJson,

            @Range(min = 1) @Doc("10 unless named") Integer timeoutSeconds) {}

    private Reply execute(Request request) throws InterruptedException {
        Execute body = request.body(Execute.class);
        Duration timeout = body.timeoutSeconds() == null ? null : Duration.ofSeconds(body.timeoutSeconds());
        CodeRequest call = new CodeRequest(Language.of(body.language()), body.code(), body.inputJson(), timeout);
        return Reply.of(200, json(request.workspace(), call.language(), runner.run(call)));
    }

    private static ObjectNode json(Workspace workspace, Language language, CodeResult result) {
        ObjectNode json = Json.object()
                .put("workspace_id", workspace.id())
                .put("tenant_id", workspace.id())
                .put("language", language.word())
                .put("status", result.status().word());
        json.set("result_json", result.result());
        json.put("output_text", result.output()).put("output_truncated", result.outputTruncated());
        json.put("error_code", result.errorCode()).put("error_message", result.errorMessage());
        if (result.errorLine() > 0) json.put("error_line", result.errorLine());
        else json.putNull("error_line");
        return json.put("duration_ms", result.durationMillis());
    }
}

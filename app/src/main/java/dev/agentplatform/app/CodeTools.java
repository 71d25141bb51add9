package dev.agentplatform.app;

import dev.agentplatform.code.CodeRequest;
import dev.agentplatform.code.CodeResult;
import dev.agentplatform.code.Language;
import dev.agentplatform.code.Sandboxes;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.tool.ToolBackend;
import dev.agentplatform.tool.ToolCall;
import dev.agentplatform.tool.ToolResult;
import java.time.Duration;
import tools.jackson.databind.node.ObjectNode;

/** Tools that are code: the input is {@code payload}, what the code assigns to {@code result} is the answer. */
final class CodeTools implements ToolBackend {
    private static final Duration TIMEOUT_MIN = Duration.ofSeconds(1);

    private final Sandboxes sandboxes;

    CodeTools(Sandboxes sandboxes) {
        this.sandboxes = sandboxes;
    }

    @Override
    public ToolResult invoke(ToolCall call) throws InterruptedException {
        Language language = Language.of(call.invokeConfig().path("language").asString(Language.PYTHON.word()));
        String code = call.invokeConfig().path("code").asString("");
        ObjectNode output = Json.object();
        CodeResult result;
        try {
            result = sandboxes.run(new CodeRequest(language, code, call.input(), timeout(call.timeLimit())));
        } catch (Problem refused) {
            return new ToolResult.Failed(refused.code(), refused.detail(), refused.status() == 503, output);
        }
        output.set("result", result.result());
        output.put("printed", result.output());
        if (!result.completed()) {
            return new ToolResult.Failed(result.errorCode(), result.errorMessage(), false, output);
        }
        return new ToolResult.Done(output, result.result(), Json.write(result.result()));
    }

    private Duration timeout(Duration asked) {
        Duration most = sandboxes.settings().timeoutMax();
        if (asked.compareTo(TIMEOUT_MIN) < 0) return TIMEOUT_MIN;
        return asked.compareTo(most) > 0 ? most : asked;
    }
}

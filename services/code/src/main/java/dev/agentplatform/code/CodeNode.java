package dev.agentplatform.code;

import dev.agentplatform.engine.NodeConfig;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.language.Scope;
import dev.agentplatform.language.Template;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code code}: runs {@code code} of {@code language} with {@code input_json} as its {@code payload} and gives {@code
 * {result_json, language, duration_ms, output_truncated}}; what it prints is the text. The code is no template, the
 * input is one.
 *
 * <p>Code that fails fails the node with the codes of {@link CodeResult#errorCode}; a {@code timeout_seconds} of the node
 * is watched by the engine.
 */
public final class CodeNode implements NodeType {
    /** What the engine gets to end a call that has a limit of the node's own before the runner does. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private final CodeRunner runner;
    private final Duration timeoutMax;

    /** @param timeoutMax the longest that the runner allows */
    public CodeNode(CodeRunner runner, Duration timeoutMax) {
        this.runner = runner;
        this.timeoutMax = timeoutMax;
    }

    @Override
    public String name() {
        return "code";
    }

    @Override
    public boolean effect() {
        return true;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        String word = NodeConfig.text(config.path("language")).strip();
        Language language = word.isEmpty() ? Language.PYTHON : Language.of(word);
        String code = NodeConfig.text(config.path("code"));
        Limits.checkCode(code);
        Duration timeout = timeout(config);
        Function<Scope, JsonNode> input = input(config.path("input_json"));
        return context -> run(new CodeRequest(language, code, input.apply(context.scope()), timeout));
    }

    /** A text is one template, which may hold a whole JSON document; a tree has a template in each string. */
    private static Function<Scope, JsonNode> input(JsonNode config) {
        if (config.isString()) return Template.parse(config.stringValue())::renderJson;
        return Json.isNothing(config) ? scope -> Json.nothing() : CompiledTree.parse(config)::resolve;
    }

    private Duration timeout(JsonNode config) {
        double seconds = config.path("timeout_seconds").asDouble(0);
        if (seconds <= 0) return null;
        if (seconds > timeoutMax.toSeconds()) {
            throw Problem.invalid("timeout_seconds", "may be at most " + timeoutMax.toSeconds() + " for code");
        }
        Duration limit = Duration.ofMillis((long) (seconds * 1000)).plus(MARGIN);
        return limit.compareTo(timeoutMax) > 0 ? timeoutMax : limit;
    }

    private Outcome run(CodeRequest request) throws InterruptedException {
        ObjectNode input = Json.object().put("language", request.language().word());
        input.set("input_json", request.input());
        CodeResult result;
        try {
            result = runner.run(request);
        } catch (Problem refused) {
            return new Outcome.Fail(refused.code(), refused.detail(), refused.status() == 503, Json.nothing(), input);
        }
        ObjectNode output = Json.object();
        output.set("result_json", result.result());
        output.put("language", request.language().word());
        output.put("duration_ms", result.durationMillis());
        output.put("output_truncated", result.outputTruncated());
        if (result.completed()) return new Outcome.Done(output, result.output(), null, null, input, List.of());
        if (result.errorLine() > 0) output.put("error_line", result.errorLine());
        output.put("output_text", result.output());
        // Whether a fault goes away is for the author's retry policy to judge.
        return new Outcome.Fail(result.errorCode(), result.errorMessage(), true, output, input);
    }
}

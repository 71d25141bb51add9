package dev.agentplatform.workflow.nodes;

import dev.agentplatform.engine.Arrival;
import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.language.Template;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code wait}: for {@code seconds}, {@code until} a time (RFC 3339), or for a {@code signal} by name, at most
 * {@code timeout_seconds}; past that the step fails with {@code wait_timeout}. A waiting run holds no thread.
 */
public final class WaitNode implements NodeType {
    @Override
    public String name() {
        return "wait";
    }

    @Override
    public boolean effect() {
        return false;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        return config.has("signal") ? new SignalWait(config) : new TimeWait(config);
    }

    private record TimeWait(Template seconds, Template until) implements NodeWork {
        TimeWait(JsonNode config) {
            this(template(config, "seconds"), template(config, "until"));
        }

        @Override
        public Outcome execute(NodeContext context) {
            return new Outcome.Wait("time", due(context), Json.nothing(), List.of(), List.of());
        }

        private long due(NodeContext context) {
            if (until != null) {
                String text = until.render(context.scope());
                return Times.parse(text)
                        .orElseThrow(() -> new Problem(422, "invalid_time", "until is '" + text + "', not a time."));
            }
            JsonNode wanted = seconds == null ? Json.nothing() : seconds.resolve(context.scope());
            if (wanted.isString()) wanted = number(wanted.asString());
            if (!wanted.isNumber() || wanted.asDouble() < 0) {
                throw new Problem(422, "invalid_time", "seconds must be a number from 0.");
            }
            // At least one millisecond: 0 stands for "no limit".
            return context.now() + Math.max(1, Math.round(wanted.asDouble() * 1_000));
        }

        private static JsonNode number(String text) {
            try {
                return Json.tree(Double.valueOf(text.strip()));
            } catch (NumberFormatException notANumber) {
                return Json.nothing();
            }
        }

        @Override
        public Outcome resume(NodeContext context, Arrival arrival) {
            return Outcome.done(Json.object().put("waited_until_time", Times.format(context.now())));
        }
    }

    private record SignalWait(Template signal, long timeoutMs) implements NodeWork {
        SignalWait(JsonNode config) {
            this(
                    template(config, "signal"),
                    Math.round(config.path("timeout_seconds").asDouble(0) * 1_000));
        }

        @Override
        public Outcome execute(NodeContext context) {
            String name = signal.render(context.scope());
            long until = timeoutMs == 0 ? 0 : context.now() + timeoutMs;
            return waiting(name, until);
        }

        private static Outcome waiting(String name, long until) {
            ObjectNode note = Json.object().put("signal", name).put("until", until);
            return new Outcome.Wait("signal", until, note, List.of(), List.of());
        }

        @Override
        public Outcome resume(NodeContext context, Arrival arrival) {
            String name = context.note().path("signal").asString("");
            if (!(arrival instanceof Arrival.Signal(String arrived, JsonNode payload))) {
                return new Outcome.Fail(
                        "wait_timeout",
                        "No signal '" + name + "' came in time.",
                        false,
                        Json.nothing(),
                        Json.nothing());
            }
            if (!arrived.equals(name))
                return waiting(name, context.note().path("until").asLong(0));
            ObjectNode output = Json.object().put("signal", name);
            output.set("payload", payload);
            return Outcome.done(output);
        }
    }

    private static Template template(JsonNode config, String field) {
        JsonNode value = config.path(field);
        if (Json.isNothing(value)) return null;
        return Template.parse(value.isString() ? value.asString() : Json.write(value));
    }
}

package dev.agentplatform.agent;

import dev.agentplatform.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A version of an agent, with every default filled in. */
record Agent(
        String role,
        String goal,
        String systemPrompt,
        Model model,
        Memory memory,
        List<Ref> tools,
        List<Ref> skills,
        List<Knowledge> knowledge,
        JsonNode outputSchema) {
    static final int MODEL_CALLS_DEFAULT = 5;
    private static final int MEMORIES_DEFAULT = 5;
    private static final int IMPORTANCE_DEFAULT = 50;
    private static final int PASSAGES_DEFAULT = 5;

    /** @param name null for the default model @param temperature null for the provider's @param maxTokens 0 for none */
    record Model(
            String name,
            Double temperature,
            int maxTokens,
            boolean react,
            int callsMax,
            boolean json,
            boolean stream) {}

    /** @param scope as in {@code memory_scope}, workspace for tenant */
    record Memory(boolean reads, boolean writes, String scope, int topK, int importance) {}

    /**
     * A tool or skill that the agent may use.
     *
     * @param named id or code
     * @param autoInvoke null when the version does not say
     * @param shown the reference as the version has it
     */
    record Ref(
            String named,
            boolean required,
            List<String> keywords,
            Boolean autoInvoke,
            boolean needsApproval,
            JsonNode shown) {}

    record Knowledge(String named, int topK) {}

    static Agent of(JsonNode body) {
        return new Agent(
                body.path("role").asString(""),
                body.path("goal").asString(""),
                body.path("system_prompt").asString(""),
                model(body.path("model_config")),
                memory(body.path("memory_policy")),
                refs(body.path("tool_refs"), "tool_id"),
                refs(body.path("skill_refs"), "skill_id"),
                knowledge(body.path("knowledge_refs")),
                body.has("output_schema_json") ? body.get("output_schema_json") : Json.nothing());
    }

    private static Model model(JsonNode config) {
        return new Model(
                config.path("model").asString(null),
                config.path("temperature").isNumber()
                        ? config.path("temperature").doubleValue()
                        : null,
                config.path("max_tokens").asInt(0),
                config.path("react_enabled").asBoolean(false),
                config.path("react_max_steps").asInt(MODEL_CALLS_DEFAULT),
                config.path("tool_calling").asString("auto").equals("json"),
                config.path("stream").asBoolean(false));
    }

    private static Memory memory(JsonNode policy) {
        // A policy without the word is there to be used.
        boolean enabled = policy.isObject() && policy.path("enabled").asBoolean(true);
        String scope = policy.path("memory_scope").asString("session");
        return new Memory(
                enabled,
                enabled && policy.path("write_enabled").asBoolean(false),
                scope.equals("tenant") ? "workspace" : scope,
                policy.path("read_top_k").asInt(MEMORIES_DEFAULT),
                policy.path("config_json").path("write_importance_score").asInt(IMPORTANCE_DEFAULT));
    }

    private static List<Ref> refs(JsonNode list, String idField) {
        List<Ref> refs = new ArrayList<>();
        for (JsonNode ref : list) {
            List<String> keywords = new ArrayList<>();
            for (JsonNode keyword : ref.path("selection_keywords")) keywords.add(keyword.asString(""));
            JsonNode auto = ref.path("config_json").path("auto_invoke");
            refs.add(new Ref(
                    ref.path(idField).asString(ref.path("code").asString("")),
                    ref.path("required").asBoolean(false),
                    List.copyOf(keywords),
                    auto.isBoolean() ? auto.booleanValue() : null,
                    ref.path("requires_approval").asBoolean(false),
                    ref));
        }
        return List.copyOf(refs);
    }

    private static List<Knowledge> knowledge(JsonNode list) {
        List<Knowledge> refs = new ArrayList<>();
        for (JsonNode ref : list) {
            String named =
                    ref.path("knowledge_base_id").asString(ref.path("code").asString(""));
            refs.add(new Knowledge(named, ref.path("top_k").asInt(PASSAGES_DEFAULT)));
        }
        return List.copyOf(refs);
    }
}

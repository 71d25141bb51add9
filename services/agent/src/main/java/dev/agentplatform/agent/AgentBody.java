package dev.agentplatform.agent;

import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Range;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** A version of an agent as clients send it. */
record AgentBody(
        @Length(max = 200) String role,
        @Length(max = 10_000) String goal,
        @Length(max = 200_000) String systemPrompt,
        @Alias("model_config_json") ModelConfig modelConfig,
        @Alias("memory_policy_json") MemoryPolicy memoryPolicy,
        @Alias("tool_refs_json") @Length(max = 128) List<ToolRef> toolRefs,
        @Alias("skill_refs_json") @Length(max = 128) List<SkillRef> skillRefs,
        @Alias("knowledge_refs_json") @Length(max = 16) List<KnowledgeRef> knowledgeRefs,

        @Alias("output_schema") @Doc("JSON Schema of output_json")
        ObjectNode outputSchemaJson) {

    record ModelConfig(
            @Length(max = 200) @Doc("Without it the default model answers")
            String model,

            @Range(min = 0, max = 2) Double temperature,
            @Range(min = 1, max = 1_000_000) Integer maxTokens,

            @Doc("true: the model acts in steps and calls tools by itself")
            Boolean reactEnabled,

            @Range(min = 1, max = 100) @Doc("Model calls of one run at most; by default 5")
            Integer reactMaxSteps,

            @OneOf({"auto", "native", "json"}) @Doc("How the model asks for tools")
            String toolCalling,

            @Doc("true: what the model writes appears in the events of the run")
            Boolean stream) {}

    record MemoryPolicy(
            Boolean enabled,

            @OneOf({"workspace", "tenant", "user", "session", "agent", "team"})
            String memoryScope,

            @Range(min = 0, max = 50) Integer readTopK,
            Boolean writeEnabled,
            @Alias("config") MemoryConfig configJson) {}

    record MemoryConfig(@Range(min = 0, max = 100) Integer writeImportanceScore) {}

    record ToolRef(
            @Length(min = 1, max = 128) String toolId,
            @Alias("tool_code") @Length(min = 1, max = 128) String code,
            @Doc("true: selected for every run") Boolean required,

            @Length(max = 50) @Doc("Selected when one of them is in the input")
            List<String> selectionKeywords,

            @Doc("true: a person decides on each call") Boolean requiresApproval,
            @Alias("config") RefConfig configJson) {
        ToolRef {
            if (toolId == null && code == null) throw Problem.invalid("tool_id", "is required, or code");
        }
    }

    record SkillRef(
            @Length(min = 1, max = 128) String skillId,
            @Alias("skill_code") @Length(min = 1, max = 128) String code,
            Boolean required,
            @Length(max = 50) List<String> selectionKeywords,
            Boolean requiresApproval,
            @Alias("config") RefConfig configJson) {
        SkillRef {
            if (skillId == null && code == null) throw Problem.invalid("skill_id", "is required, or code");
        }
    }

    record RefConfig(Boolean autoInvoke) {}

    record KnowledgeRef(
            @Length(min = 1, max = 128) String knowledgeBaseId,
            @Length(min = 1, max = 128) String code,
            @Range(min = 1, max = 50) Integer topK) {
        KnowledgeRef {
            if (knowledgeBaseId == null && code == null) {
                throw Problem.invalid("knowledge_base_id", "is required, or code");
            }
        }
    }
}

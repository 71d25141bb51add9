package dev.agentplatform.skill;

import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Required;
import tools.jackson.databind.node.ObjectNode;

/** A version of a skill as clients send it. */
record SkillBody(
        @Required @OneOf({"template", "http", "code", "workflow", "agent", "mcp"})
        String runtimeType,

        @Alias("parameter_schema") @Doc("JSON Schema of the input; a bare map of properties is an object's")
        ObjectNode parameterSchemaJson,

        @Alias("output_schema") @Doc("JSON Schema of output_json")
        ObjectNode outputSchemaJson,

        @Required
        @Alias("implementation")
        @Doc("What the runtime needs: template; url, method, …; language, code; workflow_id; agent_id")
        ObjectNode implementationJson) {}

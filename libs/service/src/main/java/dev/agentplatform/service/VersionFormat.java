package dev.agentplatform.service;

import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.web.Binder;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The format of a kind that has nothing but versions.
 *
 * @param body what clients send as a version; a field that it does not know is a fault here
 * @param tidy changes a stored body into what people would write
 * @param found what a spec names of other definitions
 */
public record VersionFormat(
        DefinitionKind definitions,
        Class<? extends Record> body,
        UnaryOperator<ObjectNode> tidy,
        Function<ObjectNode, List<Reference>> found)
        implements DefinitionFormat {
    @Override
    public String kind() {
        return definitions.name();
    }

    @Override
    public boolean typed() {
        return definitions.typed();
    }

    @Override
    public JsonNode body(String workspaceId, String type, ObjectNode spec, VersionStatus status) {
        List<FieldError> unknown = Binder.unknownFields(spec, body);
        if (!unknown.isEmpty()) throw Problem.invalid(unknown);
        return definitions.rules().body(workspaceId, spec, status);
    }

    @Override
    public ObjectNode spec(JsonNode stored) {
        return tidy.apply((ObjectNode) stored.deepCopy());
    }

    @Override
    public List<Reference> references(ObjectNode spec) {
        return found.apply(spec);
    }
}

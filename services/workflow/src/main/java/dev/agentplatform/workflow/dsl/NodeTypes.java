package dev.agentplatform.workflow.dsl;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The known types of nodes, by name and alias. */
public final class NodeTypes {
    private final List<NodeTypeInfo> types;
    private final Map<String, NodeTypeInfo> byName = new HashMap<>();

    public NodeTypes(List<NodeTypeInfo> types) {
        this.types = List.copyOf(types);
        for (NodeTypeInfo type : types) {
            add(type.name(), type);
            for (String alias : type.aliases()) add(alias, type);
        }
    }

    /** All types of the platform. */
    public static NodeTypes standard() {
        return StandardNodeTypes.ALL;
    }

    public Optional<NodeTypeInfo> find(String nameOrAlias) {
        return Optional.ofNullable(byName.get(nameOrAlias));
    }

    public List<NodeTypeInfo> all() {
        return types;
    }

    private void add(String name, NodeTypeInfo type) {
        if (byName.put(name, type) != null) throw new IllegalArgumentException("two node types are named " + name);
    }
}

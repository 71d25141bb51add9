package dev.agentplatform.workflow.dsl;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.Template;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Checks the config of a node against the fields of its type. */
final class ConfigCheck {
    private final Validation validation;
    private final FaultList faults;
    private final Validation.Names names;
    private final References references;
    private final CommonConfig common;
    private final int depth;

    ConfigCheck(Validation validation, FaultList faults, Validation.Names names, int depth) {
        this.validation = validation;
        this.faults = faults;
        this.names = names;
        this.references = new References(faults, names);
        this.common = new CommonConfig(faults, names.nodes());
        this.depth = depth;
    }

    void check(NodeDefinition node, NodeTypeInfo type, String path) {
        for (ConfigField field : type.fields()) {
            JsonNode value = NodeTypeInfo.value(node.config(), field);
            if (!Json.isNothing(value)) {
                field(node, field, value, path + "." + written(node.config(), field));
            } else if (field.required()) {
                faults.node(path + "." + field.name(), node, Fault.MISSING_CONFIG, "'" + field.name() + "' is missing");
            }
        }
        for (List<String> group : type.oneOf()) {
            if (group.stream().allMatch(name -> Json.isNothing(node.config().path(name)))) {
                String message = "one of these is needed: " + String.join(", ", group);
                faults.node(path + "." + group.getFirst(), node, Fault.MISSING_CONFIG, message);
            }
        }
        common.check(node, path);
    }

    private static String written(JsonNode config, ConfigField field) {
        return Json.isNothing(config.path(field.name())) ? field.shortName() : field.name();
    }

    private void field(NodeDefinition node, ConfigField field, JsonNode value, String path) {
        // Any value may come from a single hole; its type then shows when the node runs.
        if (field.kind().hasTemplates() && value.isString() && Template.hasHoles(value.stringValue())) {
            references.templates(value, node, path);
            return;
        }
        switch (field.kind()) {
            case TEXT, TEMPLATE -> text(node, field, value, path);
            case EXPRESSION -> expression(node, value, path);
            case NUMBER, WHOLE_NUMBER -> number(node, field, value, path);
            case BOOLEAN -> type(node, value.isBoolean(), path, "true or false");
            case OBJECT -> tree(node, value.isObject(), value, path, "an object");
            case LIST -> tree(node, value.isArray(), value, path, "a list");
            case ANY -> references.templates(value, node, path);
            case CASES -> cases(node, value, path);
            case NODE -> innerNode(node, value, path);
            case BODY -> body(node, value, path);
        }
    }

    private void text(NodeDefinition node, ConfigField field, JsonNode value, String path) {
        if (!type(node, value.isString(), path, "a string")) return;
        List<String> allowed = field.allowed();
        if (!allowed.isEmpty() && allowed.stream().noneMatch(value.stringValue()::equalsIgnoreCase)) {
            faults.node(path, node, "not_allowed", "must be one of " + String.join(", ", allowed));
        } else if (field.required() && value.stringValue().isBlank()) {
            faults.node(path, node, Fault.MISSING_CONFIG, "'" + field.name() + "' is empty");
        }
    }

    private void expression(NodeDefinition node, JsonNode value, String path) {
        if (type(node, value.isString(), path, "a string")) references.expression(value.stringValue(), node, path);
    }

    private void number(NodeDefinition node, ConfigField field, JsonNode value, String path) {
        boolean whole = field.kind() == ConfigField.Kind.WHOLE_NUMBER;
        boolean right = whole ? value.isIntegralNumber() : value.isNumber();
        if (!type(node, right, path, whole ? "a whole number" : "a number")) return;
        double number = value.numberValue().doubleValue();
        if (!(number >= field.least() && number <= field.most())) {
            faults.node(path, node, "out_of_range", "must be " + CommonConfig.range(field.least(), field.most()));
        }
    }

    private void tree(NodeDefinition node, boolean right, JsonNode value, String path, String expected) {
        if (type(node, right, path, expected)) references.templates(value, node, path);
    }

    private void cases(NodeDefinition node, JsonNode value, String path) {
        if (!type(node, value.isArray() && !value.isEmpty(), path, "a list of {route, expression}")) return;
        for (int i = 0; i < value.size(); i++) {
            JsonNode one = value.get(i);
            String place = path + "." + i;
            if (!type(node, one.isObject(), place, "{route, expression}")) continue;
            boolean named = one.path("route").isString()
                    && !one.path("route").stringValue().isBlank();
            type(node, named, place + ".route", "the name of a route");
            expression(node, one.path("expression"), place + ".expression");
        }
    }

    private void innerNode(NodeDefinition node, JsonNode value, String path) {
        boolean right = value.isObject() && value.path("type").isString();
        if (!type(node, right, path, "{type, config}")) return;
        JsonNode config = value.path("config");
        if (!type(node, config.isObject() || Json.isNothing(config), path + ".config", "an object")) return;
        if (depth >= Validation.BODIES_DEEP_MAX) {
            faults.node(path, node, Fault.TOO_LARGE, "loops are nested deeper than " + Validation.BODIES_DEEP_MAX);
            return;
        }
        NodeDefinition inner = new NodeDefinition(
                node.id(), value.path("type").stringValue(), null, config.isObject() ? config : Json.object());
        validation.node(inner, path, new ConfigCheck(validation, faults, names.insideLoop(), depth + 1));
    }

    private void body(NodeDefinition node, JsonNode value, String path) {
        if (type(node, value.isObject(), path, "{nodes, edges}")) {
            validation.body(value, path, names.insideLoop(), depth + 1);
        }
    }

    private boolean type(NodeDefinition node, boolean right, String path, String expected) {
        if (!right) faults.node(path, node, "wrong_type", "must be " + expected);
        return right;
    }
}

package dev.agentplatform.workflow.dsl;

import static dev.agentplatform.workflow.dsl.ConfigField.number;
import static dev.agentplatform.workflow.dsl.ConfigField.of;
import static dev.agentplatform.workflow.dsl.ConfigField.oneOf;
import static dev.agentplatform.workflow.dsl.ConfigField.required;

import dev.agentplatform.workflow.dsl.ConfigField.Kind;
import dev.agentplatform.workflow.dsl.NodeTypeInfo.Routing;
import java.util.ArrayList;
import java.util.List;

/** The types of nodes that the platform has, as a table. */
final class StandardNodeTypes {
    static final NodeTypes ALL = new NodeTypes(all());

    private static final double SECONDS_MAX = 10L * 366 * 24 * 3600;

    private StandardNodeTypes() {}

    private static List<NodeTypeInfo> all() {
        List<NodeTypeInfo> types = new ArrayList<>();
        types.addAll(control());
        types.addAll(data());
        types.addAll(people());
        types.addAll(outside());
        types.addAll(models());
        types.addAll(intelligence());
        return types;
    }

    private static List<NodeTypeInfo> control() {
        return List.of(
                NodeTypeInfo.of("start", "Where a run begins; its output is the input of the run."),
                NodeTypeInfo.of(
                        "end",
                        "Where a run ends.",
                        of("output", Kind.ANY, "The result of the run; the last output when it is missing.")),
                NodeTypeInfo.of(
                                "if-else",
                                "Takes the edges whose condition is its route.",
                                of("expression", Kind.EXPRESSION, "Decides between the routes true and false."),
                                of("cases", Kind.CASES, "A list of {route, expression}; the first that holds decides."),
                                of("else", Kind.TEXT, "The route when no case holds; \"else\" when it is missing."))
                        .withAliases("condition")
                        .withRouting(Routing.DECLARED_ROUTES)
                        .withOneOf("expression", "cases"),
                NodeTypeInfo.of("join", "Waits for its predecessors; join_policy and count say for how many."),
                NodeTypeInfo.of(
                                "loop",
                                "Runs a node, a body or a workflow for each item of a list.",
                                required("items", Kind.LIST, "The list; each turn sees its item as item and index."),
                                number(
                                        "concurrency",
                                        Kind.WHOLE_NUMBER,
                                        1,
                                        100,
                                        "How many items at once; 1 by default."),
                                number("max_items", Kind.WHOLE_NUMBER, 1, 100_000, "A longer list fails the node."),
                                of("node", Kind.NODE, "{type, config}: one node for each item."),
                                of("body", Kind.BODY, "{nodes, edges}: a small workflow for each item."),
                                of("workflow_id", Kind.TEMPLATE, "A workflow, its latest published version."),
                                of("workflow_version_id", Kind.TEMPLATE, "One version of a workflow."),
                                of("input", Kind.ANY, "The input of each turn's workflow; the item by default."))
                        .withOneOf("node", "body", "workflow_id", "workflow_version_id"),
                NodeTypeInfo.of(
                                "wait",
                                "Waits for a time or a signal; holds nothing meanwhile.",
                                number("seconds", Kind.NUMBER, 0, SECONDS_MAX, "How long to wait."),
                                of("until", Kind.TEMPLATE, "An RFC 3339 time to wait for."),
                                of("signal", Kind.TEMPLATE, "The name of the signal to wait for."))
                        .withOneOf("seconds", "until", "signal"),
                NodeTypeInfo.of(
                                "workflow",
                                "Runs another workflow and waits for its result.",
                                of("workflow_id", Kind.TEMPLATE, "A workflow, its latest published version."),
                                of("workflow_code", Kind.TEMPLATE, "A workflow by its code."),
                                of("workflow_version_id", Kind.TEMPLATE, "One version of a workflow."),
                                of("input", Kind.ANY, "The input of that run."))
                        .withOneOf("workflow_id", "workflow_code", "workflow_version_id"));
    }

    private static List<NodeTypeInfo> data() {
        return List.of(
                NodeTypeInfo.of(
                        "answer", "Renders a text as the answer.", required("template", Kind.TEMPLATE, "The text.")),
                NodeTypeInfo.of(
                        "assigner",
                        "Sets variables of the run.",
                        required("assignments", Kind.OBJECT, "Names of variables and their values.")),
                NodeTypeInfo.of(
                        "template-transform",
                        "Renders a text, or JSON when the text is JSON.",
                        required("template", Kind.TEMPLATE, "The text.")),
                NodeTypeInfo.of(
                                "knowledge-retrieval",
                                "Finds the documents that fit a query.",
                                of("documents", Kind.LIST, "Documents to search, inline."),
                                of("source_url", Kind.TEMPLATE, "Where a list of documents is fetched from."),
                                of("knowledge_base_id", Kind.TEMPLATE, "A knowledge base."),
                                of("query_template", Kind.TEMPLATE, "The query."),
                                of("query", Kind.TEMPLATE, "The query."),
                                number("top_k", Kind.WHOLE_NUMBER, 1, 1_000, "How many documents; 5 by default."),
                                of("filters_json", Kind.OBJECT, "Values that fields of a document must have."))
                        .withAliases("retriever")
                        .withOneOf("documents", "source_url", "knowledge_base_id"));
    }

    private static List<NodeTypeInfo> people() {
        return List.of(
                person("human", "A person works on a task."),
                person("approval", "A person approves or rejects."),
                person("human-input", "A person fills in a form."),
                person("human-takeover", "A person takes over."));
    }

    private static NodeTypeInfo person(String name, String summary) {
        return NodeTypeInfo.of(
                        name,
                        summary,
                        of("title", Kind.TEMPLATE, "What the task is called."),
                        of("assigned_to", Kind.TEMPLATE, "Who is to do it; anybody when it is missing."),
                        of("request_payload_json", Kind.ANY, "What the person sees."),
                        of("form_schema_json", Kind.OBJECT, "JSON Schema of the answer."),
                        number("due_seconds", Kind.NUMBER, 0, SECONDS_MAX, "Until when the task is due."))
                .withRouting(Routing.OPEN_ROUTES);
    }

    private static List<NodeTypeInfo> outside() {
        return List.of(
                NodeTypeInfo.of(
                        "http-request",
                        "Calls a URL.",
                        required("url", Kind.TEMPLATE, "The address."),
                        oneOf(
                                "method",
                                List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"),
                                "GET by default."),
                        of("query", Kind.OBJECT, "Query parameters."),
                        of("headers", Kind.OBJECT, "Headers."),
                        of("body", Kind.ANY, "A text is sent as it is, anything else as JSON."),
                        of("accept_status", Kind.ANY, "A status or a list of statuses from 400 that are no failure.")),
                NodeTypeInfo.of(
                                "tool",
                                "Calls a tool.",
                                of("tool_binding_id", Kind.TEMPLATE, "The binding."),
                                of("tool_id", Kind.TEMPLATE, "The tool; its most specific binding is taken."),
                                of("tool_code", Kind.TEMPLATE, "The tool by its code."),
                                of("tool_version_id", Kind.TEMPLATE, "One version of it."),
                                of("input_json", Kind.ANY, "What the tool is given."),
                                of("config_json", Kind.OBJECT, "The fields below in one object."),
                                of("url", Kind.TEMPLATE, "The whole address."),
                                of("base_url", Kind.TEMPLATE, "The address without its path."),
                                of("path", Kind.TEMPLATE, "The path."),
                                of("method", Kind.TEMPLATE, "The HTTP method."),
                                of("query", Kind.OBJECT, "Query parameters."),
                                of("headers", Kind.OBJECT, "Headers."),
                                of("body", Kind.ANY, "The body."),
                                of("body_format", Kind.TEMPLATE, "json or form."),
                                of("accept_status", Kind.ANY, "Statuses from 400 that are no failure."))
                        .withOneOf("tool_binding_id", "binding_id", "tool_id", "tool_code", "tool_version_id"),
                NodeTypeInfo.of(
                        "code",
                        "Runs a piece of code, locked in.",
                        oneOf("language", List.of("python", "javascript"), "Its language; python by default."),
                        required("code", Kind.TEXT, "Assigns its answer to result; it is not a template."),
                        of("input_json", Kind.ANY, "What the code sees as payload.")),
                NodeTypeInfo.of(
                        "event-publish",
                        "Publishes an event.",
                        required("event_type", Kind.TEMPLATE, "The type of the event."),
                        of("payload_json", Kind.ANY, "What the event carries."),
                        of("aggregate_type", Kind.TEMPLATE, "What kind of thing it is about."),
                        of("aggregate_id", Kind.TEMPLATE, "Which one.")));
    }

    private static List<NodeTypeInfo> models() {
        return List.of(
                NodeTypeInfo.of(
                                "llm",
                                "Asks a language model.",
                                of("model", Kind.TEMPLATE, "The model; the default one when it is missing."),
                                of("system_prompt", Kind.TEMPLATE, "What the model is told first."),
                                of("prompt", Kind.TEMPLATE, "What it is asked."),
                                of("messages", Kind.LIST, "A conversation that goes before the prompt."),
                                of("images", Kind.LIST, "URLs of images that go with the prompt, https or data."),
                                number("temperature", Kind.NUMBER, 0, 2, "How freely it answers."),
                                number("max_tokens", Kind.WHOLE_NUMBER, 1, 10_000_000, "How long."),
                                of("stream", Kind.BOOLEAN, "Whether tokens are shown as they come."),
                                of("response_schema", Kind.OBJECT, "JSON Schema that the answer must fit."),
                                of("extra_json", Kind.OBJECT, "More fields of the request, as OpenAI names them."))
                        .withOneOf("prompt", "messages"),
                NodeTypeInfo.of(
                                "question-classifier",
                                "Lets a model choose a route.",
                                of("model", Kind.TEMPLATE, "The model; the default one when it is missing."),
                                required("query", Kind.TEMPLATE, "What is classified."),
                                required("classes", Kind.LIST, "The routes: names, or {id|name, description}."),
                                of("instruction", Kind.TEMPLATE, "What else the model is told."),
                                of("default", Kind.TEMPLATE, "The route of an answer that names no class."))
                        .withRouting(Routing.OPEN_ROUTES),
                NodeTypeInfo.of(
                        "parameter-extractor",
                        "Lets a model read values from a text.",
                        of("model", Kind.TEMPLATE, "The model; the default one when it is missing."),
                        required("query", Kind.TEMPLATE, "The text."),
                        required(
                                "parameters",
                                Kind.ANY,
                                "A list of {name, type, description, required}, a map, or a JSON Schema."),
                        of("instruction", Kind.TEMPLATE, "What else the model is told.")));
    }

    private static List<NodeTypeInfo> intelligence() {
        return List.of(
                program("agent", "Lets an agent work and waits for its answer."),
                program("team", "Lets a team of agents work and waits for its answer."),
                program("skill", "Runs a skill and waits for its answer."));
    }

    private static NodeTypeInfo program(String kind, String summary) {
        return NodeTypeInfo.of(
                        kind,
                        summary,
                        of(kind + "_id", Kind.TEMPLATE, "Which " + kind + ", its latest published version."),
                        of(kind + "_code", Kind.TEMPLATE, "The " + kind + " by its code."),
                        of(kind + "_version_id", Kind.TEMPLATE, "One version of it."),
                        of("input", Kind.ANY, "What it is given: a text, or JSON."),
                        of("input_text", Kind.TEMPLATE, "The text that it is given."),
                        of("input_json", Kind.ANY, "The JSON that it is given."))
                .withOneOf(kind + "_id", kind + "_code", kind + "_version_id");
    }
}

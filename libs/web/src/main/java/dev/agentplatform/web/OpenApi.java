package dev.agentplatform.web;

import dev.agentplatform.kernel.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Describes route tables as OpenAPI 3.1. */
final class OpenApi {
    private static final String WORKSPACE_PARAMETER = "Workspace";
    private static final String IDEMPOTENCY_PARAMETER = "IdempotencyKey";

    private final JsonSchemas schemas = new JsonSchemas();

    private OpenApi() {}

    static ObjectNode document(String title, String version, List<Routes> services) {
        return new OpenApi().build(title, version, services);
    }

    private ObjectNode build(String title, String version, List<Routes> services) {
        ObjectNode document = Json.object().put("openapi", "3.1.0");
        document.putObject("info").put("title", title).put("version", version);
        ArrayNode tags = document.putArray("tags");
        Set<String> named = new HashSet<>();
        ObjectNode paths = document.putObject("paths");
        for (Routes service : services) {
            // A room may come in several tables; its name is listed once.
            if (named.add(service.service())) {
                tags.addObject().put("name", service.service()).put("description", service.summary());
            }
            for (Route route : service.routes()) {
                ObjectNode methods = paths.withObjectProperty(path(route));
                methods.set(route.method().toLowerCase(Locale.ROOT), operation(route));
            }
        }
        ObjectNode components = document.putObject("components");
        security(document, components);
        components.set("parameters", parameters());
        components.putObject("responses").set("Problem", problemResponse());
        ObjectNode shapes = components.putObject("schemas");
        schemas.schemas().forEach(shapes::set);
        shapes.set("Problem", problemSchema());
        return document;
    }

    private ObjectNode operation(Route route) {
        ObjectNode operation =
                Json.object().put("operationId", operationId(route)).put("summary", route.summary());
        operation.putArray("tags").add(route.service());
        ArrayNode parameters = Json.array();
        for (String name : route.parameterNames())
            parameters.add(parameter(name, "path", "string").put("required", true));
        for (Route.QueryParameter query : route.queryParameters()) {
            parameters.add(parameter(query.name(), "query", query.type()).put("description", query.description()));
        }
        if (!route.operational()) parameters.add(reference("parameters", WORKSPACE_PARAMETER));
        if (route.method().equals("POST") && !route.secret())
            parameters.add(reference("parameters", IDEMPOTENCY_PARAMETER));
        if (!parameters.isEmpty()) operation.set("parameters", parameters);
        route.body()
                .ifPresent(type -> operation
                        .putObject("requestBody")
                        .put("required", BodyType.of(type).fields().stream().anyMatch(BodyType.Field::required))
                        .set("content", content(Reply.JSON, schemas.reference(type))));
        operation.set("responses", responses(route));
        if (route.open()) operation.putArray("security");
        return operation;
    }

    /** A key or a token, or nothing where the operator asks for none. */
    private static void security(ObjectNode document, ObjectNode components) {
        ObjectNode schemes = components.putObject("securitySchemes");
        schemes.putObject("api_key").put("type", "apiKey").put("in", "header").put("name", "x-api-key");
        schemes.putObject("bearer").put("type", "http").put("scheme", "bearer");
        ArrayNode any = document.putArray("security");
        for (String name : schemes.propertyNames()) any.addObject().putArray(name);
        any.addObject();
    }

    private ObjectNode responses(Route route) {
        ObjectNode responses = Json.object();
        if (route.streams()) {
            JsonNode text = Json.object().put("type", "string");
            responses
                    .putObject("200")
                    .put("description", "The events")
                    .set("content", content(Stream.CONTENT_TYPE, text));
        }
        for (Route.Answer answer : route.answers()) {
            ObjectNode response =
                    responses.putObject(String.valueOf(answer.status())).put("description", answer.description());
            if (answer.type() == String.class) {
                response.set("content", content("text/plain", Json.object().put("type", "string")));
            } else if (answer.type() != Void.class) {
                response.set("content", content(Reply.JSON, answerSchema(answer.type())));
            }
        }
        if (responses.isEmpty()) responses.putObject("2XX").put("description", "Done");
        responses.set("default", reference("responses", "Problem"));
        return responses;
    }

    /** Answers may be richer than bodies: what the binder does not know is just an object. */
    private JsonNode answerSchema(Class<?> type) {
        if (type.isRecord()) {
            try {
                return schemas.reference(type);
            } catch (IllegalArgumentException richer) {
                return Json.object().put("type", "object");
            }
        }
        return type == JsonNode.class ? Json.object() : Json.object().put("type", "object");
    }

    private static String path(Route route) {
        return route.path().replace("...}", "}");
    }

    private static String operationId(Route route) {
        StringBuilder id = new StringBuilder(route.method().toLowerCase(Locale.ROOT));
        for (String segment : route.segments()) {
            boolean parameter = Route.isParameter(segment);
            id.append(parameter ? "_by_" : "_").append(parameter ? Route.parameterName(segment) : segment);
        }
        return id.toString().replace('-', '_').replace('.', '_');
    }

    private static ObjectNode parameter(String name, String in, String type) {
        ObjectNode parameter = Json.object().put("name", name).put("in", in);
        parameter.putObject("schema").put("type", type);
        return parameter;
    }

    private static ObjectNode reference(String kind, String name) {
        return Json.object().put("$ref", "#/components/" + kind + "/" + name);
    }

    private static ObjectNode content(String type, JsonNode schema) {
        ObjectNode content = Json.object();
        content.putObject(type).set("schema", schema);
        return content;
    }

    private static ObjectNode parameters() {
        ObjectNode parameters = Json.object();
        parameters.set(
                WORKSPACE_PARAMETER,
                parameter("x-workspace-id", "header", "string")
                        .put("description", "The workspace; without it, public. x-tenant-id is the same."));
        parameters.set(
                IDEMPOTENCY_PARAMETER,
                parameter("Idempotency-Key", "header", "string")
                        .put("description", "The first answer under this key is kept for 24 hours and given again."));
        return parameters;
    }

    private static ObjectNode problemResponse() {
        ObjectNode response = Json.object().put("description", "What went wrong (RFC 9457)");
        response.set("content", content(Problems.CONTENT_TYPE, reference("schemas", "Problem")));
        return response;
    }

    private static ObjectNode problemSchema() {
        return (ObjectNode) Json.parse("""
            {"type":"object","required":["type","title","status","detail","code","request_id"],"properties":{
             "type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},
             "detail":{"type":"string"},"code":{"type":"string","description":"Stable; branch on this."},
             "request_id":{"type":["string","null"]},
             "errors":{"type":"array","items":{"type":"object","properties":{
               "path":{"type":"string"},"message":{"type":"string"}}}}}}\
            """);
    }
}

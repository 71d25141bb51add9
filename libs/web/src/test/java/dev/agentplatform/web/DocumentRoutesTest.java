package dev.agentplatform.web;

import static dev.agentplatform.web.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DocumentRoutesTest {
    record Step(@Required String name, List<Step> next) {}

    record Start(
            @Required @Doc("What to run.") UUID workflowId,
            @Alias("input") JsonNode inputJson,
            @Range(min = 0, max = 9) int priority,
            @OneOf({"a", "b"}) String mode,
            @Length(min = 1, max = 3) List<Step> steps) {}

    record Rich(StringBuilder notForBodies) {}

    private static Routes routes() {
        Routes routes = new Routes("runtime", "Runs of workflows");
        routes.post("/runtime/runs", "Start a run")
                .query("wait_seconds", "integer", "Wait")
                .body(Start.class)
                .answers(202, Start.class, "The run")
                .answers(204, "Nothing")
                .handle(request -> Reply.empty(204));
        routes.get("/runtime/runs/{id}", "Show").answers(200, Rich.class, "It").handle(request -> Reply.empty(204));
        routes.sse("/runtime/runs/{id}/events", "Follow", (request, stream) -> {});
        routes.get("/files/{path...}", "Show").handle(request -> Reply.empty(204));
        return routes;
    }

    private static JsonNode document(Routes routes) {
        DocumentRoutes documents = new DocumentRoutes("Agent Platform", "0.1.0", List.of(routes));
        try (TestServer server = new TestServer(routes, documents.routes())) {
            return json(server.get("/openapi.json"));
        }
    }

    @Test
    void everyRouteIsThereWithItsOwnIdAndProblems() {
        Routes routes = routes();
        JsonNode document = document(routes);
        Set<String> ids = new HashSet<>();
        assertThat(document.path("openapi").asString()).isEqualTo("3.1.0");
        for (Route route : routes.routes()) {
            JsonNode operation = document.path("paths")
                    .path(route.path().replace("...}", "}"))
                    .path(route.method().toLowerCase(Locale.ROOT));
            assertThat(operation.isObject()).as(route.path()).isTrue();
            assertThat(ids.add(operation.path("operationId").asString())).isTrue();
            assertThat(operation.path("responses").path("default").path("$ref").asString())
                    .isEqualTo("#/components/responses/Problem");
        }
        assertThat(document.path("paths").has("/docs")).isTrue();
    }

    @Test
    void schemasSayWhatTheBinderChecks() {
        JsonNode schema = document(routes()).path("components").path("schemas").path("Start");
        assertThat(schema).isEqualTo(Json.parse("""
            {"type":"object","properties":{
             "workflow_id":{"type":"string","format":"uuid","description":"What to run."},
             "input_json":{"description":"Also accepted as input."},
             "priority":{"type":"integer","format":"int32","minimum":0,"maximum":9},
             "mode":{"type":["string","null"],"enum":["a","b",null]},
             "steps":{"type":["array","null"],"minItems":1,"maxItems":3,
                      "items":{"$ref":"#/components/schemas/Step"}}},
             "required":["workflow_id"]}\
            """));
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        JsonNode document = document(routes());
        List<String> references = document.findValuesAsString("$ref", new ArrayList<>());
        assertThat(references).isNotEmpty();
        for (String reference : references) {
            assertThat(document.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
        }
    }

    @Test
    void parametersOfPathsAreRequired() {
        JsonNode parameter = document(routes())
                .path("paths")
                .path("/runtime/runs/{id}")
                .path("get")
                .path("parameters")
                .path(0);
        assertThat(parameter.path("in").asString()).isEqualTo("path");
        assertThat(parameter.path("required").booleanValue()).isTrue();
    }

    @Test
    void thePageNamesNothingOutside() {
        String page = new String(DocumentRoutes.page(), StandardCharsets.UTF_8);
        assertThat(page).doesNotContain("http://", "https://", "//cdn", "@import", "url(", "src=", "<link");
        DocumentRoutes documents = new DocumentRoutes("Agent Platform", "0.1.0", List.of());
        try (TestServer server = new TestServer(documents.routes())) {
            var response = server.get("/gateway/docs");
            assertThat(response.headers().firstValue("content-type").orElseThrow())
                    .matches("text/html; ?charset=utf-8");
            assertThat(response.headers().firstValue("content-security-policy").orElseThrow())
                    .contains("default-src 'none'", "connect-src 'self'");
            assertThat(response.body()).isEqualTo(page);
        }
    }
}

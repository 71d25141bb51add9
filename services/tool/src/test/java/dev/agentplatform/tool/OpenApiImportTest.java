package dev.agentplatform.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.tool.OpenApiImport.Asked;
import dev.agentplatform.tool.OpenApiImport.Item;
import dev.agentplatform.tool.OpenApiImport.What;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class OpenApiImportTest {
    private static final Asked ALL = new Asked(Set.of(), Set.of(), null, null, "", false);

    private static final String PETS = """
        openapi: 3.0.3
        info: {title: Pets, version: "1"}
        servers:
          - url: https://{region}.pets.example/v1/
            variables: {region: {default: eu}}
        security: [{key: []}]
        paths:
          /pets/{id}:
            parameters:
              - {name: id, in: path, required: true, schema: {type: integer}}
            get:
              operationId: getPet
              summary: Gets a pet
              tags: [read]
              parameters:
                - $ref: '#/components/parameters/Verbose'
                - {name: ids, in: query, explode: false, schema: {type: array, items: {type: integer}}}
                - {name: Authorization, in: header, schema: {type: string}}
            put:
              operationId: putPet
              tags: [write]
              security: [{oauth: [write]}]
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Pet'}
          /pets:
            post:
              security: []
              requestBody:
                content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {name: {type: string}}}}}
            get:
              operationId: upload
              requestBody: {content: {multipart/form-data: {schema: {type: object}}}}
            delete:
              operationId: broken
              parameters: [{$ref: '#/components/parameters/Missing'}]
            patch:
              operationId: outside
              parameters: [{name: x, in: query, schema: {$ref: 'other.yaml#/X'}}]
        components:
          parameters:
            Verbose: {name: verbose, in: query, schema: {type: boolean}, description: More words}
          schemas:
            Pet:
              type: object
              required: [id, name]
              properties:
                id: {type: integer, minimum: 0, exclusiveMinimum: true}
                name: {type: string, nullable: true, pattern: '^(?!x).*$'}
                made: {type: string, readOnly: true}
                parent: {$ref: '#/components/schemas/Pet'}
          securitySchemes:
            key: {type: apiKey, in: header, name: X-Pet-Key}
            oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'https://id.example/token', scopes: {}}}}
        """;

    private static OpenApiDocument read(String text) {
        return OpenApiDocument.read(Json.text(text));
    }

    private static OpenApiTool tool(OpenApiDocument document, String id) {
        return document.operations().stream()
                .filter(it -> it.id().equals(id))
                .map(it -> OpenApiTool.of(document, it, "https://base", ""))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode json(String text) {
        return Json.parse(text.replace('\'', '"'));
    }

    @Test
    void anOperationBecomesAToolWithASchemaOfItsOwn() {
        OpenApiTool get = tool(read(PETS), "getPet");
        assertThat(get.name()).isEqualTo("Gets a pet");
        assertThat(get.body()).isEqualTo(json("""
            {'input_schema_json':{'type':'object','properties':{'id':{'type':'integer'},
              'verbose':{'type':'boolean','description':'More words'},'ids':{'type':'array','items':{'type':'integer'}}},
              'required':['id'],'additionalProperties':false},
             'invoke_config_json':{'method':'GET','base_url':'https://base','path':'/pets/{id}',
              'parameters':{'verbose':'query','ids':{'in':'query','name':'ids','style':'joined'}},
              'auth':{'scheme':'key','credential_type':'api_key','in':'header','name':'X-Pet-Key'}}}\
            """));
    }

    @Test
    void bodiesAreFlattenedAndSchemasThatHoldThemselvesEnd() {
        OpenApiTool put = tool(read(PETS), "putPet");
        JsonNode properties = put.body().path("input_schema_json").path("properties");
        assertThat(properties.propertyNames()).containsExactly("id", "body_id", "name", "parent");
        assertThat(properties.path("body_id")).isEqualTo(json("{'type':'integer','exclusiveMinimum':0}"));
        assertThat(properties.path("name")).isEqualTo(json("{'type':['string','null']}"));
        assertThat(put.body().path("input_schema_json").path("required").toString())
                .isEqualTo("[\"id\",\"body_id\",\"name\"]");
        assertThat(put.auth())
                .isEqualTo(json("{'scheme':'oauth','credential_type':'oauth2','token_url':'https://id.example/token',"
                        + "'scopes':['write']}"));
        HttpCall call = HttpResolution.resolve(
                put.body().path("invoke_config_json"),
                Json.object(),
                Json.object(),
                json("{'id':1,'body_id':2,'name':'x'}"));
        assertThat(call.url()).isEqualTo("https://base/pets/1");
        assertThat(new String(call.body(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("{\"id\":2,\"name\":\"x\"}");
    }

    @OnBothDatabases
    void importingAgainChangesOnlyWhatChanged(Database database) {
        Clock clock = Clock.systemUTC();
        Tools tools = new Tools(new Catalog(database, clock, new Ids(clock)));
        OpenApiImport importer = new OpenApiImport(tools);
        Asked dry = new Asked(Set.of(), Set.of(), null, null, "", true);
        assertThat(whats(importer.run("w1", read(PETS), dry)))
                .containsExactly("CREATED", "CREATED", "SKIPPED", "CREATED", "SKIPPED", "SKIPPED");
        assertThat(tools.findByCode("w1", "getPet")).isEmpty();
        List<Item> first = importer.run("w1", read(PETS), ALL);
        assertThat(whats(first)).containsExactly("CREATED", "CREATED", "SKIPPED", "CREATED", "SKIPPED", "SKIPPED");
        assertThat(first.stream().filter(it -> it.what() == What.SKIPPED).map(Item::reason))
                .allMatch(reason -> reason.length() > 10)
                .anyMatch(reason -> reason.contains("multipart"))
                .anyMatch(reason -> reason.contains("leads nowhere"))
                .anyMatch(reason -> reason.contains("out of the document"));
        assertThat(tools.findByCode("w1", "getPet").orElseThrow().lastNo()).isEqualTo(1);
        assertThat(tools.resolve("w1", tools.find("w1", "getPet").id(), null)
                        .invokeConfig()
                        .path("base_url")
                        .asString())
                .isEqualTo("https://eu.pets.example/v1");
        assertThat(whats(importer.run("w1", read(PETS), ALL)))
                .containsExactly("UNCHANGED", "UNCHANGED", "SKIPPED", "UNCHANGED", "SKIPPED", "SKIPPED");
        String changed = PETS.replace("description: More words", "description: Fewer words");
        assertThat(whats(importer.run("w1", read(changed), dry))).startsWith("UPDATED", "UNCHANGED");
        assertThat(whats(importer.run("w1", read(changed), ALL))).startsWith("UPDATED", "UNCHANGED");
        assertThat(tools.findByCode("w1", "getPet").orElseThrow().lastNo()).isEqualTo(2);
        assertThat(tools.findByCode("w2", "getPet")).isEmpty();

        tools.create("w3", "getPet", "Mine", ToolType.BUILTIN, null);
        Asked one = new Asked(Set.of("getPet"), Set.of(), null, null, "", false);
        assertThat(importer.run("w3", read(PETS), one).getFirst().reason()).contains("builtin");
        Asked read = new Asked(Set.of(), Set.of("write"), "https://own", null, "pets_", false);
        assertThat(importer.run("w3", read(PETS), read))
                .extracting(item -> item.tool().code())
                .containsExactly("pets_putPet");
    }

    private static List<String> whats(List<Item> items) {
        return items.stream().map(item -> item.what().name()).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|422",
                "just text|422",
                "{\"openapi\":|400",
                "a: [b|400",
                "{a: &x 1, b: *x}|400",
                "{\"swagger\":\"2.0\"}|422",
                "{\"openapi\":\"2.0\",\"paths\":{}}|422",
                "{\"openapi\":\"3.1.0\"}|422",
                "{\"openapi\":\"3.1.0\",\"paths\":{}}|422",
                "{\"openapi\":\"3.1.0\",\"paths\":{\"/a\":{\"get\":{}}}}|422"
            })
    void refusesDocumentsByName(String text, int status) {
        OpenApiImport importer = new OpenApiImport(new Tools(null));
        assertThatThrownBy(() -> importer.run("w", read(text), ALL))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.status()).isEqualTo(status));
    }

    /** Each schema holds the next twice: written out it would have two to the sixtieth parts. */
    @Test
    void aDocumentThatUnfoldsWithoutEndIsCutOff() {
        StringBuilder schemas = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            schemas.append("\"S%d\":{\"properties\":{\"a\":{\"$ref\":\"#/components/schemas/S%d\"},"
                            .formatted(i, i + 1))
                    .append("\"b\":{\"$ref\":\"#/components/schemas/S%d\"}}},".formatted(i + 1));
        }
        String text = """
            {"openapi":"3.1.0","servers":[{"url":"https://a"}],"paths":{"/a":{"post":{"requestBody":{"content":
              {"application/json":{"schema":{"$ref":"#/components/schemas/S0"}}}}}}},
             "components":{"schemas":{%s"S60":{}}}}\
            """.formatted(schemas);
        List<Item> items = new OpenApiImport(new Tools(null)).run("w", read(text), ALL);
        assertThat(items.getFirst().reason()).contains("nested deeper");
        String circle = "{\"openapi\":\"3.1.0\",\"servers\":[{\"url\":\"https://a\"}],\"paths\":{\"/a\":{\"get\":"
                + "{\"parameters\":[{\"$ref\":\"#/p\"}]}}},\"p\":{\"$ref\":\"#/p\"}}";
        assertThat(new OpenApiImport(new Tools(null))
                        .run("w", read(circle), ALL)
                        .getFirst()
                        .reason())
                .contains("circle");
    }
}

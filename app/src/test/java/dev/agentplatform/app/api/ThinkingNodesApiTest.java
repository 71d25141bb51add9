package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import tools.jackson.databind.JsonNode;

/** Chapter 5: {@code llm}, {@code question-classifier} and {@code parameter-extractor} on the mock provider. */
class ThinkingNodesApiTest {
    private static final String SCHEMA =
            "{'type':'object','properties':{'age':{'type':'integer'}},'required':['age'],'additionalProperties':false}";

    private static String one(String type, String config) {
        return "{'nodes':[{'id':'n','type':'%s','config':%s}],'edges':[]}".formatted(type, config);
    }

    private static JsonNode node(Api api, Answer run) {
        return api.nodeRuns(run.id()).item("node_id", "n");
    }

    @OnEveryServer
    void aPromptFromATemplateIsAnswered(Api api) {
        Answer run = api.run(
                one(
                        "llm",
                        "{'model':'mock','system_prompt':'Be kind.','prompt':'Greet {{input.name}},"
                                + " {{secrets.API_TOKEN}}','temperature':0,'max_tokens':50,'stream':true}"),
                "{'name':'Ann'}");
        assertThat(run.text("status")).isEqualTo("completed");
        JsonNode node = node(api, run);
        assertThat(node.path("output_text").asString()).isEqualTo("Mock answer to: Greet Ann, ****");
        assertThat(node.at("/output_json/content").asString()).isEqualTo("Mock answer to: Greet Ann, ****");
        assertThat(node.at("/output_json/finish_reason").asString()).isEqualTo("stop");
        assertThat(node.at("/output_json/usage/total_tokens").asInt()).isPositive();
        assertThat(node.at("/output_json/model").asString()).isEqualTo("mock");
        assertThat(node.at("/input_json/prompt").asString()).isEqualTo("Greet Ann, ****");
    }

    @OnEveryServer
    void withoutAModelTheDefaultAnswers(Api api) {
        Answer run = api.run(one("llm", "{'prompt':'Hi'}"), "{}");
        assertThat(node(api, run).path("output_text").asString()).isEqualTo("Mock answer to: Hi");
    }

    @OnEveryServer
    void theCallIsInTheUsageOfTheRun(Api api) {
        Answer run = api.run(one("llm", "{'model':'mock','prompt':'Hi'}"), "{}");
        Answer usage = api.untilItems("/models/usage?run_id=" + run.id(), 1);
        assertThat(usage.text("items.0.run_id")).isEqualTo(run.id());
        assertThat(usage.text("items.0.step_id"))
                .isEqualTo(node(api, run).path("id").asString());
    }

    @OnEveryServer
    void anAnswerWithASchemaIsParsed(Api api) {
        Answer run = api.run(one("llm", "{'prompt':'How old?','response_schema':" + SCHEMA + "}"), "{}");
        assertThat(node(api, run).at("/output_json/parsed/age").asInt(-1)).isZero();
    }

    @OnEveryServer
    void anAnswerThatDoesNotFitFailsTheNode(Api api) {
        Answer run = api.run(
                one("llm", "{'prompt':'mock: old','extra_json':{'mock':'very old'},'response_schema':" + SCHEMA + "}"),
                "{}");
        assertThat(run.text("status")).isEqualTo("failed");
        JsonNode node = node(api, run);
        assertThat(node.path("error_code").asString()).isEqualTo("invalid_output");
        // Both calls count.
        api.untilItems("/models/usage?run_id=" + run.id(), 2);
    }

    @OnEveryServer
    void toolsOfTheRequestAreCalled(Api api) {
        String tools = "[{'type':'function','function':{'name':'weather','parameters':{'type':'object',"
                + "'properties':{'city':{'type':'string'}},'required':['city']}}}]";
        Answer run = api.run(
                one("llm", "{'prompt':'Use weather','extra_json':{'tools':" + tools + ",'tool_choice':'required'}}"),
                "{}");
        JsonNode node = node(api, run);
        assertThat(node.at("/output_json/tool_calls/0/function/name").asString())
                .isEqualTo("weather");
        assertThat(node.at("/output_json/finish_reason").asString()).isEqualTo("tool_calls");
    }

    @OnEveryServer
    void aClassifierTakesTheBranchOfItsClass(Api api) {
        String dsl = "{'nodes':[{'id':'n','type':'question-classifier','config':{'model':'mock','query':'{{input.q}}',"
                + "'classes':[{'id':'billing','description':'Money'},{'name':'support'}]}},"
                + "{'id':'bill','type':'answer','config':{'template':'to billing'}},"
                + "{'id':'help','type':'answer','config':{'template':'to support'}},"
                + "{'id':'none','type':'answer','config':{'template':'to nobody'}}],"
                + "'edges':[{'source':'n','target':'bill','condition':'billing'},"
                + "{'source':'n','target':'help','condition':'support'},"
                + "{'source':'n','target':'none','condition':'default'}]}";
        String version = api.published(dsl);
        assertThat(api.runVersion(version, "{'q':'I want support'}").text("output_text"))
                .isEqualTo("to support");
        assertThat(api.runVersion(version, "{'q':'About my billing'}").text("output_text"))
                .isEqualTo("to billing");
        assertThat(api.runVersion(version, "{'q':'mock: I cannot say'}").text("output_text"))
                .isEqualTo("to nobody");
    }

    @OnEveryServer
    void valuesAreExtracted(Api api) {
        String parameters =
                "[{'name':'color','enum':['red','blue'],'required':true},{'name':'count','type':'integer'}]";
        String dsl = "{'nodes':[{'id':'n','type':'parameter-extractor','config':{'model':'mock','query':'{{input.q}}',"
                + "'parameters':" + parameters + "}},"
                + "{'id':'a','type':'answer','config':{'template':'It is {{nodes.n.output.parameters.color}}.'}}],"
                + "'edges':[{'source':'n','target':'a'}]}";
        String version = api.published(dsl);
        Answer run = api.runVersion(version, "{'q':'The blue one'}");
        assertThat(run.text("output_text")).isEqualTo("It is blue.");
        assertThat(node(api, run).at("/output_json/parameters").toString()).isEqualTo("{\"color\":\"blue\"}");
        // What is no JSON is shown to the model, which then does better.
        Answer repaired = api.runVersion(version, "{'q':'mock: nothing'}");
        assertThat(repaired.text("output_text")).isEqualTo("It is red.");
        api.untilItems("/models/usage?run_id=" + repaired.id(), 2);
    }

    @OnEveryServer
    void aFailureTakesTheErrorRoute(Api api) {
        String dsl = "{'nodes':[{'id':'n','type':'llm','config':{'prompt':'Hi','extra_json':{'mock':{'status':400}},"
                + "'on_error':'route'}},"
                + "{'id':'e','type':'answer','config':{'template':'{{nodes.n.output.error.code}}'}}],"
                + "'edges':[{'source':'n','target':'e','condition':'error'}]}";
        Answer run = api.run(dsl, "{}");
        assertThat(run.text("status")).isEqualTo("completed");
        assertThat(run.text("output_text")).isEqualTo("mock_failure");
    }

    @OnEveryServer
    void aRefusedCallIsTriedAgainByTheNodesPolicy(Api api) {
        // Each of the node's attempts sees its own prompt; the gateway's own tries do not help with it.
        String dsl = "{'nodes':[{'id':'n','type':'llm','config':{'prompt':'Hi',"
                + "'extra_json':{'mock':{'status':429,'retry_after':600}},"
                + "'retry_policy':{'max_attempts':2,'retry_delay_seconds':0}}}],'edges':[]}";
        Answer run = api.run(dsl, "{}");
        assertThat(run.text("status")).isEqualTo("failed");
        Answer nodes = api.nodeRuns(run.id());
        assertThat(nodes.each("attempt")).containsExactlyInAnyOrder("1", "2");
        assertThat(nodes.each("error_code")).containsExactly("rate_limit_exceeded", "rate_limit_exceeded");
    }

    @OnEveryServer
    void aModelThatHangsIsStoppedByTheNodesTimeout(Api api) {
        String dsl = one("llm", "{'prompt':'Hi','extra_json':{'mock':{'hang':true}},'timeout_seconds':0.3}");
        Answer run = api.run(dsl, "{}");
        assertThat(node(api, run).path("error_code").asString()).isEqualTo("timeout");
    }

    @OnEveryServer
    void wrongConfigsAreRefusedWhenSaved(Api api) {
        for (String node : new String[] {
            one("llm", "{'model':'mock'}"),
            one("llm", "{'prompt':'p','temperature':9}"),
            one("question-classifier", "{'query':'q'}"),
            one("parameter-extractor", "{'parameters':{'a':'string'}}")
        }) {
            api.post(
                            "/workflows/versions",
                            "{'workflow_id':'%s','dsl_json':%s,'status':'published'}"
                                    .formatted(api.workflow("w" + Integer.toHexString(node.hashCode())), node))
                    .expect(422);
        }
    }
}

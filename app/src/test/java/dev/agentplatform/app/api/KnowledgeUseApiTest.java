package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Workflows and agents that ask knowledge bases, and who is told of their changes. */
class KnowledgeUseApiTest {
    @OnEveryServer
    void workflowsRetrieve(Api api) {
        KnowledgeApiTest.base(api, "kb");
        KnowledgeApiTest.document(api, "kb", "Opening", "The museum opens at nine.");
        KnowledgeApiTest.add(
                api, "kb", "'title':'Old','content_text':'The museum opened at ten.','metadata_json':{'year':1990}");
        String dsl = "{'nodes':[{'id':'find','type':'knowledge-retrieval','config':{'knowledge_base_id':'kb',"
                + "'query':'{{input.q}}','top_k':1,'filters_json':{'year':'1990'}}}],'edges':[]}";
        Answer run = api.run(dsl, "{'q':'museum opens'}");
        assertThat(run.text("status")).as(run.text()).isEqualTo("completed");
        assertThat(run.text()).contains("The museum opened at ten.").doesNotContain("at nine");
        Answer missing = api.run(dsl.replace("'kb'", "'nothing'"), "{'q':'museum'}");
        assertThat(missing.text("status")).isEqualTo("failed");
        assertThat(missing.text()).contains("There is no knowledge base");
    }

    @OnEveryServer
    void agentsRead(Api api) throws Exception {
        KnowledgeApiTest.base(api, "kb");
        KnowledgeApiTest.document(api, "kb", "Opening", "The museum opens at nine.");
        KnowledgeApiTest.document(api, "kb", "Parrots", "Parrots live for sixty years.");
        String completion = "{\"id\":\"1\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":"
                + "{\"role\":\"assistant\",\"content\":\"At nine.\"},\"finish_reason\":\"stop\"}]}";
        try (ToolServer provider = ToolServer.answering(200, "application/json", completion)) {
            api.post(
                            "/models/providers",
                            "{'name':'mine','kind':'openai','base_url':'%s'}".formatted(provider.url("/v1")))
                    .expect(201);
            String agent = Programs.published(
                    api,
                    "agent",
                    "reader",
                    "'system_prompt':'x','model_config':{'model':'mine/m'},"
                            + "'knowledge_refs':[{'code':'kb','top_k':1}]");
            Answer run = Programs.run(api, "agent", agent, "'input_text':'When does the museum open?'");
            assertThat(run.text("status")).as(run.text()).isEqualTo("completed");
            assertThat(provider.requests.getFirst().body())
                    .contains("What the knowledge base says", "Opening: The museum opens at nine.")
                    .doesNotContain("Parrots");
            assertThat(api.get("/knowledge/searches").each("query")).containsExactly("When does the museum open?");
        }
    }

    @OnEveryServer
    void changesAreTold(Api api) {
        KnowledgeApiTest.base(api, "kb");
        String id = KnowledgeApiTest.document(api, "kb", "T", "Text.").id();
        api.delete("/knowledge/documents/" + id);
        List<String> told = api.get("/events?limit=50").expect(200).each("event_type");
        assertThat(told)
                .contains(
                        "knowledge.base.created",
                        "knowledge.document.created",
                        "knowledge.document.indexed",
                        "knowledge.document.deleted");
    }
}

package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

/** What agents remember, and what they cannot read yet. */
class AgentMemoryApiTest {
    @OnEveryServer
    void whatWasSaidInASessionIsRemembered(Api api) {
        String agent = Programs.made(api, "agent", "m");
        String policy = "'system_prompt':'x','memory_policy':{'enabled':true,'memory_scope':'session',"
                + "'write_enabled':true,'read_top_k':3}";
        Programs.version(api, "agent", agent, policy).expect(201);
        String session = api.session();
        String run = "{'agent_id':'%s','session_id':'%s','input_text':'%s'%s}";
        api.post("/agents/runs?wait_seconds=30", run.formatted(agent, session, "My parrot is called Ada.", ""))
                .expect(200);
        Answer kept =
                api.get("/memories?scope_type=session&scope_id=" + session).expect(200);
        assertThat(kept.text("items.0.content_text")).contains("My parrot is called Ada.");
        String again = run.formatted(agent, session, "What is my parrot called?", ",'dry_run':true");
        Answer asked = api.post("/agents/runs?wait_seconds=30", again).expect(200);
        assertThat(asked.text()).contains("What you remember", "parrot is called Ada");
        String stranger = run.formatted(agent, api.session(), "What is my parrot called?", ",'dry_run':true");
        assertThat(api.post("/agents/runs?wait_seconds=30", stranger)
                        .expect(200)
                        .text())
                .doesNotContain("called Ada");
    }

    @OnEveryServer
    void knowledgeThatIsNotThereCannotBePublished(Api api) {
        String agent = Programs.made(api, "agent", "k");
        Programs.version(api, "agent", agent, "'system_prompt':'x','knowledge_refs':[{'code':'kb'}]")
                .expect(422, "knowledge_not_available");
    }
}

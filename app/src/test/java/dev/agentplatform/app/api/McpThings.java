package dev.agentplatform.app.api;

/** What tests of {@code /mcp} call. JSON may be written with single quotes. */
final class McpThings {
    private McpThings() {}

    /** One published definition of every kind, and workflows that do what clients meet. */
    static void publish(Api api) {
        workflow(api, "hello", node("answer", "{'template':'Hello {{input.name}}'}"));
        workflow(api, "typed", node("end", "{'output':{'doubled':'{{ input.a * 2 }}'}}"));
        workflow(api, "fails", node("http-request", "{'url':'ftp://nowhere'}"));
        workflow(api, "waits", node("wait", "{'seconds':300}"));
        workflow(api, "steps", """
            {'nodes':[{'id':'one','type':'template-transform','config':{'template':'1'}},
                      {'id':'pause','type':'wait','config':{'seconds':0.05}},
                      {'id':'two','type':'template-transform','config':{'template':'2'}}],
             'edges':[{'source':'one','target':'pause'},{'source':'pause','target':'two'}]}\
            """);
        api.version(api.workflow("draft"), node("answer", "{'template':'x'}"), "draft");
        Programs.published(api, "agent", "greeter", "'system_prompt':'Be kind.','model_config':{'model':'mock'}");
        Programs.published(
                api,
                "team",
                "pair",
                "'coordination_mode':'sequential','objective':'Greet','member_refs':"
                        + "[{'member_key':'a','agent_id':'greeter'},{'member_key':'b','agent_id':'greeter'}]");
        Programs.published(
                api,
                "skill",
                "greet",
                "'runtime_type':'template','parameter_schema_json':{'type':'object','required':['who'],'properties':{'who':{'type':'string'}}},'implementation_json':{'template':'Good"
                    + " day, $who'}");
    }

    /** A published workflow with this code; gives its id. */
    static String workflow(Api api, String code, String dsl) {
        String id = api.workflow(code);
        api.version(id, dsl, "published");
        return id;
    }

    static String node(String type, String config) {
        return "{'nodes':[{'id':'n','type':'%s','config':%s}],'edges':[]}".formatted(type, config);
    }

    static String id(Api api, String kind, String code) {
        return api.get("/" + kind + "s?code=" + code).expect(200).each("id").getFirst();
    }
}

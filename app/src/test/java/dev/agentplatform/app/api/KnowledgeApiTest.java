package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Chapter 13: bases, documents and searches. */
class KnowledgeApiTest {
    private static final String MANUAL = "# Manual\\n\\nAbout the machine.\\n\\n## Cleaning\\n\\n"
            + "Rinse the tank weekly with vinegar. Never use soap.\\n\\n## 保修\\n\\n保修期为两年，自购买之日起计算。请保留发票。";

    @OnEveryServer
    void aBaseIsMadeChangedAndDeleted(Api api) {
        Answer made = api.post("/knowledge/bases", "{'code':'kb','name':'KB','metadata_json':{'owner':'me'}}")
                .expect(201);
        assertThat(made.text("embedding_provider")).isEqualTo("hash");
        assertThat(made.text("embedder")).isEqualTo("hash-512-v2");
        assertThat(made.at("chunking_json.chunk_size").asInt()).isEqualTo(220);
        api.post("/knowledge/bases", "{'code':'kb','name':'Other'}").expect(409, "code_taken");
        String path = "/knowledge/bases/" + made.id();
        Answer changed = api.patch(path, "{'name':'New','chunking_json':{'chunk_size':30}}")
                .expect(200);
        assertThat(changed.text("name")).isEqualTo("New");
        assertThat(changed.at("chunking_json.chunk_overlap").asInt()).isEqualTo(15);
        assertThat(changed.text("metadata_json.owner")).isEqualTo("me");
        document(api, "kb", "Title", "A text about parrots.");
        Answer shown = api.get(path).expect(200);
        assertThat(shown.at("document_count").asInt()).isEqualTo(1);
        assertThat(shown.at("chunk_count").asInt()).isEqualTo(1);

        assertThat(api.delete(path).status()).isEqualTo(204);
        api.get(path).expect(404);
        api.delete(path).expect(404);
        api.post("/knowledge/search", "{'knowledge_base_id':'kb','query':'parrots'}")
                .expect(404);
        api.untilItems("/knowledge/documents", 0);
        api.post("/knowledge/bases", "{'code':'kb','name':'Again'}").expect(201);
        assertThat(titles(search(api, "kb", "parrots", ""))).isEmpty();
    }

    @OnEveryServer
    void aTextIsFoundAtOnceAndTheHitSaysWhy(Api api) {
        base(api, "kb");
        Answer added =
                document(api, "kb", "Refund Policy", "Refunds are available within seven days for eligible orders.");
        assertThat(added.text("status")).isEqualTo("indexed");
        assertThat(added.at("progress").asInt()).isEqualTo(100);
        document(api, "kb", "Shipping", "Parcels leave the warehouse every morning.");
        Answer found = search(api, "kb", "refund within seven days", ",'top_k':3");
        JsonNode hit = found.at("items.0");
        assertThat(hit.path("title").asString()).isEqualTo("Refund Policy");
        assertThat(hit.path("document_id").asString()).isEqualTo(added.id());
        assertThat(hit.path("position").asInt()).isEqualTo(1);
        double keyword = hit.path("keyword_score").asDouble();
        double vector = hit.path("vector_score").asDouble();
        double score = found.at("weights_json.keyword").asDouble() * keyword
                + found.at("weights_json.vector").asDouble() * vector;
        assertThat(hit.path("score").asDouble()).isCloseTo(score, org.assertj.core.data.Offset.offset(1e-5));
        assertThat(keyword).isBetween(0.5, 1.0);
        assertThat(vector).isBetween(0.3, 1.0);
        JsonNode span = hit.path("highlights").get(0);
        String text = hit.path("content_text").asString();
        assertThat(text.substring(span.path("start").asInt(), span.path("end").asInt()))
                .isEqualTo(span.path("text").asString())
                .isEqualTo("within");

        assertThat(titles(search(api, "kb", "refunds", ",'mode':'keyword'"))).containsExactly("Refund Policy");
        assertThat(titles(search(api, "kb", "refunding", ",'mode':'keyword'"))).isEmpty();
        assertThat(titles(search(api, "kb", "refunding", ",'mode':'vector'"))).startsWith("Refund Policy");
        assertThat(titles(search(api, "kb", "refund within seven days", ",'min_score':0.4")))
                .containsExactly("Refund Policy");
        assertThat(titles(search(api, "kb", "refund parcels", ",'top_k':1"))).hasSize(1);
    }

    @OnEveryServer
    void searchesAreKept(Api api) {
        String base = base(api, "kb");
        document(api, "kb", "Berlin", "Berlin has nine lakes.");
        Answer found = search(api, "kb", "lakes", ",'top_k':2,'filters_json':{'title':'Berlin'}");
        search(api, "kb", "rivers", "");
        Answer kept = api.get("/knowledge/searches/" + found.id()).expect(200);
        assertThat(kept.text("query")).isEqualTo("lakes");
        assertThat(kept.text("mode")).isEqualTo("hybrid");
        assertThat(kept.at("top_k").asInt()).isEqualTo(2);
        assertThat(kept.text("filters_json.title")).isEqualTo("Berlin");
        assertThat(kept.text("hits_json.0.title")).isEqualTo("Berlin");
        assertThat(kept.at("hits_json.0.score")).isEqualTo(found.at("items.0.score"));
        assertThat(api.get("/knowledge/searches?knowledge_base_id=" + base).each("query"))
                .containsExactly("rivers", "lakes");
        assertThat(SessionApiTest.pages(api, "/knowledge/searches?limit=1", "query"))
                .containsExactly("rivers", "lakes");
    }

    @OnEveryServer
    void chunksKnowTheirHeadings(Api api) {
        base(api, "kb");
        String id = add(api, "kb", "'title':'Manual','source_type':'markdown','content_text':'" + MANUAL + "'")
                .expect(201)
                .id();
        Answer chunks = api.get("/knowledge/documents/" + id + "/chunks").expect(200);
        assertThat(chunks.json().path("items")).hasSize(3);
        assertThat(chunks.at("items.1.headings").toString()).isEqualTo("[\"Manual\",\"Cleaning\"]");
        assertThat(SessionApiTest.pages(api, "/knowledge/documents/" + id + "/chunks?limit=2", "position"))
                .hasSize(3);
        Answer found = search(api, "kb", "保修多久", "");
        assertThat(found.text("items.0.content_text")).contains("保修期为两年");
        assertThat(found.at("items.0.headings").toString()).contains("保修");
        assertThat(search(api, "kb", "how to clean", "").text("items.0.content_text"))
                .contains("vinegar");
    }

    @OnEveryServer
    void filtersLookAtTheMetadata(Api api) {
        base(api, "kb");
        add(api, "kb", "'title':'a','content_text':'apples one','metadata_json':{'lang':'en','tags':['x','y']}")
                .expect(201);
        add(api, "kb", "'title':'b','content_text':'apples two','metadata_json':{'lang':'zh','year':2024}")
                .expect(201);
        add(api, "kb", "'title':'c','source_type':'markdown','content_text':'apples three'")
                .expect(201);
        assertThat(titles(search(api, "kb", "apples", ",'filters_json':{'lang':'en'}")))
                .containsExactly("a");
        assertThat(titles(search(api, "kb", "apples", ",'filters':{'lang':['en','zh']}")))
                .containsExactlyInAnyOrder("a", "b");
        assertThat(titles(search(api, "kb", "apples", ",'filters_json':{'tags':'y'}")))
                .containsExactly("a");
        assertThat(titles(search(api, "kb", "apples", ",'filters_json':{'year':2024}")))
                .containsExactly("b");
        assertThat(titles(search(api, "kb", "apples", ",'filters_json':{'source_type':'markdown'}")))
                .containsExactly("c");
        assertThat(titles(search(api, "kb", "apples", ",'filters_json':{'lang':'fr'}")))
                .isEmpty();
        String b = api.get("/knowledge/documents?knowledge_base_id=kb")
                .item("title", "b")
                .path("id")
                .asString();
        assertThat(titles(search(api, "kb", "apples", ",'filters_json':{'document_id':'" + b + "'}")))
                .containsExactly("b");
        api.patch("/knowledge/documents/" + b, "{'metadata_json':{'lang':'fr'}}")
                .expect(200);
        assertThat(titles(search(api, "kb", "apples", ",'filters_json':{'lang':'fr'}")))
                .containsExactly("b");
    }

    @OnEveryServer
    void aDocumentIsChangedIndexedAnewAndDeleted(Api api) {
        base(api, "kb");
        String id = document(api, "kb", "Notes", "The parrot is called Ada.").id();
        String path = "/knowledge/documents/" + id;
        Answer changed =
                api.patch(path, "{'content_text':'The parrot is called Bob.'}").expect(200);
        assertThat(changed.text("status")).isEqualTo("indexed");
        assertThat(texts(search(api, "kb", "parrot called", ""))).containsExactly("The parrot is called Bob.");
        api.patch(path, "{'title':'Birds'}").expect(200);
        assertThat(titles(search(api, "kb", "birds", ",'mode':'keyword'"))).containsExactly("Birds");
        assertThat(titles(search(api, "kb", "notes", ",'mode':'keyword'"))).isEmpty();
        assertThat(api.post(path + "/reindex").expect(202).text("status")).isEqualTo("pending");
        api.untilAnswer(path, "status", "indexed");
        assertThat(texts(search(api, "kb", "parrot", ""))).containsExactly("The parrot is called Bob.");

        api.patch(
                        "/knowledge/bases/"
                                + api.get("/knowledge/bases?code=kb").text("items.0.id"),
                        "{'chunking_json':{'chunk_size':20}}")
                .expect(200);
        assertThat(api.delete(path).status()).isEqualTo(204);
        api.get(path).expect(404);
        api.patch(path, "{'title':'x'}").expect(404);
        assertThat(titles(search(api, "kb", "parrot", ""))).isEmpty();
        assertThat(api.get("/knowledge/bases?code=kb").at("items.0.chunk_count").asInt())
                .isZero();
    }

    @OnEveryServer
    void theSameContentIsThereOnce(Api api) {
        base(api, "kb");
        base(api, "other");
        Answer first = document(api, "kb", "One", "The same content.");
        Answer again = add(api, "kb", "'title':'Two','content_text':'The same content.'")
                .expect(200);
        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.at("duplicate").asBoolean()).isTrue();
        assertThat(again.text("title")).isEqualTo("One");
        add(api, "other", "'title':'Two','content_text':'The same content.'").expect(201);
        String third = document(api, "kb", "Three", "Other content.").id();
        api.patch("/knowledge/documents/" + third, "{'content_text':'The same content.'}")
                .expect(409, "duplicate_content");
        assertThat(texts(search(api, "kb", "content", "")))
                .containsExactlyInAnyOrder("The same content.", "Other content.");
    }

    @OnEveryServer
    void whatIsFetchedIsIndexedInTheBackground(Api api) throws Exception {
        String page = "<html><head><title>Opening hours</title><script>track()</script></head><body><nav>Home</nav>"
                + "<h1>Hours</h1><p>The museum opens at nine.</p></body></html>";
        try (ToolServer site = ToolServer.answering(200, "text/html; charset=utf-8", page)) {
            base(api, "kb");
            Answer added =
                    add(api, "kb", "'source_url':'" + site.url("/hours") + "'").expect(202);
            assertThat(added.text("status")).isIn("pending", "indexing", "indexed");
            Answer done = api.untilAnswer("/knowledge/documents/" + added.id(), "status", "indexed");
            assertThat(done.text("source_type")).isEqualTo("html");
            assertThat(done.text("title")).isEqualTo("Opening hours");
            Answer found = search(api, "kb", "when does the museum open", "");
            assertThat(found.text("items.0.content_text")).isEqualTo("The museum opens at nine.");
            assertThat(found.text("items.0.source_url")).isEqualTo(site.url("/hours"));
            assertThat(titles(search(api, "kb", "track home", ",'mode':'keyword'")))
                    .isEmpty();
            String same = add(api, "kb", "'source_url':'" + site.url("/again") + "'")
                    .expect(202)
                    .id();
            Answer refused = api.untilAnswer("/knowledge/documents/" + same, "status", "failed");
            assertThat(refused.text("error_code")).isEqualTo("duplicate_content");
            api.post("/knowledge/documents/" + added.id() + "/reindex").expect(202);
            api.untilAnswer("/knowledge/documents/" + added.id(), "status", "indexed");
            assertThat(site.requests).hasSize(3);
        }
    }

    @OnEveryServer
    void whatCannotBeFetchedSaysWhy(Api api) throws Exception {
        try (ToolServer site = ToolServer.answering(404, "text/plain", "no")) {
            base(api, "kb");
            failed(api, "'source_url':'" + site.url("/x") + "'", "http_404");
            failed(api, "'source_url':'http://10.0.0.1/x'", "target_forbidden");
        }
        try (ToolServer site = ToolServer.answering(200, "image/png", "\u0001\u0002")) {
            failed(api, "'source_url':'" + site.url("/x.png") + "'", "unknown_source_type");
        }
    }

    @OnEveryServer
    void filesAreReadInTheBackground(Api api) throws Exception {
        base(api, "kb");
        String gbk = base64("退货地址在上海。".getBytes(Charset.forName("GB18030")));
        file(api, gbk, "text", "indexed");
        assertThat(search(api, "kb", "退货地址", "").text("items.0.content_text")).isEqualTo("退货地址在上海。");
        file(api, base64("%PDF-1.7 nonsense".getBytes()), "pdf", "failed");
        file(api, base64("not a zip".getBytes()), "docx", "failed");
        file(api, base64(new byte[] {(byte) 0x80, (byte) 0xFF, 0, 1}), "text", "failed");
        assertThat(titles(search(api, "kb", "nonsense zip", ",'mode':'keyword'")))
                .isEmpty();
    }

    @OnEveryServer
    void aLongTextIsIndexedInTheBackgroundWithItsProgress(Api api) {
        base(api, "kb");
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < 1_100_000; i++) {
            text.append("Paragraph ")
                    .append(i)
                    .append(" tells of item")
                    .append(i)
                    .append(" and of nothing else at all. ");
            if (i % 4 == 0) text.append("\\n\\n");
        }
        Answer added =
                add(api, "kb", "'title':'Long','content_text':'" + text + "'").expect(202);
        Answer done = api.untilAnswer("/knowledge/documents/" + added.id(), "status", "indexed");
        assertThat(done.at("chunk_count").asInt()).isGreaterThan(500);
        assertThat(search(api, "kb", "item7777", "").text("items.0.content_text"))
                .contains("item7777");
    }

    @OnEveryServer
    void othersFindNothing(Api api) {
        String base = base(api, "kb");
        String document = document(api, "kb", "Secret", "The secret recipe.").id();
        Api other = api.elsewhere();
        other.get("/knowledge/bases/" + base).expect(404);
        other.get("/knowledge/documents/" + document).expect(404);
        other.get("/knowledge/documents/" + document + "/chunks").expect(404);
        other.post("/knowledge/search", "{'knowledge_base_id':'kb','query':'recipe'}")
                .expect(404);
        other.post("/knowledge/search", "{'knowledge_base_id':'" + base + "','query':'recipe'}")
                .expect(404);
        add(other, base, "'title':'x','content_text':'y'").expect(404);
        other.delete("/knowledge/documents/" + document).expect(404);
        other.delete("/knowledge/bases/" + base).expect(404);
        assertThat(other.get("/knowledge/documents").each("id")).isEmpty();
        assertThat(titles(search(api, "kb", "recipe", ""))).containsExactly("Secret");
    }

    @OnEveryServer
    void whatIsWrongIsNamedAndNothingIsKept(Api api) {
        refused(api, "/knowledge/bases", "{'name':'x'}", "code");
        refused(api, "/knowledge/bases", "{'code':'a b','name':'x'}", "code");
        refused(
                api,
                "/knowledge/bases",
                "{'code':'a','name':'x','chunking_json':{'chunk_size':5}}",
                "chunking_json.chunk_size");
        refused(
                api,
                "/knowledge/bases",
                "{'code':'a','name':'x','chunking_json':{'chunk_size':50,'chunk_overlap':40}}",
                "chunking_json.chunk_overlap");
        refused(api, "/knowledge/bases", "{'code':'a','name':'x','chunking_json':7}", "chunking_json");
        refused(
                api,
                "/knowledge/bases",
                "{'code':'a','name':'x','metadata_json':{'a':'" + "x".repeat(70_000) + "'}}",
                "metadata_json");
        assertThat(api.get("/knowledge/bases").each("id")).isEmpty();
        base(api, "kb");
        String start = "{'knowledge_base_id':'kb',";
        refused(api, "/knowledge/documents", "{'content_text':'x'}", "knowledge_base_id");
        refused(api, "/knowledge/documents", start + "'title':'x'}", "content_text");
        refused(api, "/knowledge/documents", start + "'content_text':''}", "content_text");
        refused(api, "/knowledge/documents", start + "'content_text':'x','source_url':'http://x.org'}", "source_url");
        refused(api, "/knowledge/documents", start + "'file_id':'f1'}", "file_id");
        refused(api, "/knowledge/documents", start + "'source_url':'ftp://x.org/a'}", "source_url");
        refused(api, "/knowledge/documents", start + "'source_url':'http://u:p@x.org/a'}", "source_url");
        refused(api, "/knowledge/documents", start + "'content_text':'x','source_type':'pdf'}", "source_type");
        refused(api, "/knowledge/documents", start + "'content_text':'x','source_type':'odt'}", "source_type");
        refused(api, "/knowledge/documents", start + "'content_text':'x','metadata_json':[]}", "metadata_json");
        refused(api, "/knowledge/documents", start + "'content_base64':'A'}", "content_base64");
        add(api, "kb", "'content_text':'   '").expect(422, "no_text");
        refused(api, "/knowledge/documents", start + "'content_base64':'@@@@'}", "content_base64");
        refused(api, "/knowledge/documents", start + "'content_base64':'gP8AAQ=='}", "content_base64");
        add(api, "nowhere", "'content_text':'x'").expect(404);
        refused(api, "/knowledge/search", start + "'query':''}", "query");
        refused(api, "/knowledge/search", start + "'query':'x','top_k':0}", "top_k");
        refused(api, "/knowledge/search", start + "'query':'x','mode':'fuzzy'}", "mode");
        refused(api, "/knowledge/search", start + "'query':'x','min_score':2}", "min_score");
        refused(api, "/knowledge/search", start + "'query':'x','filters_json':[]}", "filters_json");
        api.get("/knowledge/documents?status=lost").expect(400);
        api.get("/knowledge/documents?knowledge_base_id=lost").expect(404);
        api.get("/knowledge/searches?knowledge_base_id=lost").expect(400);
        api.get("/knowledge/bases/x").expect(404);
        assertThat(api.get("/knowledge/documents").each("id")).isEmpty();
        assertThat(api.get("/knowledge/searches").each("id")).isEmpty();
    }

    // ---- shorthands

    static String base(Api api, String code) {
        return api.post("/knowledge/bases", "{'code':'%1$s','name':'Named %1$s'}".formatted(code))
                .expect(201)
                .id();
    }

    static Answer add(Api api, String base, String fields) {
        return api.post("/knowledge/documents", "{'knowledge_base_id':'" + base + "'," + fields + "}");
    }

    static Answer document(Api api, String base, String title, String text) {
        return add(api, base, "'title':'" + title + "','content_text':'" + text + "'")
                .expect(201);
    }

    static Answer search(Api api, String base, String query, String more) {
        return api.post("/knowledge/search", "{'knowledge_base_id':'%s','query':'%s'%s}".formatted(base, query, more))
                .expect(200);
    }

    static List<String> titles(Answer found) {
        return found.each("title");
    }

    private static List<String> texts(Answer found) {
        return found.each("content_text");
    }

    private static void failed(Api api, String fields, String code) {
        String id = add(api, "kb", fields).expect(202).id();
        Answer document = api.untilAnswer("/knowledge/documents/" + id, "status", "failed");
        assertThat(document.text("error_code")).isEqualTo(code);
        assertThat(document.text("error_message")).isNotBlank();
    }

    private static void file(Api api, String base64, String type, String status) {
        String fields = "'title':'f','source_type':'%s','content_base64':'%s'".formatted(type, base64);
        Answer added = add(api, "kb", fields);
        if (added.status() == 202) added = api.untilAnswer("/knowledge/documents/" + added.id(), "status", status);
        else if (status.equals("failed")) added.expect(422);
        else assertThat(added.text("status")).isEqualTo(status);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static void refused(Api api, String path, String body, String field) {
        Answer refused = api.post(path, body).expect(422);
        assertThat(refused.text("errors.0.path")).as(body).isEqualTo(field);
    }
}

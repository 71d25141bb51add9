package dev.agentplatform.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class HttpResolutionTest {
    private static JsonNode json(String text) {
        return Json.parse(text.replace('\'', '"'));
    }

    private static HttpCall resolve(String invoke, String binding, String call, String input) {
        return HttpResolution.resolve(json(invoke), json(binding), json(call), json(input));
    }

    private static String body(HttpCall call) {
        return call.body() == null ? null : new String(call.body(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // URL: of the call, else of the tool
                "{'url':'http://i/'}|{'base_url':'http://b'}|{'url':'http://c/'}|http://c/",
                "{'url':'http://i/'}|{'base_url':'http://b'}|{}|http://i/",
                "{'url':'http://i/'}|{}|{'base_url':'http://c'}|http://i/",
                // base URL: of the call, the binding, the tool
                "{'base_url':'http://i','path':'p'}|{'base_url':'http://b'}|{'base_url':'http://c'}|http://c/p",
                "{'base_url':'http://i','path':'p'}|{'base_url':'http://b'}|{}|http://b/p",
                "{'base_url':'http://i/','path':'/p'}|{}|{}|http://i/p",
                "{'base_url':'http://i/v1','path':'?q=1'}|{}|{}|http://i/v1?q=1",
                // path: of the call, else of the tool, never of the binding
                "{'base_url':'http://i','path':'p'}|{'path':'b'}|{'path':'c'}|http://i/c",
                "{'base_url':'http://i','path':'p'}|{'path':'b'}|{}|http://i/p",
                "{'base_url':'http://i'}|{}|{}|http://i"
            })
    void theAddressHasItsOrder(String invoke, String binding, String call, String url) {
        assertThat(resolve(invoke, binding, call, "{}").url()).isEqualTo(url);
    }

    @Test
    void withoutAnAddressItIsRefused() {
        assertThatThrownBy(() -> resolve("{'path':'/x'}", "{}", "{}", "{}"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("base_url");
    }

    @Test
    void queryHeadersAndBodyAreMerged() {
        HttpCall call = resolve(
                "{'url':'http://i/','method':'put','query':{'a':'i','b':'i','c':'i'},'headers':{'X':'i','Y':'i'},"
                        + "'body':{'a':'i','b':'i','c':'i'}}",
                "{'query':{'b':'b','c':'b'},'headers':{'x':'b'},'body':{'b':'b','c':'b'}}",
                "{'query':{'c':'c'},'headers':{'z':1},'body':{'c':null}}",
                "{}");
        assertThat(call.method()).isEqualTo("PUT");
        assertThat(call.url()).isEqualTo("http://i/?a=i&b=b&c=c");
        assertThat(call.headers())
                .containsEntry("X", "b")
                .containsEntry("Y", "i")
                .containsEntry("z", "1");
        assertThat(body(call)).isEqualTo("{\"a\":\"i\",\"b\":\"b\",\"c\":null}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|?a=1&b=x|null",
                "DELETE|?a=1&b=x|null",
                "POST||{\"a\":1,\"b\":\"x\"}",
                "PATCH||{\"a\":1,\"b\":\"x\"}"
            })
    void inputsThatNothingNamesHaveAPlace(String method, String query, String body) {
        HttpCall call = resolve("{'url':'http://i/','method':'" + method + "'}", "{}", "{}", "{'a':1,'b':'x'}");
        assertThat(call.url()).isEqualTo("http://i/" + (query == null ? "" : query));
        assertThat(String.valueOf(body(call))).isEqualTo(body);
    }

    @Test
    void parametersSayWhereInputsGo() {
        HttpCall call = resolve(
                "{'url':'http://i/{id}','method':'POST','parameters':{'q':'query','h':{'in':'header','name':'X-H'},"
                        + "'c':'cookie','ids':{'in':'query','name':'ids','style':'joined'},"
                        + "'f':{'in':'query','name':'f','style':'deep'},'body_id':{'in':'body','name':'id'}}}",
                "{}",
                "{}",
                "{'id':5,'q':[1,2],'h':'v','c':'a b','ids':[1,2],'f':{'x':1},'body_id':7,'other':true}");
        assertThat(call.url()).isEqualTo("http://i/5?q=1&q=2&ids=1%2C2&f%5Bx%5D=1");
        assertThat(call.headers()).containsEntry("X-H", "v").containsEntry("Cookie", "c=a%20b");
        assertThat(body(call)).isEqualTo("{\"id\":7,\"other\":true}");
    }

    @Test
    void aFormIsAForm() {
        HttpCall call = resolve(
                "{'url':'http://i/','method':'POST','body_format':'form'}", "{}", "{}", "{'a':'x y','b':[1,2]}");
        assertThat(body(call)).isEqualTo("a=x%20y&b=1&b=2");
        assertThat(call.headers()).containsEntry("Content-Type", "application/x-www-form-urlencoded");
    }

    /** Whatever an input holds, it stays inside of its part of the address. */
    @Test
    void noInputChangesWhereARequestGoes() {
        Random random = new Random(7);
        String letters = "/\\?#@:%&=.;+{} \u00e4\u4e2d\r\n\"'[]<>|^`~$!*(),-_ab1";
        for (int i = 0; i < 5_000; i++) {
            StringBuilder value = new StringBuilder();
            int length = 1 + random.nextInt(12);
            for (int n = 0; n < length; n++) value.append(letters.charAt(random.nextInt(letters.length())));
            JsonNode input = Json.object().put("x", value.toString());
            boolean template = random.nextBoolean();
            JsonNode invoke = Json.object()
                    .put("base_url", "http://host/a")
                    .put("path", template ? "/p{{input.x}}q/end" : "/{x}/end");
            String url;
            try {
                url = HttpResolution.resolve(invoke, Json.object(), Json.object(), input)
                        .url();
            } catch (Problem refused) {
                assertThat(value.toString()).matches("\\.{1,2}");
                continue;
            }
            assertThat(url).as("%s", value).startsWith("http://host/a/").endsWith("/end");
            String inside = url.substring("http://host/a/".length(), url.length() - "/end".length());
            assertThat(inside)
                    .as("%s", value)
                    .doesNotContain("/", "\\", "?", "#", "@")
                    .isNotIn("", ".", "..");
        }
    }

    @Test
    void aWholeAddressMayComeFromTheInput() {
        assertThat(resolve("{'url':'{{input.u}}'}", "{}", "{}", "{'u':'http://a/b?c'}")
                        .url())
                .isEqualTo("http://a/b?c");
    }

    @Test
    void whatACallBringsAlongIsNoTemplate() {
        HttpCall call = resolve("{'url':'http://i/'}", "{}", "{'body':'{{input.x}}'}", "{'x':'secret'}");
        assertThat(body(call)).isEqualTo("{{input.x}}");
    }
}

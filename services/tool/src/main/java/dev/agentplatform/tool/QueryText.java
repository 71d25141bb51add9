package dev.agentplatform.tool;

import dev.agentplatform.engine.NodeConfig;
import dev.agentplatform.kernel.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** A query string, or a form, while it is put together. */
final class QueryText {
    private final StringBuilder text = new StringBuilder();

    void add(String name, String value) {
        if (!text.isEmpty()) text.append('&');
        text.append(encode(name)).append('=').append(encode(value));
    }

    /** A list gives its name several times, nothing gives nothing. */
    void add(String name, JsonNode value) {
        if (value.isArray()) for (JsonNode one : value) addOne(name, one);
        else addOne(name, value);
    }

    private void addOne(String name, JsonNode value) {
        if (!Json.isNothing(value)) add(name, NodeConfig.text(value));
    }

    /** The URL with this query behind the one it has. */
    String appendTo(String url) {
        if (text.isEmpty()) return url;
        int fragment = url.indexOf('#');
        String whole = fragment < 0 ? url : url.substring(0, fragment);
        return whole + (whole.indexOf('?') < 0 ? "?" : "&") + text;
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}

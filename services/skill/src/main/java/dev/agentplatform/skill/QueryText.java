package dev.agentplatform.skill;

import dev.agentplatform.engine.NodeConfig;
import dev.agentplatform.kernel.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Adds parameters to a URL. */
final class QueryText {
    private QueryText() {}

    static String append(String url, JsonNode query) {
        StringBuilder whole = new StringBuilder(url);
        for (Map.Entry<String, JsonNode> parameter : query.properties()) {
            if (Json.isNothing(parameter.getValue())) continue;
            whole.append(whole.indexOf("?") < 0 ? '?' : '&')
                    .append(encode(parameter.getKey()))
                    .append('=')
                    .append(encode(NodeConfig.text(parameter.getValue())));
        }
        return whole.toString();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

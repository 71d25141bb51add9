package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request as it was resolved, without its credential.
 *
 * @param headers by name, in no matter which case
 * @param body null for none
 * @param acceptStatus statuses from 400 that are no failure
 * @param auth where the tool expects its key: {@code {in, name, prefix}}
 */
record HttpCall(
        String method, String url, Map<String, String> headers, byte[] body, JsonNode acceptStatus, JsonNode auth) {

    /** The same request with what its credential adds. What the credential says about a header counts. */
    HttpCall with(Secret.Additions additions) {
        Map<String, String> more = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        more.putAll(headers);
        additions.headers().forEach((name, value) -> {
            // Cookies of the tool and of its credential go side by side.
            boolean both = name.equalsIgnoreCase("cookie") && more.containsKey(name);
            more.put(name, both ? more.get(name) + "; " + value : value);
        });
        QueryText query = new QueryText();
        additions.query().forEach(query::add);
        return new HttpCall(method, query.appendTo(url), more, body, acceptStatus, auth);
    }

    /** Values of headers are credentials more often than not: only their names are shown. */
    ObjectNode shown() {
        ObjectNode shown = Json.object().put("method", method).put("url", url);
        ArrayNode names = shown.putArray("headers");
        headers.keySet().forEach(names::add);
        return shown;
    }
}

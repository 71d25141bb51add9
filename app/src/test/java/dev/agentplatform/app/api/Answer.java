package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What the server answered. {@code json} is JSON null when the body is no JSON. */
record Answer(String request, int status, HttpHeaders headers, String text, JsonNode json) {

    /** Fails with the whole answer when the status is another one. */
    Answer expect(int wanted) {
        assertThat(status).as("%s answered %s", request, text).isEqualTo(wanted);
        return this;
    }

    /** A problem document with this status and code. */
    Answer expect(int wanted, String code) {
        expect(wanted);
        assertThat(headers.firstValue("content-type")).as(request).hasValue("application/problem+json");
        assertThat(text("code")).as("%s answered %s", request, text).isEqualTo(code);
        return this;
    }

    /** The value at a dotted path, {@code items.0.id}; JSON missing when there is none. */
    JsonNode at(String path) {
        JsonNode value = json;
        for (String name : path.split("\\.")) {
            value = value.isArray() ? value.path(Integer.parseInt(name)) : value.path(name);
        }
        return value;
    }

    /** The text at a dotted path; null when it is missing or null. */
    String text(String path) {
        JsonNode value = at(path);
        return Json.isNothing(value) ? null : value.asString();
    }

    String id() {
        String id = text("id");
        assertThat(id).as("id in %s", text).isNotNull();
        return id;
    }

    /** One field of each of {@code items}. */
    List<String> each(String field) {
        List<String> values = new ArrayList<>();
        for (JsonNode item : json.path("items")) values.add(item.path(field).asString(null));
        return values;
    }

    /** The item whose field has this value. */
    JsonNode item(String field, String value) {
        for (JsonNode item : json.path("items"))
            if (item.path(field).asString("").equals(value)) return item;
        throw new AssertionError("no item with " + field + " " + value + " in " + text);
    }
}

package dev.agentplatform.web;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.Times;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An answer: a status, headers, and a body that is already bytes, a stream of events, or bytes yet to come. */
public final class Reply {
    public static final String JSON = "application/json";

    private static final byte[] NO_BODY = {};

    /** Records outside: snake_case, times as RFC 3339. */
    private static final JsonMapper RECORDS = Json.mapper()
            .rebuild()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .addModule(new SimpleModule().addSerializer(Instant.class, new InstantSerializer()))
            .build();

    private final int status;
    private final Map<String, List<String>> headers;
    private final String contentType;
    private final byte[] body;
    private final StreamHandler stream;
    private final Transfer transfer;

    private Reply(
            int status,
            Map<String, List<String>> headers,
            String contentType,
            byte[] body,
            StreamHandler stream,
            Transfer transfer) {
        this.status = status;
        this.headers = headers;
        this.contentType = contentType;
        this.body = body;
        this.stream = stream;
        this.transfer = transfer;
    }

    /** A JSON body: a tree is written as it is, anything else (records, lists, maps) in snake_case. */
    public static Reply of(int status, Object value) {
        byte[] body = value instanceof JsonNode tree
                ? Json.mapper().writeValueAsBytes(tree)
                : RECORDS.writeValueAsBytes(value);
        return bytes(status, JSON, body);
    }

    public static Reply empty(int status) {
        return new Reply(status, Map.of(), null, NO_BODY, null, null);
    }

    public static Reply bytes(int status, String contentType, byte[] body) {
        return new Reply(status, Map.of(), contentType, body, null, null);
    }

    public static Reply text(int status, String contentType, String body) {
        return bytes(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    /** {@code {"items":[…],"next_cursor":…}}; the page's next cursor is a plain key here and opaque outside. */
    public static <T> Reply page(Page<T> page, Function<? super T, ? extends JsonNode> renderer) {
        ArrayNode items = Json.array();
        for (T item : page.items()) items.add(renderer.apply(item));
        ObjectNode list = Json.object();
        list.set("items", items);
        list.set("next_cursor", Json.text(page.nextCursor() == null ? null : Cursor.encode(page.nextCursor())));
        return of(200, list);
    }

    /** A page of records, written in snake_case. */
    public static Reply page(Page<? extends Record> page) {
        return page(page, item -> RECORDS.<JsonNode>valueToTree(item));
    }

    /** A stream of events with status 200, for GET and POST alike. */
    public static Reply stream(StreamHandler handler) {
        return new Reply(200, Map.of(), Stream.CONTENT_TYPE, NO_BODY, handler, null);
    }

    /** A body that is written as it comes; {@code contentType} may be null. */
    public static Reply transfer(int status, String contentType, Transfer transfer) {
        return new Reply(status, Map.of(), contentType, NO_BODY, null, transfer);
    }

    public Reply header(String name, String value) {
        return with(name, List.of(value));
    }

    /** Beside the values that the header has already, as a line of its own. */
    public Reply addHeader(String name, String value) {
        List<String> values = new ArrayList<>(headers.getOrDefault(name, List.of()));
        values.add(value);
        return with(name, List.copyOf(values));
    }

    private Reply with(String name, List<String> values) {
        Map<String, List<String>> more = new LinkedHashMap<>(headers);
        more.put(name, values);
        return new Reply(status, more, contentType, body, stream, transfer);
    }

    public int status() {
        return status;
    }

    /** Several values of a header as one, separated by commas. */
    public Map<String, String> headers() {
        Map<String, String> joined = new LinkedHashMap<>();
        headers.forEach((name, values) -> joined.put(name, String.join(", ", values)));
        return joined;
    }

    /** Each value as a line of its own. */
    Map<String, List<String>> headerLines() {
        return headers;
    }

    /** Null when there is no body. */
    String contentType() {
        return contentType;
    }

    /** The bytes of the body; empty for streams. */
    public byte[] body() {
        return body;
    }

    Optional<StreamHandler> streamHandler() {
        return Optional.ofNullable(stream);
    }

    Optional<Transfer> transfer() {
        return Optional.ofNullable(transfer);
    }

    /** The tree that {@link #of} would write for a record, list or map. */
    public static JsonNode tree(Object value) {
        return RECORDS.valueToTree(value);
    }

    private static final class InstantSerializer extends ValueSerializer<Instant> {
        @Override
        public void serialize(Instant value, JsonGenerator json, SerializationContext context) {
            json.writeString(Times.format(value.toEpochMilli()));
        }
    }
}

package dev.agentplatform.web;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Workspace;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** One request as handlers and filters see it. It belongs to the thread that serves it. */
public final class Request {
    private static final byte[] NO_BODY = {};

    private final HttpServletRequest servlet;
    private final String requestId;
    private final boolean draining;
    private final ClientWatch clientWatch;
    private final long startedNanos = System.nanoTime();
    private Route route;
    private List<String> names = List.of();
    private List<String> values = List.of();
    private QueryString query;
    private byte[] bodyBytes = NO_BODY;
    private boolean bodyTaken;
    private CountedInput bodyStream;
    private JsonNode body = Json.object();
    private Workspace workspace = Workspace.PUBLIC;
    private boolean workspaceNamed;
    private Principal principal = Principal.ANONYMOUS;
    private Reservation reservation;
    private Map<String, String> answerHeaders = Map.of();

    Request(HttpServletRequest servlet, String requestId, boolean draining) {
        this.servlet = servlet;
        this.requestId = requestId;
        this.draining = draining;
        this.clientWatch = new ClientWatch(servlet);
    }

    // What was asked

    public String method() {
        return servlet.getMethod();
    }

    /** The path as it was sent, {@code /gateway} included, without the query. */
    public String path() {
        return servlet.getRequestURI();
    }

    /** Empty when no route matched. */
    public Optional<Route> route() {
        return Optional.ofNullable(route);
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(servlet.getHeader(name));
    }

    /** The value of the id of this request: the caller's {@code x-request-id}, or one made here. */
    public String requestId() {
        return requestId;
    }

    /** The W3C trace context to pass on, when the caller sent one. */
    public Optional<String> traceparent() {
        return header("traceparent");
    }

    /** Scheme, host and port by which the caller reached this server. */
    public String baseUrl() {
        int port = servlet.getServerPort();
        boolean usual = port == (servlet.getScheme().equals("https") ? 443 : 80);
        return servlet.getScheme() + "://" + servlet.getServerName() + (usual ? "" : ":" + port);
    }

    /** Address of the peer of the connection. */
    public String clientAddress() {
        return servlet.getRemoteAddr();
    }

    /** True when this process refuses new work because it is about to stop. */
    public boolean draining() {
        return draining;
    }

    // Who asked, and where

    public Workspace workspace() {
        return workspace;
    }

    /** False when nobody named a workspace and it is only the default {@code public}. */
    public boolean workspaceNamed() {
        return workspaceNamed;
    }

    public Principal principal() {
        return principal;
    }

    /** For the filter that authenticates: who called, and the workspace in which the request acts. */
    public void identify(Principal caller, Workspace actsIn) {
        principal = caller;
        workspace = actsIn;
    }

    /** The hold on the {@code Idempotency-Key}; empty when none was sent. */
    public Optional<Reservation> idempotency() {
        return Optional.ofNullable(reservation);
    }

    // Path parameters

    /** A path parameter, decoded. */
    public String text(String name) {
        int at = names.indexOf(name);
        if (at < 0) throw new IllegalArgumentException("The route has no path parameter " + name + ".");
        return values.get(at);
    }

    /**
     * A path parameter that is an id. What is no id is the same 404 as an unknown one; its noun is taken from the
     * segment before it ({@code /runtime/node-runs/{id}}: node run).
     */
    public UUID id(String name) {
        String text = text(name);
        return Ids.parse(text).orElseThrow(() -> Problem.notFound(noun(name), text));
    }

    /** {@link #id(String)} with the noun of its 404. */
    public UUID id(String name, String noun) {
        String text = text(name);
        return Ids.parse(text).orElseThrow(() -> Problem.notFound(noun, text));
    }

    private String noun(String name) {
        List<String> segments = route.segments();
        int at = segments.indexOf("{" + name + "}");
        String before = at < 1 ? "resource" : segments.get(at - 1).replace('-', ' ');
        if (before.endsWith("ies")) return before.substring(0, before.length() - 3) + "y";
        return before.endsWith("s") ? before.substring(0, before.length() - 1) : before;
    }

    // Query parameters

    public Optional<String> query(String name) {
        return queryString().first(name);
    }

    /** All values of a parameter that may be repeated. */
    public List<String> queries(String name) {
        return queryString().all(name);
    }

    /** An integer parameter; 400 that names it when it is no number or out of bounds. */
    public int intQuery(String name, int byDefault, int min, int max) {
        Optional<String> text = query(name);
        if (text.isEmpty()) return byDefault;
        try {
            int value = Integer.parseInt(text.get());
            if (value >= min && value <= max) return value;
        } catch (NumberFormatException notANumber) {
            // answered below
        }
        throw Problem.malformed("malformed_parameter", name, "must be a whole number between " + min + " and " + max);
    }

    /** A parameter that is {@code true} or {@code false}. */
    public boolean flagQuery(String name, boolean byDefault) {
        return switch (query(name).map(text -> text.toLowerCase(Locale.ROOT)).orElse(String.valueOf(byDefault))) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw Problem.malformed("malformed_parameter", name, "must be true or false");
        };
    }

    /** A parameter that is an id. */
    public Optional<UUID> idQuery(String name) {
        return query(name)
                .map(text -> Ids.parse(text)
                        .orElseThrow(() -> Problem.malformed("malformed_parameter", name, "must be an id (a UUID)")));
    }

    /** Items of a page: 1 to 200, by default 50. */
    public int limit() {
        return intQuery("limit", Page.LIMIT_DEFAULT, 1, Page.LIMIT_MAX);
    }

    /** The plain key behind the {@code cursor}, as {@link Reply#page} was given it. */
    public Optional<String> cursor() {
        return query("cursor").filter(cursor -> !cursor.isEmpty()).map(Cursor::decode);
    }

    /** Where a resumed stream stopped: the header {@code Last-Event-ID}, or the query {@code last_event_id}. */
    public Optional<String> lastEventId() {
        return header("Last-Event-ID").or(() -> query("last_event_id")).filter(id -> !id.isEmpty());
    }

    QueryString queryString() {
        if (query == null) query = QueryString.parse(servlet.getQueryString());
        return query;
    }

    // The body

    /** The body bound to a record; a 422 {@link Problem} with every wrong field at once. */
    public <T extends Record> T body(Class<T> type) {
        return Binder.bind(body, type);
    }

    /** The body as it was sent; an empty object when there was none. */
    public JsonNode rawJson() {
        return body;
    }

    /** The bytes of the body as they were sent. */
    public byte[] rawBody() {
        return bodyBytes;
    }

    /** The body of a route with {@link RouteDraft#streamedBody}, to be read once. */
    public InputStream bodyStream() throws IOException {
        bodyTaken = true;
        if (bodyBytes.length > 0) return new ByteArrayInputStream(bodyBytes);
        if (bodyStream == null) bodyStream = new CountedInput(servlet.getInputStream());
        return bodyStream;
    }

    /** What the caller said the body's length is; -1 when there is one without a length, 0 when there is none. */
    public long bodyLength() {
        long declared = servlet.getContentLengthLong();
        return declared < 0 && servlet.getHeader("Transfer-Encoding") == null ? 0 : declared;
    }

    /** Bytes of the body that were read so far. */
    public long bytesIn() {
        return bodyStream == null ? bodyBytes.length : bodyStream.count();
    }

    /** Every header as it was sent, names in lower case. */
    public Map<String, List<String>> headers() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (String name : Collections.list(servlet.getHeaderNames())) {
            all.put(name.toLowerCase(Locale.ROOT), Collections.list(servlet.getHeaders(name)));
        }
        return all;
    }

    /** The query as it was sent, without the question mark; empty when there is none. */
    public String rawQuery() {
        String sent = servlet.getQueryString();
        return sent == null ? "" : sent;
    }

    /**
     * Calls {@code gone} when the client closes its connection before it is answered. From any thread, once; later than
     * the answer it does nothing. It costs some microseconds: for calls that take long.
     */
    public void onClientGone(Runnable gone) {
        clientWatch.begin(gone);
    }

    // The answer

    /** A header for whatever the answer will be, problems included. */
    public void answerHeader(String name, String value) {
        if (answerHeaders.isEmpty()) answerHeaders = new LinkedHashMap<>();
        answerHeaders.put(name, value);
    }

    // For the pipeline

    Map<String, String> answerHeaders() {
        return answerHeaders;
    }

    ClientWatch clientWatch() {
        return clientWatch;
    }

    HttpServletRequest servlet() {
        return servlet;
    }

    long startedNanos() {
        return startedNanos;
    }

    void matched(RouteTable.Match.Found found) {
        route = found.route();
        names = found.names();
        values = found.values();
    }

    void bodyTaken() {
        bodyTaken = true;
    }

    /** Whether there is a body that nobody has read. */
    boolean leftBody() {
        if (bodyTaken || method().equals("GET") || method().equals("HEAD")) return false;
        return servlet.getContentLengthLong() > 0 || servlet.getHeader("Transfer-Encoding") != null;
    }

    void read(byte[] bytes, JsonNode json) {
        bodyBytes = bytes;
        body = json;
    }

    void named(Workspace found) {
        workspace = found;
        workspaceNamed = true;
    }

    void reserved(Reservation hold) {
        reservation = hold;
    }
}

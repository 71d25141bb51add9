package dev.agentplatform.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A route while it is being described; {@link #handle} or {@link #stream} finishes it and puts it into its table. */
public final class RouteDraft {
    private final Consumer<Route> finished;
    private final String service;
    private final String method;
    private final String path;
    private final String summary;
    private final List<Route.QueryParameter> queryParameters = new ArrayList<>();
    private final List<Route.Answer> answers = new ArrayList<>();
    private Class<?> body;
    private boolean operational;
    private boolean open;
    private boolean anyJson;
    private boolean secret;
    private boolean streamedBody;
    private boolean forwarded;
    private ProblemFormat problems = ProblemFormat.RFC_9457;

    RouteDraft(Consumer<Route> finished, String service, String method, String path, String summary) {
        this.finished = finished;
        this.service = service;
        this.method = method;
        this.path = path;
        this.summary = summary;
    }

    /** A query parameter for the API document; {@code type} is {@code string}, {@code integer} or {@code boolean}. */
    public RouteDraft query(String name, String type, String description) {
        queryParameters.add(new Route.QueryParameter(name, type, description));
        return this;
    }

    /** Declares the {@code limit} and {@code cursor} of a list. */
    public RouteDraft paged() {
        return query("limit", "integer", "Items of one page, 1 to 200, by default 50")
                .query("cursor", "string", "The next_cursor of the page before");
    }

    /** The record that {@link Request#body} gives; its faults are the documented 422. */
    public RouteDraft body(Class<? extends Record> type) {
        body = type;
        BodyType.of(type);
        return this;
    }

    /** The body may be an array or any other JSON; a body that is no object names no workspace. */
    public RouteDraft anyJson() {
        anyJson = true;
        return this;
    }

    /** Takes or gives a secret: nothing of it is stored, so an {@code Idempotency-Key} does nothing here. */
    public RouteDraft secret() {
        secret = true;
        return this;
    }

    /** The body is not read: the handler takes it from {@link Request#bodyStream}, whatever its type and length. */
    public RouteDraft streamedBody() {
        streamedBody = true;
        return this;
    }

    /**
     * Another process answers. The body is streamed, but a JSON body of at most 1 MB with a length is read here first:
     * it may name the workspace. An {@code Idempotency-Key} is left to the process that does the work.
     */
    public RouteDraft forwarded() {
        forwarded = true;
        return streamedBody();
    }

    /** For protocols with error bodies of their own. */
    public RouteDraft problems(ProblemFormat format) {
        problems = format;
        return this;
    }

    public RouteDraft answers(int status, Class<?> type, String description) {
        answers.add(new Route.Answer(status, type, description));
        return this;
    }

    /** An answer without a body. */
    public RouteDraft answers(int status, String description) {
        return answers(status, Void.class, description);
    }

    /** About the process itself: needs no workspace and answers while the server drains. */
    public RouteDraft operational() {
        operational = true;
        return this;
    }

    /** Answers without authentication, also when everything else needs it. */
    public RouteDraft open() {
        open = true;
        return this;
    }

    public void handle(Handler handler) {
        finish(false, handler);
    }

    /** Answers with a stream of events. */
    public void stream(StreamHandler handler) {
        finish(true, request -> Reply.stream(handler));
    }

    private void finish(boolean streams, Handler handler) {
        finished.accept(new Route(
                service,
                method,
                path,
                summary,
                queryParameters,
                Optional.ofNullable(body),
                answers,
                operational,
                open,
                anyJson,
                secret,
                streamedBody,
                forwarded,
                problems,
                streams,
                handler));
    }
}

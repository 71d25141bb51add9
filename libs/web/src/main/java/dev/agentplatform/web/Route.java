package dev.agentplatform.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One method on one path, with what the API document says about it and the handler that answers.
 *
 * @param path segments that are literal or {@code {name}}; the last may be {@code {name...}} for all that is left
 * @param body the record that the body is bound to; empty when the route declares none
 * @param operational about the process itself: needs no workspace and answers while the server drains
 * @param open answers without authentication too
 * @param anyJson the top level of the body may be something else than an object
 * @param secret what it takes or gives is stored nowhere, also not under an {@code Idempotency-Key}
 * @param streamedBody the body is left to the handler, unread: any type, any length
 * @param forwarded another process answers: see {@link RouteDraft#forwarded}
 * @param problems how what goes wrong is answered; other protocols have other shapes
 */
public record Route(
        String service,
        String method,
        String path,
        String summary,
        List<QueryParameter> queryParameters,
        Optional<Class<?>> body,
        List<Answer> answers,
        boolean operational,
        boolean open,
        boolean anyJson,
        boolean secret,
        boolean streamedBody,
        boolean forwarded,
        ProblemFormat problems,
        boolean streams,
        Handler handler) {

    /** One query parameter. {@code type} is a type of JSON Schema: {@code string}, {@code integer}, {@code boolean}. */
    public record QueryParameter(String name, String type, String description) {}

    /** One answer; {@code type} is {@code Void.class} when it has no body. */
    public record Answer(int status, Class<?> type, String description) {}

    public Route {
        queryParameters = List.copyOf(queryParameters);
        answers = List.copyOf(answers);
        if (!path.startsWith("/")) throw new IllegalArgumentException("The path '" + path + "' must start with /.");
    }

    /** Names of the path's parameters, in order. */
    List<String> parameterNames() {
        List<String> names = new ArrayList<>();
        for (String segment : segments()) {
            if (isParameter(segment)) names.add(parameterName(segment));
        }
        return names;
    }

    List<String> segments() {
        return path.equals("/") ? List.of() : List.of(path.substring(1).split("/"));
    }

    static boolean isParameter(String segment) {
        return segment.startsWith("{") && segment.endsWith("}");
    }

    static boolean isTail(String segment) {
        return segment.startsWith("{") && segment.endsWith("...}");
    }

    static String parameterName(String segment) {
        return segment.substring(1, segment.length() - (isTail(segment) ? 4 : 1));
    }
}

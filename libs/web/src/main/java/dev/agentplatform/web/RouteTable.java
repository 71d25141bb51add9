package dev.agentplatform.web;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the route of a request in a tree of path segments: a literal segment wins over a parameter, a parameter over a
 * tail. Built once at start; a lookup compiles nothing and reflects on nothing.
 */
final class RouteTable {
    private static final String GATEWAY = "/gateway";

    /** What a lookup gives. */
    sealed interface Match {
        /** {@code values} are the decoded path parameters, in the order of the route's names. */
        record Found(Route route, List<String> names, List<String> values) implements Match {}

        /** The path exists, with other methods. */
        record WrongMethod(SortedSet<String> allowed) implements Match {}

        record Missing() implements Match {}
    }

    private static final Match MISSING = new Match.Missing();

    private static final class Node {
        final Map<String, Node> literals = new HashMap<>();
        final Map<String, Endpoint> endpoints = new TreeMap<>();
        Node parameter;
        Node tail;
    }

    private record Endpoint(Route route, List<String> names) {}

    private final Node root = new Node();

    RouteTable(List<Routes> services) {
        for (Routes service : services) {
            for (Route route : service.routes()) add(route);
        }
    }

    private void add(Route route) {
        Node node = root;
        for (String segment : route.segments()) {
            if (Route.isTail(segment)) {
                if (node.tail == null) node.tail = new Node();
                node = node.tail;
            } else if (Route.isParameter(segment)) {
                if (node.parameter == null) node.parameter = new Node();
                node = node.parameter;
            } else {
                node = node.literals.computeIfAbsent(segment, name -> new Node());
            }
        }
        Endpoint earlier = node.endpoints.putIfAbsent(route.method(), new Endpoint(route, route.parameterNames()));
        if (earlier != null) {
            throw new IllegalArgumentException(route.method() + " " + route.path() + " is declared twice, first as "
                    + earlier.route().path() + ".");
        }
    }

    /** Every path answers behind {@code /gateway} too, unless a route itself starts with it. HEAD takes GET's route. */
    Match find(String method, String path) {
        Match match = findExactly(method, path);
        boolean behindGateway = match instanceof Match.Missing && path.startsWith(GATEWAY + "/");
        return behindGateway ? findExactly(method, path.substring(GATEWAY.length())) : match;
    }

    private Match findExactly(String method, String path) {
        List<String> segments = split(path);
        SortedSet<String> allowed = new TreeSet<>();
        Match found = walk(root, segments, 0, method.equals("HEAD") ? "GET" : method, new ArrayList<>(3), allowed);
        if (found != null) return found;
        if (allowed.isEmpty()) return MISSING;
        if (allowed.contains("GET")) allowed.add("HEAD");
        allowed.add("OPTIONS");
        return new Match.WrongMethod(allowed);
    }

    private static Match walk(
            Node node, List<String> segments, int at, String method, List<String> values, SortedSet<String> allowed) {
        if (at == segments.size()) {
            Endpoint endpoint = node.endpoints.get(method);
            if (endpoint != null) return new Match.Found(endpoint.route(), endpoint.names(), List.copyOf(values));
            allowed.addAll(node.endpoints.keySet());
            return null;
        }
        Node literal = node.literals.get(segments.get(at));
        if (literal != null) {
            Match found = walk(literal, segments, at + 1, method, values, allowed);
            if (found != null) return found;
        }
        if (node.parameter != null) {
            values.add(segments.get(at));
            Match found = walk(node.parameter, segments, at + 1, method, values, allowed);
            if (found != null) return found;
            values.removeLast();
        }
        if (node.tail == null) return null;
        values.add(String.join("/", segments.subList(at, segments.size())));
        Match found = walk(node.tail, segments, segments.size(), method, values, allowed);
        if (found == null) values.removeLast();
        return found;
    }

    /** Decoded segments. One slash at the end is the same path without it. */
    private static List<String> split(String path) {
        List<String> segments = new ArrayList<>(6);
        int from = 1;
        while (from < path.length()) {
            int end = path.indexOf('/', from);
            if (end < 0) end = path.length();
            segments.add(QueryString.decodeSegment(path.substring(from, end)));
            from = end + 1;
        }
        return segments;
    }
}

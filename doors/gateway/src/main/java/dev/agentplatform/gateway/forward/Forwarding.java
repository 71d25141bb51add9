package dev.agentplatform.gateway.forward;

import dev.agentplatform.gateway.Check;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Route;
import dev.agentplatform.web.RouteDraft;
import dev.agentplatform.web.Routes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Passes the requests of some services on to where these run. Who calls, and how often, has been checked before; the
 * caller's key goes along, so that the other process can check it too.
 */
public final class Forwarding implements LifeCycle {
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(1);

    private final List<Upstream> upstreams = new ArrayList<>();
    private final ForwardSettings limits;
    private final Connections connections;
    private final String processId = UUID.randomUUID().toString();

    /** @throws Settings.WrongSetting for an address that is none */
    public Forwarding(Settings settings) {
        for (Service service : Service.ALL) {
            if (service.name().equals(Service.GATEWAY)) continue;
            settings.text(service.setting()).ifPresent(url -> upstreams.add(Upstream.of(service, url)));
        }
        limits = ForwardSettings.from(settings);
        connections = new Connections(limits.connectLimit());
    }

    /** Whether another process answers what this route would. */
    public boolean takes(Route route) {
        String path = route.path();
        return upstreams.stream()
                .flatMap(upstream -> upstream.service().roots().stream())
                .anyMatch(root -> path.equals("/" + root) || path.startsWith("/" + root + "/"));
    }

    /** Every path below the roots of the services that run elsewhere. */
    public List<Routes> routes() {
        List<Routes> all = new ArrayList<>();
        for (Upstream upstream : upstreams) {
            Routes routes = new Routes(upstream.service().name(), "Answered by another process");
            for (String root : upstream.service().roots()) {
                for (String path : List.of("/" + root, "/" + root + "/{path...}")) add(routes, path, upstream);
            }
            all.add(routes);
        }
        return all;
    }

    private void add(Routes routes, String path, Upstream upstream) {
        String summary = "Answered by the process of " + upstream.service().name();
        List<RouteDraft> drafts = List.of(
                routes.get(path, summary),
                routes.post(path, summary),
                routes.put(path, summary),
                routes.patch(path, summary),
                routes.delete(path, summary));
        for (RouteDraft draft : drafts) draft.forwarded().handle(request -> forward(request, upstream));
    }

    private Reply forward(Request request, Upstream upstream) throws IOException {
        Exchange exchange = new Exchange(connections, limits, request, upstream);
        AnswerHead head =
                exchange.begin(Headers.request(request, upstream, processId), target(request, upstream.base()));
        Optional<String> contentType = first(head, "content-type");
        boolean toHead = request.method().equals("HEAD");
        Reply reply = toHead || exchange.hasBody()
                ? Reply.transfer(head.status(), contentType.orElse(null), exchange::passBody)
                : Reply.bytes(head.status(), contentType.orElse(null), new byte[0]);
        boolean told = toHead || head.length() > 0;
        Optional<String> length = told ? first(head, "content-length") : Optional.empty();
        if (length.isPresent()) reply = reply.header("content-length", length.get());
        for (Map.Entry<String, List<String>> header :
                Headers.answer(head.headers()).entrySet()) {
            for (String value : header.getValue()) reply = reply.addHeader(header.getKey(), value);
        }
        return reply;
    }

    private static Optional<String> first(AnswerHead head, String name) {
        return Optional.ofNullable(head.headers().get(name)).map(List::getFirst);
    }

    /** The path without {@code /gateway}, as it was sent. A dot segment might mean another path to who gets it. */
    static String target(Request request, String base) {
        String path = request.path();
        if (path.startsWith("/gateway/")) path = path.substring("/gateway".length());
        boolean dots = Arrays.stream(path.split("[/\\\\]|%2[fF]|%5[cC]"))
                .map(segment -> segment.replaceAll("%2[eE]", ".").replaceAll(";.*", ""))
                .anyMatch(segment -> segment.equals(".") || segment.equals(".."));
        if (dots) throw Problem.malformed("malformed_url", "The path has a segment of dots.");
        String query = request.rawQuery();
        return encoded(base + path + (query.isEmpty() ? "" : "?" + query));
    }

    /** Callers may send letters of all languages as they are; between processes only ASCII is safe. */
    private static String encoded(String target) {
        if (target.chars().allMatch(c -> c > ' ' && c < 0x7F)) return target;
        StringBuilder ascii = new StringBuilder();
        for (byte b : target.getBytes(StandardCharsets.UTF_8)) {
            if (b > ' ' && b < 0x7F) ascii.append((char) b);
            else ascii.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
        }
        return ascii.toString();
    }

    /** One check for each service that runs elsewhere: its {@code /health} says 200. */
    public List<Check> checks() {
        return upstreams.stream()
                .map(upstream -> Check.elsewhere(upstream.service().name(), () -> probe(upstream), upstream.url()))
                .toList();
    }

    private static void probe(Upstream upstream) throws IOException {
        try (Connection connection = Connection.open(upstream, PROBE_LIMIT)) {
            String text = "GET " + upstream.base() + "/health HTTP/1.1\r\nhost: " + upstream.authority()
                    + "\r\nconnection: close\r\n\r\n";
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            connection.write(bytes, 0, bytes.length, PROBE_LIMIT);
            int status = connection
                    .head(false, System.nanoTime() + PROBE_LIMIT.toNanos())
                    .status();
            if (status != 200) throw new IOException("/health says " + status);
        }
    }

    @Override
    public void start() {
        connections.start();
    }

    /** Cuts what is under way; call it when the server has waited for it. */
    @Override
    public void stop() {
        connections.stop();
    }
}

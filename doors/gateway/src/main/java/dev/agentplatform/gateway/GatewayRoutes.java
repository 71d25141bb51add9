package dev.agentplatform.gateway;

import dev.agentplatform.gateway.Checks.Result;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Routes;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What operators and load balancers ask; none of it needs a workspace, and it answers while the process drains. */
public final class GatewayRoutes {
    private final Product product;
    private final List<Check> readiness;
    private final List<Check> services;
    private final Metrics metrics;
    private final Duration limit;

    /** What this process says it is. */
    public record Product(String service, String version) {}

    /**
     * @param readiness what must work before this process takes requests: store, queue, configured brokers
     * @param services one check for each service, by its name; those of other processes have an address
     */
    public GatewayRoutes(Product product, List<Check> readiness, List<Check> services, Metrics metrics) {
        this(product, readiness, services, metrics, Checks.LIMIT);
    }

    GatewayRoutes(Product product, List<Check> readiness, List<Check> services, Metrics metrics, Duration limit) {
        this.product = product;
        this.readiness = List.copyOf(readiness);
        this.services = List.copyOf(services);
        this.metrics = metrics;
        this.limit = limit;
    }

    public Routes routes() {
        Routes routes = new Routes("gateway", "Health, readiness and metrics of this process");
        routes.get("/health", "Whether the process lives")
                .operational()
                .open()
                .answers(200, ObjectNode.class, "It lives")
                .answers(503, ObjectNode.class, "It is about to stop")
                .handle(this::health);
        routes.get("/ready", "Whether the process can take requests")
                .operational()
                .open()
                .answers(200, ObjectNode.class, "It can")
                .answers(503, ObjectNode.class, "It cannot; the checks say why")
                .handle(this::ready);
        routes.get("/gateway/services/health", "One row for each service")
                .operational()
                .open()
                .answers(200, ObjectNode.class, "The services")
                .handle(this::services);
        routes.get("/metrics", "Figures in the text format of Prometheus")
                .operational()
                .answers(200, String.class, "The figures")
                .handle(request -> Reply.text(200, Metrics.CONTENT_TYPE, metrics.scrape()));
        return routes;
    }

    private Reply health(Request request) {
        ObjectNode body = Json.object()
                .put("status", request.draining() ? "draining" : "healthy")
                .put("service", product.service())
                .put("version", product.version());
        return Reply.of(request.draining() ? 503 : 200, body);
    }

    private Reply ready(Request request) {
        List<Result> results = Checks.run(readiness, limit);
        boolean ready = !request.draining() && results.stream().allMatch(result -> result.ok() || !result.required());
        ObjectNode body = Json.object().put("status", request.draining() ? "draining" : ready ? "ready" : "not_ready");
        ArrayNode checks = body.putArray("checks");
        for (Result result : results) {
            checks.addObject()
                    .put("name", result.name())
                    .put("status", result.ok() ? "ok" : result.required() ? "error" : "unavailable")
                    .put("error", result.error().orElse(null))
                    .put("latency_ms", result.latencyMillis());
        }
        return Reply.of(ready ? 200 : 503, body);
    }

    private Reply services(Request request) {
        ObjectNode body = Json.object();
        ArrayNode items = body.putArray("items");
        for (Result result : Checks.run(services, limit)) {
            items.addObject()
                    .put("name", result.name())
                    .put("mode", result.check().url().isPresent() ? "remote" : "local")
                    .put("url", result.check().url().orElse(request.baseUrl()))
                    .put("status", result.ok() ? "healthy" : "unhealthy")
                    .put("latency_ms", result.latencyMillis());
        }
        body.putNull("next_cursor");
        return Reply.of(200, body);
    }
}

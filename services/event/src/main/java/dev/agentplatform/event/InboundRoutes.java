package dev.agentplatform.event;

import dev.agentplatform.events.Event;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Workspace;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /events/inbound/{key}}: signed requests of other systems become events; and the endpoints for them. */
final class InboundRoutes {
    static final int BODY_BYTES_MAX = 1024 * 1024;
    /** How old a signed timestamp may be, and how far ahead. */
    static final long TIMESTAMP_SECONDS_MAX = 300;

    private static final int KEY_BYTES = 24;
    private static final int SECRET_MIN = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final EventModule.Parts parts;
    private final Events events;

    InboundRoutes(EventModule.Parts parts) {
        this.parts = parts;
        this.events = new Events(parts);
    }

    record Create(
            @Required @Length(min = 1, max = 200) String name,
            @Required @Length(min = 1, max = 200) String eventType,
            @Length(max = 200) String sourceService,

            @OneOf({"standard", "github", "hmac"})
            @Doc("standard: webhook-signature; github: x-hub-signature-256; hmac: x-signature")
            String signature,

            @Length(min = SECRET_MIN, max = 500) @Doc("One is made when none is given")
            String secret) {}

    record Change(
            @Length(min = 1, max = 200) String name,
            @Length(min = 1, max = 200) String eventType,
            @Length(max = 200) String sourceService,
            @OneOf({"standard", "github", "hmac"}) String signature,
            @Length(min = SECRET_MIN, max = 500) String secret,
            @OneOf({"active", "disabled"}) String status) {}

    void addTo(Routes routes) {
        routes.post("/events/inbound-endpoints", "Make an address for signed requests of another system")
                .body(Create.class)
                .answers(201, ObjectNode.class, "The endpoint; its secret is shown this once")
                .handle(this::create);
        routes.get("/events/inbound-endpoints", "List inbound endpoints, newest first")
                .paged()
                .handle(request -> Reply.page(
                        parts.database()
                                .read(sql -> InboundTable.page(
                                        sql, request.workspace().id(), SubscriptionRoutes.page(request))),
                        InboundEndpoint::json));
        routes.get("/events/inbound-endpoints/{id}", "Show an inbound endpoint")
                .handle(request -> Reply.of(200, find(request).json()));
        routes.patch("/events/inbound-endpoints/{id}", "Change, disable or enable an inbound endpoint")
                .body(Change.class)
                .handle(this::change);
        routes.delete("/events/inbound-endpoints/{id}", "Delete an inbound endpoint")
                .handle(request -> {
                    InboundEndpoint found = find(request);
                    parts.database().transact(sql -> InboundTable.delete(sql, found.workspaceId(), found.id()));
                    return Reply.empty(204);
                });
        routes.post("/events/inbound/{key}", "Tell of something, signed with the endpoint's secret")
                .open()
                .streamedBody()
                .answers(202, ObjectNode.class, "The event")
                .handle(this::receive);
    }

    private Reply create(Request request) {
        Create body = request.body(Create.class);
        String workspace = request.workspace().id();
        UUID id = parts.ids().next();
        String secret = body.secret() == null ? Signatures.newSecret() : body.secret();
        long now = parts.clock().millis();
        InboundEndpoint endpoint = new InboundEndpoint(
                id,
                workspace,
                newKey(workspace),
                body.name(),
                body.eventType(),
                body.sourceService() == null ? "inbound" : body.sourceService(),
                body.signature() == null ? "standard" : body.signature(),
                true,
                parts.vault().seal(InboundEndpoint.sealContext(workspace, id), secret),
                now,
                now);
        parts.database().transact(sql -> {
            InboundTable.insert(sql, endpoint);
            return null;
        });
        return Reply.of(201, endpoint.json().put("secret", secret));
    }

    private Reply change(Request request) {
        Change body = request.body(Change.class);
        InboundEndpoint old = find(request);
        InboundEndpoint changed = new InboundEndpoint(
                old.id(),
                old.workspaceId(),
                old.key(),
                body.name() == null ? old.name() : body.name(),
                body.eventType() == null ? old.eventType() : body.eventType(),
                body.sourceService() == null ? old.sourceService() : body.sourceService(),
                body.signature() == null ? old.signature() : body.signature(),
                body.status() == null ? old.active() : body.status().equals("active"),
                body.secret() == null
                        ? old.secret()
                        : parts.vault().seal(InboundEndpoint.sealContext(old.workspaceId(), old.id()), body.secret()),
                old.createdTime(),
                parts.clock().millis());
        if (!parts.database().transact(sql -> InboundTable.update(sql, changed))) {
            throw Problem.notFound("inbound endpoint", old.id());
        }
        return Reply.of(200, changed.json());
    }

    private Reply receive(Request request) throws IOException {
        String key = request.text("key");
        InboundEndpoint endpoint = workspaceOf(key)
                .flatMap(workspace -> parts.database().read(sql -> InboundTable.ofKey(sql, workspace, key)))
                .filter(InboundEndpoint::active)
                .orElseThrow(() -> new Problem(404, "not_found", "There is no such inbound endpoint."));
        byte[] body = body(request);
        String secret = parts.vault()
                .open(InboundEndpoint.sealContext(endpoint.workspaceId(), endpoint.id()), endpoint.secret());
        if (!signed(request, endpoint.signature(), secret, body)) {
            throw new Problem(401, "bad_signature", "The request is not signed with the secret of this endpoint.");
        }
        UUID id = parts.ids().next();
        Event event = events.publish(new Outbox.Message(
                id,
                endpoint.workspaceId(),
                endpoint.eventType(),
                endpoint.sourceService(),
                "inbound_endpoint",
                endpoint.id().toString(),
                parts.clock().millis(),
                Json.write(payload(request, body))));
        return Reply.of(202, event.json());
    }

    private static byte[] body(Request request) throws IOException {
        try (InputStream in = request.bodyStream()) {
            byte[] body = in.readNBytes(BODY_BYTES_MAX + 1);
            if (body.length > BODY_BYTES_MAX) {
                throw Problem.tooLarge("A request to an inbound endpoint may have at most 1 MiB.");
            }
            return body;
        }
    }

    private boolean signed(Request request, String scheme, String secret, byte[] body) {
        return switch (scheme) {
            case "github" -> matches(request, "x-hub-signature-256", Signatures.plain(secret, body));
            case "hmac" -> matches(request, "x-signature", Signatures.plain(secret, body));
            default -> signedByStandard(request, secret, body);
        };
    }

    private static boolean matches(Request request, String header, String expected) {
        return request.header(header)
                .map(given -> Signatures.same(given.startsWith("sha256=") ? given : "sha256=" + given, expected))
                .orElse(false);
    }

    private boolean signedByStandard(Request request, String secret, byte[] body) {
        Optional<String> id = request.header("webhook-id");
        Optional<String> timestamp = request.header("webhook-timestamp");
        Optional<String> signatures = request.header("webhook-signature");
        if (id.isEmpty() || timestamp.isEmpty() || signatures.isEmpty()) return false;
        if (!timestamp.get().matches("\\d{1,12}")) return false;
        long age = parts.clock().millis() / 1_000 - Long.parseLong(timestamp.get());
        if (Math.abs(age) > TIMESTAMP_SECONDS_MAX) return false;
        String expected = Signatures.standard(secret, id.get(), timestamp.get(), body);
        // While a secret is being changed there may be several.
        for (String given : signatures.get().split(" ")) if (Signatures.same(given, expected)) return true;
        return false;
    }

    /** The body, and what the sender says of it in headers. */
    private static ObjectNode payload(Request request, byte[] body) {
        ObjectNode payload = Json.object();
        payload.set("body", tree(body));
        payload.put("content_type", request.header("content-type").orElse(null));
        request.header("webhook-id").ifPresent(id -> payload.put("delivery_id", id));
        request.header("x-github-delivery").ifPresent(id -> payload.put("delivery_id", id));
        request.header("x-github-event").ifPresent(event -> payload.put("event", event));
        return payload;
    }

    private static JsonNode tree(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        try {
            JsonNode tree = Json.mapper().readTree(text);
            return tree.isMissingNode() ? Json.text(text) : tree;
        } catch (JacksonException noJson) {
            return Json.text(text);
        }
    }

    /** The workspace is part of the key, since nobody else names it. */
    private static String newKey(String workspace) {
        byte[] random = new byte[KEY_BYTES];
        RANDOM.nextBytes(random);
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        return encoder.encodeToString(workspace.getBytes(StandardCharsets.UTF_8)) + "."
                + encoder.encodeToString(random);
    }

    private static Optional<String> workspaceOf(String key) {
        int dot = key.indexOf('.');
        if (dot < 1) return Optional.empty();
        try {
            byte[] name = Base64.getUrlDecoder().decode(key.substring(0, dot));
            return Optional.of(new Workspace(new String(name, StandardCharsets.UTF_8)).id());
        } catch (IllegalArgumentException | Problem noKey) {
            return Optional.empty();
        }
    }

    private InboundEndpoint find(Request request) {
        UUID id = request.id("id", "inbound endpoint");
        return parts.database()
                .read(sql -> InboundTable.find(sql, request.workspace().id(), id))
                .orElseThrow(() -> Problem.notFound("inbound endpoint", id));
    }
}

package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;

/** {@code /events}: publishing, subscriptions and deliveries, fetching, inbound webhooks. */
class EventApiTest {
    private static final String FLOW =
            "{'nodes':[{'id':'a','type':'start'},{'id':'b','type':'answer','config':{'template':'{{input.event.aggregate_id}}'}}],"
                + "'edges':[{'source':'a','target':'b'}]}";

    private static Answer publish(Api api, String type, String aggregate, int n) {
        return api.post(
                        "/events",
                        "{'event_type':'%s','source_service':'shop','aggregate_type':'order','aggregate_id':'%s','payload_json':{'n':%d}}"
                                .formatted(type, aggregate, n))
                .expect(201);
    }

    private static Answer subscribe(Api api, String url, String more) {
        return api.post(
                        "/events/subscriptions",
                        "{'name':'s','event_types':['order.*'],'target':{'type':'webhook','url':'%s','secret':'a-secret-of-the-test'}%s}"
                                .formatted(url, more))
                .expect(201);
    }

    @OnEveryServer
    void anEventIsListedAndShown(Api api) {
        Answer made = publish(api, "order.paid", "7", 1);
        publish(api, "order.sent", "7", 2);

        assertThat(api.get("/events/" + made.id()).expect(200).text("payload_json.n"))
                .isEqualTo("1");
        assertThat(api.get("/events?event_type=order.sent").expect(200).each("aggregate_id"))
                .containsExactly("7");
        assertThat(api.get("/events?aggregate_id=8").expect(200).each("id")).isEmpty();
        api.elsewhere().get("/events/" + made.id()).expect(404);
    }

    @OnEveryServer
    void aWebhookGetsWhatItSubscribedToSigned(Api api) throws Exception {
        try (WebhookReceiver receiver = new WebhookReceiver()) {
            subscribe(api, receiver.url(), ",'filter':'payload.n > 1'");
            publish(api, "order.paid", "7", 1);
            publish(api, "user.made", "7", 5);
            Answer wanted = publish(api, "order.paid", "7", 2);

            JsonNode event = receiver.events(1).getFirst();
            assertThat(event.path("id").asString()).isEqualTo(wanted.id());
            assertThat(event.path("workspace_id").asString()).isEqualTo(api.workspace());
            WebhookReceiver.Request request = receiver.requests().getFirst();
            String signed = request.headers().get("webhook-id") + "."
                    + request.headers().get("webhook-timestamp") + "." + request.body();
            assertThat(request.headers().get("webhook-id")).isEqualTo(wanted.id());
            assertThat(request.headers().get("webhook-signature"))
                    .isEqualTo("v1," + Base64.getEncoder().encodeToString(hmac("a-secret-of-the-test", signed)));
        }
    }

    @OnEveryServer
    void theSecretIsShownOnceAtMost(Api api) {
        String given = subscribe(api, "http://127.0.0.1:9/", "").id();
        assertThat(api.get("/events/subscriptions/" + given).text()).doesNotContain("a-secret-of-the-test");
        Answer made = api.post(
                        "/events/subscriptions",
                        "{'name':'s','event_types':['*'],'target':{'type':'webhook','url':'http://127.0.0.1:9/'}}")
                .expect(201);
        assertThat(made.text("target.secret")).startsWith("whsec_");
        assertThat(api.get("/events/subscriptions/" + made.id()).text("target.secret"))
                .isEqualTo("****");
    }

    @OnEveryServer
    void eventsOfOneAggregateComeInOrder(Api api) {
        try (WebhookReceiver receiver = new WebhookReceiver()) {
            subscribe(api, receiver.url(), "");
            for (int n = 0; n < 30; n++) publish(api, "order.paid", String.valueOf(n % 3), n);

            List<JsonNode> events = receiver.events(30);
            for (int aggregate = 0; aggregate < 3; aggregate++) {
                assertThat(numbersOf(events, String.valueOf(aggregate)))
                        .isSorted()
                        .hasSize(10);
            }
        }
    }

    @OnEveryServer
    void aFailingAggregateHoldsBackOnlyItself(Api api) {
        try (WebhookReceiver receiver = new WebhookReceiver()) {
            receiver.refuse("bad", 1);
            subscribe(api, receiver.url(), ",'retry_delay_seconds':2");
            for (int n = 0; n < 5; n++) publish(api, "order.paid", "bad", n);
            publish(api, "order.paid", "good", 9);

            List<JsonNode> events = receiver.events(6);
            assertThat(events.getFirst().path("aggregate_id").asString()).isEqualTo("good");
            assertThat(numbersOf(events, "bad")).containsExactly(0, 1, 2, 3, 4);
        }
    }

    @OnEveryServer
    void whatIsRefusedTooOftenIsDeadAndCanBeReplayed(Api api) {
        try (WebhookReceiver receiver = new WebhookReceiver()) {
            receiver.refuse("bad", 2);
            String subscription = subscribe(api, receiver.url(), ",'retry_delay_seconds':0.01,'max_attempts':2")
                    .id();
            publish(api, "order.paid", "bad", 1);
            String dead = untilDead(api, subscription);
            assertThat(api.get("/events/deliveries/" + dead).expect(200).text("last_error"))
                    .contains("503");
            publish(api, "order.paid", "bad", 2);
            assertThat(numbersOf(receiver.events(1), "bad")).containsExactly(2);

            api.post("/events/deliveries/" + dead + "/replay").expect(202);
            assertThat(numbersOf(receiver.events(2), "bad")).containsExactly(2, 1);
            Await.until(() -> api.get("/events/deliveries/" + dead).status() == 404, "the delivery to be confirmed");
            api.elsewhere().get("/events/deliveries/" + dead).expect(404);
        }
    }

    @OnEveryServer
    void aRangeOfTheLogCanBeReplayed(Api api) {
        publish(api, "order.paid", "1", 1);
        publish(api, "order.paid", "1", 2);
        publish(api, "user.made", "1", 3);
        try (WebhookReceiver receiver = new WebhookReceiver()) {
            String subscription = subscribe(api, receiver.url(), "").id();
            Answer replayed = api.post(
                            "/events/subscriptions/" + subscription + "/replay",
                            "{'from_time':'2020-01-01T00:00:00Z','dead_only':false}")
                    .expect(202);
            assertThat(replayed.text("replayed")).isEqualTo("2");
            assertThat(numbersOf(receiver.events(2), "1")).containsExactly(1, 2);
        }
    }

    @OnEveryServer
    void batchesKeepTheOrder(Api api) {
        try (WebhookReceiver receiver = new WebhookReceiver()) {
            String subscription = api.post(
                            "/events/subscriptions",
                            "{'name':'s','event_types':['*'],'status':'paused','target':{'type':'webhook','url':'%s','batch_max':20}}"
                                    .formatted(receiver.url()))
                    .expect(201)
                    .id();
            for (int n = 0; n < 40; n++) publish(api, "order.paid", String.valueOf(n % 2), n);
            assertThat(receiver.requests()).isEmpty();
            api.patch("/events/subscriptions/" + subscription, "{'status':'active'}")
                    .expect(200);

            List<JsonNode> events = receiver.events(40);
            assertThat(numbersOf(events, "0")).isSorted().hasSize(20);
            assertThat(numbersOf(events, "1")).isSorted().hasSize(20);
            assertThat(receiver.requests().size()).isLessThan(40);
        }
    }

    @OnEveryServer
    void changesOfRunsAreTold(Api api) {
        try (WebhookReceiver receiver = new WebhookReceiver()) {
            api.post(
                            "/events/subscriptions",
                            "{'name':'runs','event_types':['run.*'],'target':{'type':'webhook','url':'%s'}}"
                                    .formatted(receiver.url()))
                    .expect(201);
            String run = api.run(FLOW, "{'event':{'aggregate_id':'x'}}").id();

            List<JsonNode> events = receiver.events(3);
            assertThat(events)
                    .extracting(event -> event.path("event_type").asString())
                    .containsExactly("run.created", "run.started", "run.completed");
            assertThat(events.getLast().path("payload_json").path("run_id").asString())
                    .isEqualTo(run);
            assertThat(events.getLast().path("payload_json").path("output_text").asString())
                    .isEqualTo("x");
        }
    }

    @OnEveryServer
    void runsThatNobodyListensToLeaveNoEvent(Api api) {
        api.run(FLOW, "{}");
        assertThat(api.get("/events").expect(200).each("id")).isEmpty();
    }

    @OnEveryServer
    void anEventTriggersOneRun(Api api) {
        String version = api.published(FLOW);
        api.post(
                        "/events/subscriptions",
                        "{'name':'t','event_types':['order.paid'],'target':{'type':'trigger','workflow_version_id':'%s'}}"
                                .formatted(version))
                .expect(201);
        publish(api, "order.paid", "o-1", 1);

        Await.until(() -> !api.get("/runtime/runs").each("id").isEmpty(), "the run of the event");
        List<String> runs = api.get("/runtime/runs").each("id");
        assertThat(runs).hasSize(1);
        assertThat(api.ended(runs.getFirst()).text("output_text")).isEqualTo("o-1");
    }

    @OnEveryServer
    void aTriggerDoesNotFeedItself(Api api) {
        String version = api.published(FLOW);
        api.post(
                        "/events/subscriptions",
                        "{'name':'t','event_types':['run.completed','order.paid'],'target':{'type':'trigger','workflow_version_id':'%s'}}"
                                .formatted(version))
                .expect(201);
        publish(api, "order.paid", "o-1", 1);
        Await.until(() -> api.get("/events?event_type=run.completed").each("id").size() == 1, "the end of the run");
        publish(api, "order.paid", "o-2", 1);
        Await.until(
                () -> api.get("/events?event_type=run.completed").each("id").size() == 2, "the end of the second run");
        assertThat(api.get("/runtime/runs").each("id")).hasSize(2);
    }

    @OnEveryServer
    void callersFetchWhatNobodyConfirmed(Api api) {
        Answer first = publish(api, "order.paid", "1", 1);
        Answer second = publish(api, "order.paid", "1", 2);
        assertThat(api.post("/events/claim-pending", "{'limit':1}").expect(200).each("id"))
                .containsExactly(first.id());
        assertThat(api.post("/events/claim-pending", "{'limit':9}").expect(200).each("id"))
                .containsExactly(second.id());
        assertThat(api.get("/events/" + first.id()).text("status")).isEqualTo("claimed");

        api.post("/events/" + first.id() + "/status", "{'status':'delivered'}").expect(200);
        assertThat(api.get("/events/" + first.id()).text("status")).isEqualTo("delivered");
        Answer third = publish(api, "user.made", "2", 3);
        assertThat(api.post("/events/claim-pending", "{'limit':9}").expect(200).each("id"))
                .containsExactly(third.id());
        api.post("/events/" + second.id() + "/status", "{'status':'failed','error_message':'no room'}")
                .expect(200);
        assertThat(api.get("/events/" + second.id()).text("status")).isEqualTo("pending");
        assertThat(api.elsewhere()
                        .post("/events/claim-pending", "{}")
                        .expect(200)
                        .each("id"))
                .isEmpty();
    }

    @OnEveryServer
    void anUnconfirmedEventComesAgainWhenItsLeaseEnds(Api api) {
        Answer event = publish(api, "order.paid", "1", 1);
        api.post("/events/claim-pending", "{'lease_seconds':1}").expect(200);
        Await.until(
                () -> api.post("/events/claim-pending", "{}").each("id").contains(event.id()), "the end of the lease");
    }

    @OnEveryServer
    void aSignedRequestBecomesAnEvent(Api api) throws Exception {
        Answer endpoint = api.post(
                        "/events/inbound-endpoints",
                        "{'name':'git','event_type':'git.push','signature':'github','secret':'sixteen-letters!'}")
                .expect(201);
        String body = "{\"ref\":\"main\"}";
        String signature = "sha256=" + java.util.HexFormat.of().formatHex(hmac("sixteen-letters!", body));
        Answer told = inbound(api, endpoint, body, "x-hub-signature-256", signature, "x-github-event", "push");
        assertThat(told.status()).as(told.text()).isEqualTo(202);
        Answer event = api.get("/events?event_type=git.push").expect(200);
        assertThat(event.text("items.0.payload_json.body.ref")).isEqualTo("main");
        assertThat(event.text("items.0.payload_json.event")).isEqualTo("push");

        assertThat(inbound(api, endpoint, body + " ", "x-hub-signature-256", signature)
                        .status())
                .isEqualTo(401);
        assertThat(inbound(api, endpoint, body).status()).isEqualTo(401);
        api.patch("/events/inbound-endpoints/" + endpoint.id(), "{'status':'disabled'}")
                .expect(200);
        assertThat(inbound(api, endpoint, body, "x-hub-signature-256", signature)
                        .status())
                .isEqualTo(404);
        assertThat(api.get("/events/inbound-endpoints/" + endpoint.id()).text()).doesNotContain("sixteen-letters");
    }

    private static Answer inbound(Api api, Answer endpoint, String body, String... headers) {
        var request = java.net.http.HttpRequest.newBuilder()
                .header("Content-Type", "application/json")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) request.headers(headers);
        return api.exchange(request, "POST", endpoint.text("path"));
    }

    @OnEveryServer
    void wrongSubscriptionsAreRefusedByName(Api api) {
        String target = "{'type':'webhook','url':'http://x.test/'}";
        refused(api, "{'name':'s','event_types':['a b'],'target':%s}".formatted(target), "event_types.0");
        refused(api, "{'name':'s','event_types':[],'target':%s}".formatted(target), "event_types");
        refused(api, "{'name':'s','event_types':['*'],'filter':'1 +','target':%s}".formatted(target), "filter");
        refused(api, "{'name':'s','event_types':['*'],'target':{'type':'pigeon'}}", "target.type");
        refused(api, "{'name':'s','event_types':['*'],'target':{'type':'webhook','url':'ftp://x/'}}", "target.url");
        refused(api, "{'name':'s','event_types':['*'],'target':{'type':'trigger','robot_id':'x'}}", "target.robot_id");
        assertThat(api.get("/events/subscriptions").expect(200).each("id")).isEmpty();
    }

    private static void refused(Api api, String body, String path) {
        Answer answer = api.post("/events/subscriptions", body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        assertThat(answer.text("errors.0.path")).isEqualTo(path);
    }

    @OnEveryServer
    void aDeletedSubscriptionLeavesNothingBehind(Api api) {
        try (WebhookReceiver receiver = new WebhookReceiver()) {
            receiver.refuse("bad", 1_000);
            String id = subscribe(api, receiver.url(), ",'retry_delay_seconds':0.05")
                    .id();
            publish(api, "order.paid", "bad", 1);
            Await.until(
                    () -> !api.get("/events/deliveries?status=pending&subscription_id=" + id)
                            .each("id")
                            .isEmpty(),
                    "the delivery");
            api.delete("/events/subscriptions/" + id).expect(204);
            Await.until(
                    () -> api.get("/events/deliveries?status=pending&subscription_id=" + id)
                            .each("id")
                            .isEmpty(),
                    "the delivery to go");
        }
    }

    private static String untilDead(Api api, String subscription) {
        String path = "/events/deliveries?subscription_id=" + subscription;
        Await.until(() -> !api.get(path).each("id").isEmpty(), "a dead delivery");
        return api.get(path).each("id").getFirst();
    }

    private static List<Integer> numbersOf(List<JsonNode> events, String aggregate) {
        List<Integer> numbers = new ArrayList<>();
        for (JsonNode event : events) {
            if (!event.path("aggregate_id").asString().equals(aggregate)) continue;
            int n = event.path("payload_json").path("n").asInt();
            // At least once: a repeat directly behind would be allowed.
            if (numbers.isEmpty() || numbers.getLast() != n) numbers.add(n);
        }
        return numbers;
    }

    private static byte[] hmac(String secret, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }
}

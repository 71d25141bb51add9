package dev.agentplatform.app.api;

import static dev.agentplatform.app.api.BrokerEvents.distinct;
import static dev.agentplatform.app.api.BrokerEvents.ended;
import static dev.agentplatform.app.api.BrokerEvents.inOrder;
import static dev.agentplatform.app.api.BrokerEvents.name;
import static dev.agentplatform.app.api.BrokerEvents.number;
import static dev.agentplatform.app.api.BrokerEvents.numbers;
import static dev.agentplatform.app.api.BrokerEvents.publish;
import static dev.agentplatform.app.api.BrokerEvents.publishing;
import static dev.agentplatform.app.api.BrokerEvents.received;
import static dev.agentplatform.app.api.BrokerEvents.subscribe;
import static dev.agentplatform.app.api.BrokerEvents.untilDead;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Dialect;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.TestRabbitMq.Received;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Subscriptions that deliver to a real Redis and a real RabbitMQ, also when these die in the middle. */
class BrokerApiTest {
    private static final String EXCHANGE = "agent-platform.events";

    @AfterAll
    static void stop() throws Exception {
        BrokerServers.close();
    }

    // ---- Redis

    @ParameterizedTest
    @MethodSource("dev.agentplatform.testkit.Databases#both")
    void anEventIsAppendedToAStream(Dialect dialect) {
        var redis = BrokerServers.redis();
        Api api = BrokerServers.api(dialect);
        String stream = name();
        Answer made = subscribe(api, "{'type':'redis','stream':'%s'}".formatted(stream), "");
        assertThat(made.text("target.key")).isEqualTo(stream);
        publish(api, "user.made", "1", 1);
        Answer event = publish(api, "order.paid", "7", 2);

        Await.until(() -> redis.stream(stream).size() == 1, "the entry");
        Map<String, String> entry = redis.stream(stream).getFirst();
        assertThat(entry)
                .containsEntry("id", event.id())
                .containsEntry("event_type", "order.paid")
                .containsEntry("workspace_id", api.workspace());
        assertThat(Json.parse(entry.get("event")).path("payload_json").path("n").asInt())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("dev.agentplatform.testkit.Databases#both")
    void aStreamKeepsTheOrderOfEachAggregateAndItsLength(Dialect dialect) {
        var redis = BrokerServers.redis();
        Api api = BrokerServers.api(dialect);
        String stream = name();
        String id = subscribe(api, "{'type':'redis','stream':'%s'}".formatted(stream), ",'status':'paused'")
                .id();
        for (int n = 0; n < 60; n++) publish(api, "order.paid", String.valueOf(n % 3), n);
        api.patch("/events/subscriptions/" + id, "{'status':'active'}").expect(200);
        Await.until(() -> redis.stream(stream).size() == 60, "the entries");
        inOrder(numbers(redis.stream(stream)), 3, 60);

        // Redis trims whole nodes of 100 entries.
        api.patch(
                        "/events/subscriptions/" + id,
                        "{'target':{'type':'redis','stream':'%s','max_length':1}}".formatted(stream))
                .expect(200);
        for (int n = 60; n < 160; n++) publish(api, "order.paid", "x", n);
        Await.until(() -> redis.stream(stream).getLast().get("event").contains("\"n\":159"), "the last of the events");
        assertThat(redis.stream(stream)).hasSizeLessThan(160);
    }

    @ParameterizedTest
    @MethodSource("dev.agentplatform.testkit.Databases#both")
    void aKeyThatIsNoStreamIsAFailureOfTheEvent(Dialect dialect) {
        var redis = BrokerServers.redis();
        Api api = BrokerServers.api(dialect);
        String stream = name();
        redis.set(stream, "a text");
        String id = subscribe(
                        api,
                        "{'type':'redis','stream':'%s'}".formatted(stream),
                        ",'max_attempts':2,'retry_delay_seconds':0.01")
                .id();
        publish(api, "order.paid", "7", 1);
        String dead = untilDead(api, id);
        assertThat(api.get("/events/deliveries/" + dead).text("last_error")).contains("WRONGTYPE");

        redis.delete(stream);
        api.post("/events/deliveries/" + dead + "/replay").expect(202);
        Await.until(() -> redis.stream(stream).size() == 1, "the entry");
    }

    @ParameterizedTest
    @MethodSource("dev.agentplatform.testkit.Databases#both")
    void eventsWaitForARedisThatDied(Dialect dialect) {
        var redis = BrokerServers.redis();
        Api api = BrokerServers.api(dialect);
        String stream = name();
        String id = subscribe(
                        api,
                        "{'type':'redis','stream':'%s'}".formatted(stream),
                        ",'max_attempts':1,'retry_delay_seconds':0.05")
                .id();
        try (WebhookReceiver receiver = new WebhookReceiver()) {
            subscribe(api, "{'type':'webhook','url':'%s'}".formatted(receiver.url()), "");
            Thread publisher = publishing(api, 120);
            Await.until(() -> redis.stream(stream).size() > 10, "some entries");
            redis.kill();
            ended(publisher);
            // Others are served meanwhile, and none of the events is set aside.
            receiver.events(120);
            Answer waiting = api.get("/events/deliveries?status=pending&subscription_id=" + id);
            assertThat(waiting.text("items.0.last_error"))
                    .contains("cannot be reached")
                    .contains("127.0.0.1");
            assertThat(api.get("/events/deliveries?subscription_id=" + id).each("id"))
                    .isEmpty();
            redis.restart();
            Await.until(() -> distinct(numbers(redis.stream(stream))) == 120, "every event");
            inOrder(numbers(redis.stream(stream)), 3, 120);
        }
    }

    // ---- RabbitMQ

    @ParameterizedTest
    @MethodSource("dev.agentplatform.testkit.Databases#both")
    void anEventIsPublishedAsAPersistentMessage(Dialect dialect) {
        var rabbitMq = BrokerServers.rabbitMq();
        Api api = BrokerServers.api(dialect);
        String key = name();
        String queue = rabbitMq.queue(EXCHANGE, key);
        Answer made = subscribe(api, "{'type':'rabbitmq','routing_key':'%s'}".formatted(key), "");
        assertThat(made.text("target.exchange")).isEqualTo(EXCHANGE);
        Answer event = publish(api, "order.paid", "7", 2);

        Received message = received(() -> rabbitMq.take(queue), 1).getFirst();
        assertThat(message.id()).isEqualTo(event.id());
        assertThat(message.persistent()).isTrue();
        assertThat(message.type()).isEqualTo("order.paid");
        assertThat(message.headers()).containsEntry("workspace_id", api.workspace());
        assertThat(Json.parse(message.body()).path("payload_json").path("n").asInt())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("dev.agentplatform.testkit.Databases#both")
    void withoutARoutingKeyTheTypeOfTheEventIsOne(Dialect dialect) {
        var rabbitMq = BrokerServers.rabbitMq();
        Api api = BrokerServers.api(dialect);
        String exchange = name();
        String queue = rabbitMq.queue(exchange, "order.*");
        subscribe(api, "{'type':'rabbitmq','exchange':'%s'}".formatted(exchange), "");
        for (int n = 0; n < 60; n++) publish(api, n % 2 == 0 ? "order.paid" : "order.sent", String.valueOf(n % 3), n);
        List<Received> all = received(() -> rabbitMq.take(queue), 60);
        inOrder(all.stream().map(BrokerEvents::number).toList(), 3, 60);
        assertThat(all).extracting(Received::routingKey).contains("order.paid", "order.sent");
    }

    @ParameterizedTest
    @MethodSource("dev.agentplatform.testkit.Databases#both")
    void whatNoQueueTakesIsAFailureOfItsAggregateOnly(Dialect dialect) {
        var rabbitMq = BrokerServers.rabbitMq();
        Api api = BrokerServers.api(dialect);
        String exchange = name();
        String queue = rabbitMq.queue(exchange, "order.paid");
        String id = subscribe(
                        api,
                        "{'type':'rabbitmq','exchange':'%s'}".formatted(exchange),
                        ",'status':'paused','max_attempts':3,'retry_delay_seconds':0.3")
                .id();
        publish(api, "order.lost", "bad", 1);
        publish(api, "order.paid", "bad", 2);
        publish(api, "order.paid", "good", 3);
        publish(api, "order.paid", "good", 4);
        api.patch("/events/subscriptions/" + id, "{'status':'active'}").expect(200);

        List<Received> good = received(() -> rabbitMq.take(queue), 2);
        assertThat(good).extracting(one -> number(one).n()).containsExactly(3, 4);
        String dead = untilDead(api, id);
        assertThat(api.get("/events/deliveries/" + dead).text("last_error"))
                .contains("No queue takes it")
                .contains("order.lost");
        assertThat(received(() -> rabbitMq.take(queue), 1))
                .extracting(one -> number(one).n())
                .containsExactly(2);
    }

    @ParameterizedTest
    @MethodSource("dev.agentplatform.testkit.Databases#both")
    void whatWaitsBehindADeadEventIsNotDead(Dialect dialect) {
        var rabbitMq = BrokerServers.rabbitMq();
        Api api = BrokerServers.api(dialect);
        String exchange = name();
        String queue = rabbitMq.queue(exchange, "order.paid");
        String id = subscribe(
                        api,
                        "{'type':'rabbitmq','exchange':'%s'}".formatted(exchange),
                        ",'status':'paused','max_attempts':1")
                .id();
        publish(api, "order.lost", "7", 1);
        for (int n = 2; n < 5; n++) publish(api, "order.paid", "7", n);
        api.patch("/events/subscriptions/" + id, "{'status':'active'}").expect(200);
        assertThat(received(() -> rabbitMq.take(queue), 3))
                .extracting(one -> number(one).n())
                .containsExactly(2, 3, 4);
        assertThat(api.get("/events/deliveries?subscription_id=" + id).each("id"))
                .hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("dev.agentplatform.testkit.Databases#both")
    void anExchangeThatIsNotThereIsAFailure(Dialect dialect) {
        BrokerServers.rabbitMq();
        Api api = BrokerServers.api(dialect);
        String exchange = name();
        String id = subscribe(api, "{'type':'rabbitmq','exchange':'%s'}".formatted(exchange), ",'max_attempts':1")
                .id();
        publish(api, "order.paid", "7", 1);
        String dead = untilDead(api, id);
        assertThat(api.get("/events/deliveries/" + dead).text("last_error")).contains("no exchange '" + exchange);
    }

    @ParameterizedTest
    @MethodSource("dev.agentplatform.testkit.Databases#both")
    void eventsWaitForARabbitMqThatDied(Dialect dialect) {
        var rabbitMq = BrokerServers.rabbitMq();
        Api api = BrokerServers.api(dialect);
        String key = name();
        String queue = rabbitMq.queue(EXCHANGE, key);
        String id = subscribe(
                        api,
                        "{'type':'rabbitmq','routing_key':'%s'}".formatted(key),
                        ",'max_attempts':1,'retry_delay_seconds':0.05")
                .id();
        Thread publisher = publishing(api, 120);
        List<Received> all = new ArrayList<>(received(() -> rabbitMq.take(queue), 10));
        rabbitMq.kill();
        ended(publisher);
        Await.until(
                () -> api.get("/events/deliveries?status=pending&subscription_id=" + id)
                        .text("items.0.last_error")
                        .contains("cannot be reached"),
                "the deliveries to say why they wait");
        assertThat(api.get("/events/deliveries?subscription_id=" + id).each("id"))
                .isEmpty();
        rabbitMq.restart();
        Await.until(
                () -> {
                    all.addAll(rabbitMq.take(queue));
                    return distinct(all.stream().map(BrokerEvents::number).toList()) == 120;
                },
                "every event");
        inOrder(all.stream().map(BrokerEvents::number).toList(), 3, 120);
    }

    // ---- both

    @ParameterizedTest
    @MethodSource("dev.agentplatform.testkit.Databases#both")
    void wrongTargetsAreRefusedByName(Dialect dialect) {
        BrokerServers.redis();
        BrokerServers.rabbitMq();
        Api api = BrokerServers.api(dialect);
        refused(api, "{'type':'redis'}", "target.stream");
        refused(api, "{'type':'redis','stream':''}", "target.stream");
        refused(api, "{'type':'redis','stream':7}", "target.stream");
        refused(api, "{'type':'redis','stream':'agent-platform:rate:x'}", "target.stream");
        refused(api, "{'type':'redis','stream':'s','max_length':0}", "target.max_length");
        refused(api, "{'type':'redis','stream':'s','batch_max':101}", "target.batch_max");
        refused(api, "{'type':'rabbitmq','exchange':7}", "target.exchange");
        refused(api, "{'type':'rabbitmq','routing_key':'%s'}".formatted("ü".repeat(200)), "target.routing_key");
        refused(api, "{'type':'rabbitmq','exchange':''}", "target.routing_key");
        refused(api, "{'type':'rabbitmq','max_in_flight':65}", "target.max_in_flight");
        assertThat(api.get("/events/subscriptions").expect(200).each("id")).isEmpty();
    }

    /** Where keys keep workspaces apart, the brokers must too. */
    @Test
    void aGuardedServerKeepsTheNamesOfWorkspacesApart() throws Exception {
        var redis = BrokerServers.redis();
        var rabbitMq = BrokerServers.rabbitMq();
        Map<String, String> guarded = Map.of(
                "AGENT_PLATFORM_REDIS_URL", redis.url(),
                "AGENT_PLATFORM_RABBITMQ_URL", rabbitMq.url(),
                "AGENT_PLATFORM_BROKER_NAMES", "workspace");
        try (ApiServer server = new ApiServer(Dialect.SQLITE, false, guarded)) {
            Api api = new Api(server, Api.Spelling.WORKSPACE_HEADER, "team.a");
            String key = name();
            String mine = rabbitMq.queue(EXCHANGE, "team%2Ea." + key);
            String others = rabbitMq.queue(EXCHANGE, key);
            Answer stream = subscribe(api, "{'type':'redis','stream':'%s'}".formatted(key), "");
            assertThat(stream.text("target.key")).isEqualTo("agent-platform:events:team%2Ea:" + key);
            subscribe(api, "{'type':'rabbitmq','routing_key':'%s'}".formatted(key), "");
            refused(api, "{'type':'rabbitmq','exchange':'amq.topic'}", "target.exchange");
            refused(api, "{'type':'rabbitmq','exchange':'','routing_key':'%s'}".formatted(others), "target.exchange");
            publish(api, "order.paid", "7", 1);
            assertThat(received(() -> rabbitMq.take(mine), 1)).hasSize(1);
            assertThat(rabbitMq.take(others)).isEmpty();
            Await.until(() -> redis.stream(stream.text("target.key")).size() == 1, "the entry");
            assertThat(redis.stream(key)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.agentplatform.testkit.Databases#both")
    void healthTellsOfBothWithoutTheLogin(Dialect dialect) {
        BrokerServers.redis();
        BrokerServers.rabbitMq();
        Answer ready = BrokerServers.api(dialect).get("/ready").expect(200);
        assertThat(ready.text()).contains("redis").contains("rabbitmq").doesNotContain("guest");
    }

    private static void refused(Api api, String target, String path) {
        Answer answer =
                api.post("/events/subscriptions", "{'name':'s','event_types':['*'],'target':%s}".formatted(target));
        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        assertThat(answer.text("errors.0.path")).isEqualTo(path);
    }
}

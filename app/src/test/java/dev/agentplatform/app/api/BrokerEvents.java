package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.TestRabbitMq.Received;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** What tests of brokers publish, and what they read of it at the other end. */
final class BrokerEvents {
    private BrokerEvents() {}

    static Answer publish(Api api, String type, String aggregate, int n) {
        return api.post(
                        "/events",
                        "{'event_type':'%s','source_service':'shop','aggregate_type':'order','aggregate_id':'%s','payload_json':{'n':%d}}"
                                .formatted(type, aggregate, n))
                .expect(201);
    }

    static Answer subscribe(Api api, String target, String more) {
        return api.post(
                        "/events/subscriptions",
                        "{'name':'s','event_types':['order.*'],'target':%s%s}".formatted(target, more))
                .expect(201);
    }

    static String name() {
        return "t-" + UUID.randomUUID();
    }

    record Number(String aggregate, int n) {}

    static Number number(String event) {
        JsonNode json = Json.parse(event);
        return new Number(
                json.path("aggregate_id").asString(),
                json.path("payload_json").path("n").asInt());
    }

    static Number number(Received message) {
        return number(message.body());
    }

    static List<Number> numbers(List<Map<String, String>> entries) {
        return entries.stream().map(entry -> number(entry.get("event"))).toList();
    }

    static int distinct(List<Number> numbers) {
        return (int) numbers.stream().distinct().count();
    }

    /** Each at least once, and its first time behind the first time of each earlier one of its aggregate. */
    static void inOrder(List<Number> numbers, int aggregates, int count) {
        List<Number> first = numbers.stream().distinct().toList();
        assertThat(first).hasSize(count);
        for (int aggregate = 0; aggregate < aggregates; aggregate++) {
            String name = String.valueOf(aggregate);
            assertThat(first.stream().filter(it -> it.aggregate().equals(name)).map(Number::n))
                    .isSorted();
        }
    }

    static List<Received> received(Supplier<List<Received>> take, int count) {
        List<Received> all = new ArrayList<>();
        Await.until(
                () -> {
                    all.addAll(take.get());
                    return all.size() >= count;
                },
                count + " messages");
        return all;
    }

    static Thread publishing(Api api, int count) {
        return Thread.ofPlatform().start(() -> {
            for (int n = 0; n < count; n++) publish(api, "order.paid", String.valueOf(n % 3), n);
        });
    }

    static void ended(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    static String untilDead(Api api, String subscription) {
        String path = "/events/deliveries?subscription_id=" + subscription;
        Await.until(() -> !api.get(path).each("id").isEmpty(), "a dead delivery");
        return api.get(path).each("id").getFirst();
    }
}

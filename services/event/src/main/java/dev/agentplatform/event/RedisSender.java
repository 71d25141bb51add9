package dev.agentplatform.event;

import dev.agentplatform.brokers.BrokerAway;
import dev.agentplatform.brokers.BrokerRefused;
import dev.agentplatform.brokers.Redis;
import dev.agentplatform.events.Event;
import dev.agentplatform.events.Sender;
import dev.agentplatform.events.Subscription;
import dev.agentplatform.kernel.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * Appends events to a stream of the operator's Redis. A batch is one script: Redis runs it as a whole, in order, and one
 * that breaks off has appended its first events, so no event overtakes an earlier one.
 */
final class RedisSender implements Sender {
    static final String KIND = "redis";

    /** Sent at once, unless one event alone has more. */
    private static final int CHARACTERS_MAX = 1_000_000;

    private static final Redis.Script APPEND = new Redis.Script("""
        local length = tonumber(ARGV[1])
        for i = 2, #ARGV, 4 do
          local fields = {'id', ARGV[i], 'event_type', ARGV[i + 1], 'workspace_id', ARGV[i + 2], 'event', ARGV[i + 3]}
          if length > 0 then
            redis.call('XADD', KEYS[1], 'MAXLEN', '~', length, '*', unpack(fields))
          else
            redis.call('XADD', KEYS[1], '*', unpack(fields))
          end
        end
        return 1
        """);

    private final Redis redis;

    RedisSender(Redis redis) {
        this.redis = redis;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public int batchMax(Subscription subscription) {
        return subscription.target().path("batch_max").asInt(SubscriptionTarget.BATCH_MAX);
    }

    @Override
    public void send(Subscription subscription, List<Event> events) throws NotSent {
        String key = subscription.target().path("key").asString();
        String length = String.valueOf(subscription.target().path("max_length").asLong(0));
        int next = 0;
        while (next < events.size()) {
            List<String> arguments = new ArrayList<>(List.of(length));
            int characters = 0;
            do {
                Event event = events.get(next++);
                String json = Json.write(event.json());
                arguments.addAll(List.of(event.id().toString(), event.type(), event.workspaceId(), json));
                characters += json.length();
            } while (next < events.size() && characters < CHARACTERS_MAX);
            append(key, arguments);
        }
    }

    private void append(String key, List<String> arguments) throws NotSent {
        try {
            redis.run(APPEND, List.of(key), arguments);
        } catch (BrokerAway away) {
            throw NotSent.away(away.getMessage());
        } catch (BrokerRefused refused) {
            throw new NotSent(refused.getMessage());
        }
    }
}

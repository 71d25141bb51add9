package dev.agentplatform.event;

import dev.agentplatform.event.Round.Happening;
import dev.agentplatform.events.Delivery;
import dev.agentplatform.events.Sender;
import dev.agentplatform.events.Sender.NotSent;
import dev.agentplatform.events.Subscription;
import dev.agentplatform.kernel.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events that are sent strictly one after the other: those of one aggregate, or of several when they are sent in
 * batches. Filled by its round; while it flies a thread of its own empties it.
 */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final String key;
    private final boolean troubled;
    private final boolean readWhole;
    private final ConcurrentLinkedQueue<Delivery> queue = new ConcurrentLinkedQueue<>();
    private boolean planned;

    /**
     * @param troubled of one aggregate whose oldest event has failed
     * @param readWhole whether all that waited for the aggregate is in the lane
     */
    Lane(String key, boolean troubled, boolean readWhole) {
        this.key = key;
        this.troubled = troubled;
        this.readWhole = readWhole;
    }

    String key() {
        return key;
    }

    boolean troubled() {
        return troubled;
    }

    boolean readWhole() {
        return readWhole;
    }

    void add(Delivery delivery) {
        queue.add(delivery);
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Neither flying nor about to. */
    boolean isIdle() {
        return !planned;
    }

    void planned() {
        planned = true;
    }

    /** Sends until the lane is empty or an event fails. */
    void launch(Sender sender, Subscription subscription, BlockingQueue<Happening> happenings) {
        // One that failed before must not take others down with it.
        int batchMax = troubled ? 1 : sender.batchMax(subscription);
        Thread.ofVirtual().name("delivery").start(() -> {
            while (true) {
                List<Delivery> batch = poll(batchMax);
                if (batch.isEmpty()) {
                    happenings.add(new Happening.Landed(this));
                    return;
                }
                String error = send(sender, subscription, batch);
                if (error != null) {
                    happenings.add(new Happening.Failed(this, batch, error));
                    return;
                }
                happenings.add(new Happening.Sent(batch));
            }
        });
    }

    /** Takes the next ones out, at most so many. */
    List<Delivery> poll(int most) {
        List<Delivery> batch = new ArrayList<>(Math.min(most, 16));
        while (batch.size() < most) {
            Delivery next = queue.poll();
            if (next == null) break;
            batch.add(next);
        }
        return batch;
    }

    /** Null when all were confirmed. */
    private static String send(Sender sender, Subscription subscription, List<Delivery> batch) {
        try {
            sender.send(subscription, batch.stream().map(Delivery::event).toList());
            return null;
        } catch (NotSent failure) {
            return failure.getMessage();
        } catch (Problem problem) {
            return problem.code() + ": " + problem.detail();
        } catch (InterruptedException interrupted) {
            return "The delivery was interrupted.";
        } catch (RuntimeException fault) {
            LOG.error("the sender of subscription {} failed", subscription.id(), fault);
            return "The sender failed; see the server's log.";
        }
    }
}

package dev.agentplatform.model.call;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.provider.Limits;
import dev.agentplatform.model.upstream.Patience;
import dev.agentplatform.model.upstream.UpstreamAnswer;
import dev.agentplatform.model.upstream.UpstreamError;
import dev.agentplatform.model.upstream.UpstreamError.Code;
import dev.agentplatform.model.usage.UsageLog;
import dev.agentplatform.model.usage.UsageRow;
import dev.agentplatform.model.wire.Wire;
import dev.agentplatform.model.wire.WireError;
import dev.agentplatform.model.wire.WireRequest;
import dev.agentplatform.model.wire.openai.Vectors;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes calls: candidate after candidate, try after try, within one limit of time. Only what came before the first byte
 * for the client is tried again.
 */
public final class Calls {
    private static final long BACKOFF_MILLIS = 250;
    private static final long BACKOFF_MILLIS_MAX = 4_000;

    /** A provider that asks for more patience is not waited for. */
    private static final long RETRY_AFTER_MILLIS_MAX = 10_000;

    private static final int CODE_CHARS_MAX = 64;

    private final Directory directory;
    private final UsageLog usage;
    private final Clock clock;
    private final Ids ids;
    private final AnswerCache cache = new AnswerCache();

    public Calls(Directory directory, UsageLog usage, Clock clock, Ids ids) {
        this.directory = directory;
        this.usage = usage;
        this.clock = clock;
        this.ids = ids;
    }

    /** A whole answer as OpenAI's JSON. @param costMicros millionths of a US dollar, null when the price is not known */
    public record Whole(byte[] body, boolean cached, Long costMicros) {}

    /** What is done with an answer of success; what it throws is a failed try. */
    private interface Use<T> {
        T use(Candidate candidate, UpstreamAnswer answer, long startedNanos) throws UpstreamError;
    }

    /** @throws ModelError when nobody answered @throws dev.agentplatform.kernel.Problem for a wrong request */
    public Whole whole(Ask ask) throws InterruptedException {
        List<Candidate> candidates = candidates(ask);
        String key = ask.cacheSeconds() > 0 ? AnswerCache.key(ask, candidates.getFirst()) : null;
        if (key != null) {
            long started = System.nanoTime();
            Optional<byte[]> known = cache.find(key, ask.cacheSeconds());
            if (known.isPresent()) {
                Tokens tokens = Tokens.find(known.get(), known.get().length);
                used(ask, candidates.getFirst(), "cached", null, tokens == null ? Tokens.NONE : tokens, started);
                return new Whole(known.get(), true, 0L);
            }
        }
        Whole fresh = first(ask, candidates, (candidate, answer, started) -> {
            byte[] whole = wholeBody(ask, candidate, answer);
            answer.close();
            candidate.gate().leave();
            Tokens told = Tokens.find(whole, whole.length);
            Tokens tokens = told == null ? Tokens.estimate(sentBytes(ask), whole.length / 4) : told;
            return new Whole(whole, false, used(ask, candidate, "ok", null, tokens, started));
        });
        if (key != null) cache.store(key, fresh.body());
        return fresh;
    }

    private static long sentBytes(Ask ask) {
        return ask.sent() == null ? 0 : ask.sent().length;
    }

    /** A stream whose first bytes are there. @throws ModelError as {@link #whole} */
    public OpenStream open(Ask ask) throws InterruptedException {
        return first(ask, candidates(ask), (candidate, answer, started) -> {
            requireEvents(answer);
            byte[] buffer = new byte[OpenStream.BUFFER_BYTES];
            int n = answer.read(buffer);
            if (n < 0) throw new UpstreamError(Code.CUT, "The provider's stream is empty.");
            return new OpenStream(this, ask, candidate, answer, buffer, n, started);
        });
    }

    private List<Candidate> candidates(Ask ask) {
        return directory.candidates(ask.origin().workspaceId(), ask.model(), ask.operation());
    }

    private <T> T first(Ask ask, List<Candidate> candidates, Use<T> use) throws InterruptedException {
        long started = System.nanoTime();
        ModelError last = null;
        for (Candidate candidate : candidates) {
            try {
                candidate.gate().enter();
            } catch (ModelError busy) {
                last = busy;
                continue;
            }
            boolean answered = false;
            try {
                T result = tries(ask, candidate, use, started);
                answered = true;
                return result;
            } catch (Failed failed) {
                last = failed.error();
                boolean cancelled = ask.cancel().cancelled();
                used(
                        ask,
                        candidate,
                        cancelled ? "cancelled" : "failed",
                        last.error().code(),
                        Tokens.NONE,
                        started);
                if (!failed.elsewhere() || cancelled) throw last;
            } finally {
                if (!answered) candidate.gate().leave();
            }
        }
        if (last == null) throw new IllegalStateException("There is always a candidate.");
        throw last;
    }

    private <T> T tries(Ask ask, Candidate candidate, Use<T> use, long started) throws Failed, InterruptedException {
        Limits limits = candidate.limits();
        Patience patience = patience(ask, limits, started);
        for (int attempt = 1; ; attempt++) {
            try {
                T result = once(ask, candidate, use, patience, started);
                candidate.gate().succeeded();
                return result;
            } catch (Failed failed) {
                if (failed.broken()) candidate.gate().failed();
                else if (failed.alive()) candidate.gate().succeeded();
                if (Thread.interrupted()) throw new InterruptedException();
                long wait = failed.waitMillis() > 0 ? failed.waitMillis() : backoff(attempt);
                boolean over = wait > RETRY_AFTER_MILLIS_MAX
                        || System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait) - patience.deadlineNanos() >= 0;
                if (!failed.again() || attempt >= limits.attempts() || over) throw failed;
                if (!ask.cancel().pauseMillis(wait)) throw failed;
            }
        }
    }

    private static Patience patience(Ask ask, Limits limits, long started) {
        Duration total = Duration.ofMillis(limits.totalMs());
        if (ask.timeLimit() != null && ask.timeLimit().compareTo(total) < 0) total = ask.timeLimit();
        return new Patience(
                Duration.ofMillis(limits.connectMs()),
                Duration.ofMillis(limits.firstByteMs()),
                Duration.ofMillis(limits.idleMs()),
                started + total.toNanos());
    }

    /** Doubles, with some chance in it so that many callers do not come back together. */
    private static long backoff(int attempt) {
        long usual = Math.min(BACKOFF_MILLIS_MAX, BACKOFF_MILLIS << (attempt - 1));
        return usual / 2 + ThreadLocalRandom.current().nextLong(usual / 2 + 1);
    }

    private <T> T once(Ask ask, Candidate candidate, Use<T> use, Patience patience, long started) throws Failed {
        WireRequest request = candidate.request(ask);
        UpstreamAnswer answer = null;
        boolean done = false;
        try {
            answer = candidate.upstream().send(request, patience, ask.cancel());
            if (answer.status() < 200 || answer.status() > 299) throw Refusals.of(candidate, answer, clock.instant());
            T result = use.use(candidate, answer, started);
            done = true;
            return result;
        } catch (UpstreamError failed) {
            throw Failed.of(candidate.provider(), failed);
        } catch (WireError refused) {
            throw new Failed(ModelError.of(refused, 0, false), false, true, false, 0);
        } finally {
            if (!done && answer != null) answer.close();
        }
    }

    private byte[] wholeBody(Ask ask, Candidate candidate, UpstreamAnswer answer) throws UpstreamError {
        byte[] body = Bodies.whole(answer);
        if (candidate.wire().isEmpty()) {
            Bodies.requireObject(body);
            return body;
        }
        Wire wire = candidate.wire().get();
        JsonNode json = Bodies.json(body);
        ObjectNode translated;
        try {
            translated = ask.operation() == Operation.CHAT
                    ? wire.chatAnswer(candidate.target(), json)
                    : Vectors.encoded(ask.body(), wire.embeddingsAnswer(candidate.target(), json));
            // A wire has no clock.
            if (ask.operation() == Operation.CHAT) translated.put("created", createdSeconds());
        } catch (JacksonException | IllegalArgumentException | NullPointerException | ClassCastException odd) {
            throw new UpstreamError(Code.PROTOCOL_ERROR, "The provider's answer has an unknown form.");
        }
        return Json.write(translated).getBytes(StandardCharsets.UTF_8);
    }

    private static void requireEvents(UpstreamAnswer answer) throws UpstreamError {
        Bodies.requirePlain(answer);
        String type = answer.header("content-type").orElse("").toLowerCase(Locale.ROOT);
        if (!type.startsWith("text/event-stream"))
            throw new UpstreamError(Code.PROTOCOL_ERROR, "The provider answered a stream with something else.");
    }

    long createdSeconds() {
        return clock.instant().getEpochSecond();
    }

    /** Gives what it cost, in millionths of a US dollar; null when the price is not known. */
    Long used(Ask ask, Candidate candidate, String status, String code, Tokens tokens, long startedNanos) {
        boolean priced = !status.equals("cached");
        Long cost = priced
                ? candidate
                        .price()
                        .map(price -> price.micros(tokens.prompt(), tokens.completion()))
                        .orElse(null)
                : Long.valueOf(0);
        usage.add(new UsageRow(
                ids.next(),
                ask.origin(),
                candidate.provider(),
                candidate.target().model(),
                ask.operation().word(),
                status,
                code == null ? null : plain(code),
                ask.streamed(),
                tokens.prompt(),
                tokens.completion(),
                tokens.estimated(),
                cost,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos),
                clock.millis()));
        return cost;
    }

    /** A provider's word may be anything. */
    private static String plain(String code) {
        String cut = code.length() <= CODE_CHARS_MAX ? code : code.substring(0, CODE_CHARS_MAX);
        return cut.replaceAll("[^A-Za-z0-9_.:-]", "_");
    }
}

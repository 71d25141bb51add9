package dev.agentplatform.engine;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Text of one attempt of a step on its way into the log. The first piece goes at once; what comes while a commit
 * is under way gathers for the next one, so a busy writer gets fewer and longer events.
 */
final class TokenStream implements Tokens {
    static final long APART_MS_MIN = 25;
    static final long APART_MS_MAX = 250;
    /** Characters of one event. */
    static final int EVENT_MAX = 8_192;
    /** Characters that may wait; whoever makes more has to wait as well. */
    static final int WAITING_MAX = 32_768;

    private final int no;
    private final Secrets secrets;
    private final Clock clock;
    private final Timers timers;
    private final BiConsumer<TokenStream, Boolean> ask;

    private final StringBuilder waiting = new StringBuilder();
    private long offset;
    private long next;
    private long asked;
    private boolean closed;
    /** The turn that has looked last, and how far it got. */
    private Turn seenBy;

    private int seen;
    private long seenOffset;

    /** @param ask tells the owner that text waits; true with the last of it */
    TokenStream(int no, Secrets secrets, Clock clock, Timers timers, BiConsumer<TokenStream, Boolean> ask) {
        this.no = no;
        this.secrets = secrets;
        this.clock = clock;
        this.timers = timers;
        this.ask = ask;
    }

    int no() {
        return no;
    }

    @Override
    public void text(String piece) {
        synchronized (this) {
            while (waiting.length() >= WAITING_MAX && !closed) {
                try {
                    wait();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
            if (closed || piece.isEmpty()) return;
            waiting.append(piece);
            if (asked > 0) return;
        }
        askInTime();
    }

    private void askInTime() {
        long now = clock.millis();
        long at;
        synchronized (this) {
            asked = Math.max(1, now);
            at = next;
        }
        // A clock that went back must not silence it.
        if (at <= now || at > now + APART_MS_MAX) ask.accept(this, false);
        else timers.at(at, () -> ask.accept(this, false));
    }

    /** The work has ended: tells what is left, before the outcome is told. */
    void finish() {
        synchronized (this) {
            if (closed) return;
            closed = true;
            notifyAll();
        }
        ask.accept(this, true);
    }

    /** Nobody reads it any more. */
    synchronized void abandon() {
        closed = true;
        waiting.setLength(0);
        notifyAll();
    }

    /** @param offset characters of the step's text before it */
    record Piece(long offset, String text) {}

    /** @param consumed characters to take away once the pieces are durable */
    record Waiting(int consumed, List<Piece> pieces) {}

    /**
     * What may be told now and was not yet in this turn. Nothing is taken: another turn, because this one was
     * refused, gets it again.
     */
    synchronized Waiting waiting(Turn turn, boolean last) {
        if (turn != seenBy) {
            seenBy = turn;
            seen = 0;
            seenOffset = offset;
        }
        // The beginning of a secret waits for what follows it.
        int end = waiting.length() - (last ? 0 : secrets.begun(waiting));
        if (end > seen && !last && Character.isHighSurrogate(waiting.charAt(end - 1))) end--;
        List<Piece> pieces = new ArrayList<>();
        if (end <= seen) {
            asked = 0;
            return new Waiting(0, pieces);
        }
        String text = secrets.mask(waiting.substring(seen, end));
        for (int from = 0; from < text.length(); ) {
            int to = Math.min(text.length(), from + EVENT_MAX);
            if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) to--;
            pieces.add(new Piece(seenOffset + from, text.substring(from, to)));
            from = to;
        }
        Waiting now = new Waiting(end - seen, pieces);
        seen = end;
        seenOffset += text.length();
        return now;
    }

    /** They are durable. */
    void told(Waiting told) {
        if (told.consumed() == 0) return;
        boolean more;
        synchronized (this) {
            long now = clock.millis();
            long took = Math.max(0, now - asked);
            next = now + Math.clamp(2 * took, APART_MS_MIN, APART_MS_MAX);
            asked = 0;
            if (waiting.length() >= told.consumed()) waiting.delete(0, told.consumed());
            seenBy = null;
            for (Piece piece : told.pieces()) offset += piece.text().length();
            more = !closed && !waiting.isEmpty() && secrets.begun(waiting) < waiting.length();
            notifyAll();
        }
        if (more) askInTime();
    }
}

package dev.agentplatform.search;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An index that follows a {@link Feed}. Before each search it asks how far the feed is and fetches what it lacks:
 * whoever wrote, in whichever process, finds what was written.
 */
final class FollowingIndex {
    private static final int PAGE = 1_000;
    private static final UUID LOWEST = new UUID(0, 0);

    private final Feed feed;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile TextIndex index = new TextIndex();

    /** Everything up to here is in the index. */
    private volatile long changeNo;

    FollowingIndex(Feed feed) {
        this.feed = feed;
    }

    /** The index with everything that was committed before the call. */
    TextIndex current() {
        Feed.State state = feed.state();
        if (changeNo >= state.changeNo()) return index;
        lock.lock();
        try {
            while (changeNo < state.changeNo()) catchUp(state);
            return index;
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        return index.bytes();
    }

    private void catchUp(Feed.State state) {
        boolean anew = changeNo < state.floorNo();
        TextIndex target = anew ? new TextIndex() : index;
        long from = anew ? 0 : changeNo;
        long reached = Math.max(state.changeNo(), putChanged(target, from));
        // After the rows: one that was read and then deleted before a later one is among these.
        removeGone(target, from);
        long floor = feed.state().floorNo();
        // What we wanted to read was purged meanwhile. A fresh index needs no deletions that are older than itself.
        if (floor > from && !(from == 0 && floor <= state.changeNo())) {
            index = new TextIndex();
            changeNo = 0;
            return;
        }
        index = target;
        changeNo = reached;
    }

    private long putChanged(TextIndex target, long from) {
        long reached = from;
        List<Feed.Change> rows;
        do {
            rows = feed.changed(reached, PAGE);
            for (Feed.Change row : rows) {
                target.put(row.document());
                reached = row.changeNo();
            }
        } while (rows.size() == PAGE);
        return reached;
    }

    private void removeGone(TextIndex target, long from) {
        // Ids begin above the lowest one, so that all of the next change follow.
        Feed.Gone after = new Feed.Gone(from + 1, LOWEST);
        List<Feed.Gone> rows;
        do {
            rows = feed.gone(after, PAGE);
            for (Feed.Gone row : rows) {
                target.remove(row.id());
                after = row;
            }
        } while (rows.size() == PAGE);
    }
}

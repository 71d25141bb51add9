package dev.agentplatform.tool;

import dev.agentplatform.tool.McpSession.Deadline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sessions with MCP servers, kept for the calls that follow: servers remember things between calls, and processes are slow
 * to start. One that nobody used for five minutes is closed. Sessions are never shared between workspaces or credentials.
 */
final class McpSessions implements AutoCloseable {
    static final int PROCESSES_MAX = 20;
    static final int SESSIONS_MAX = 500;
    private static final long IDLE_MILLIS = 5 * 60_000;
    private static final long SWEEP_MILLIS = 30_000;

    /** @param credentialTime a credential that was rotated is another one; 0 for none */
    record Key(String workspaceId, McpServer server, UUID credentialId, long credentialTime) {}

    /** Begins a session. */
    @FunctionalInterface
    interface Opening {
        McpSession open(Deadline deadline) throws McpFailure, InterruptedException;
    }

    /** What is done with a session. */
    @FunctionalInterface
    interface Work<T> {
        T in(McpSession session) throws McpFailure, InterruptedException;
    }

    private static final class Kept {
        final ReentrantLock opening = new ReentrantLock();
        McpSession session;
        int users;
        long usedNanos;
    }

    private final Map<Key, Kept> kept = new HashMap<>();
    private Thread sweeper;
    private boolean closed;

    /** Does something in the session of this key, which is begun when there is none. */
    <T> T use(Key key, Opening opening, Deadline deadline, Work<T> work) throws McpFailure, InterruptedException {
        try {
            return once(key, opening, deadline, work);
        } catch (McpFailure lost) {
            if (!lost.code().equals(McpFailure.SESSION_LOST)) throw lost;
            // The server said that it did nothing.
            return once(key, opening, deadline, work);
        }
    }

    private <T> T once(Key key, Opening opening, Deadline deadline, Work<T> work)
            throws McpFailure, InterruptedException {
        Kept mine = take(key);
        try {
            return work.in(session(mine, opening, deadline));
        } finally {
            giveBack(key, mine);
        }
    }

    private McpSession session(Kept mine, Opening opening, Deadline deadline) throws McpFailure, InterruptedException {
        mine.opening.lockInterruptibly();
        try {
            if (mine.session == null || !mine.session.open()) mine.session = opening.open(deadline);
            return mine.session;
        } finally {
            mine.opening.unlock();
        }
    }

    private synchronized Kept take(Key key) throws McpFailure {
        if (closed) throw new McpFailure("unavailable", "This process is stopping.", true);
        if (sweeper == null) sweeper = Thread.ofVirtual().name("mcp-sweeper").start(this::sweepUntilClosed);
        Kept mine = kept.get(key);
        if (mine == null) {
            makeRoom(key.server() instanceof McpServer.Local);
            mine = new Kept();
            kept.put(key, mine);
        }
        mine.users++;
        return mine;
    }

    private synchronized void giveBack(Key key, Kept mine) {
        mine.users--;
        mine.usedNanos = System.nanoTime();
        boolean dead = mine.session == null || !mine.session.open();
        if (mine.users == 0 && (dead || closed)) {
            kept.remove(key, mine);
            close(mine);
        }
    }

    private void makeRoom(boolean process) throws McpFailure {
        long count = kept.keySet().stream()
                .filter(key -> key.server() instanceof McpServer.Local == process)
                .count();
        int max = process ? PROCESSES_MAX : SESSIONS_MAX;
        if (count < max) return;
        Key oldest = null;
        for (Map.Entry<Key, Kept> entry : kept.entrySet()) {
            boolean candidate =
                    entry.getValue().users == 0 && entry.getKey().server() instanceof McpServer.Local == process;
            if (candidate && (oldest == null || entry.getValue().usedNanos - kept.get(oldest).usedNanos < 0))
                oldest = entry.getKey();
        }
        if (oldest == null) {
            throw new McpFailure("mcp_too_many", "There are already " + max + " MCP servers in use.", true);
        }
        close(kept.remove(oldest));
    }

    private static void close(Kept gone) {
        // Closing a process waits for its end.
        if (gone.session != null) Thread.ofVirtual().name("mcp-close").start(gone.session::close);
    }

    private void sweepUntilClosed() {
        try {
            while (sweep()) Thread.sleep(SWEEP_MILLIS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    /** False when there is nothing more to do. */
    private synchronized boolean sweep() {
        if (closed) return false;
        long now = System.nanoTime();
        kept.entrySet().removeIf(entry -> {
            Kept one = entry.getValue();
            boolean idle = one.users == 0 && now - one.usedNanos > IDLE_MILLIS * 1_000_000;
            if (idle) close(one);
            return idle;
        });
        return true;
    }

    /** Ends all sessions, those in use as well, and waits for the processes. */
    @Override
    public void close() {
        List<McpSession> open = new ArrayList<>();
        synchronized (this) {
            closed = true;
            if (sweeper != null) sweeper.interrupt();
            for (Kept one : kept.values()) if (one.session != null) open.add(one.session);
            kept.clear();
        }
        List<Thread> closing = open.stream()
                .map(session -> Thread.ofVirtual().name("mcp-close").start(session::close))
                .toList();
        try {
            for (Thread thread : closing) thread.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.agentplatform.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the client closes the connection while its request is answered. Jetty does not look at a connection of
 * HTTP/1.1 then, so this does: it waits for something to read. An end means that the client is gone. A byte belongs to
 * the next request of a client that pipelines; it is given back before the connection goes on.
 */
final class ClientWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ClientWatch.class);
    private static final IOException NO_LONGER = new IOException("the request is answered");

    /** How far it is. */
    private enum State {
        IDLE,
        WATCHING,
        ENDED
    }

    private final HttpServletRequest servlet;
    private State state = State.IDLE;
    private AbstractEndPoint endPoint;
    private Connection connection;
    private Runnable gone;
    private ByteBuffer stray;

    ClientWatch(HttpServletRequest servlet) {
        this.servlet = servlet;
    }

    /** From any thread; at most once, and without effect when the request is answered already. */
    synchronized void begin(Runnable whenGone) {
        if (state != State.IDLE) return;
        try {
            Connection served = ServletContextRequest.getServletContextRequest(servlet)
                    .getConnectionMetaData()
                    .getConnection();
            // Other protocols have ends of their own.
            if (!(served instanceof Connection.UpgradeTo) || !(served.getEndPoint() instanceof AbstractEndPoint plain))
                return;
            connection = served;
            endPoint = plain;
        } catch (RuntimeException recycled) {
            LOG.debug("the connection of a request cannot be watched", recycled);
            return;
        }
        gone = whenGone;
        state = State.WATCHING;
        if (!await()) state = State.ENDED;
    }

    private boolean await() {
        return endPoint.tryFillInterested(new Callback() {
            @Override
            public void succeeded() {
                readable();
            }

            @Override
            public void failed(Throwable cause) {
                unreadable(cause);
            }

            @Override
            public InvocationType getInvocationType() {
                return InvocationType.NON_BLOCKING;
            }
        });
    }

    private void readable() {
        Runnable told = null;
        synchronized (this) {
            if (state != State.WATCHING) return;
            ByteBuffer one = ByteBuffer.allocate(1);
            one.flip();
            try {
                int n = endPoint.fill(one);
                if (n < 0) {
                    told = gone;
                    state = State.ENDED;
                } else if (n > 0) {
                    // Nothing more is to be learned from this connection.
                    stray = one;
                } else {
                    await();
                }
            } catch (IOException broken) {
                told = gone;
                state = State.ENDED;
            }
        }
        if (told != null) told.run();
    }

    private void unreadable(Throwable cause) {
        Runnable told = null;
        synchronized (this) {
            if (state != State.WATCHING) return;
            if (cause instanceof TimeoutException) {
                // An answer that takes its time is no idle connection.
                if (await()) return;
                state = State.ENDED;
            } else if (cause instanceof EOFException || !endPoint.isOpen()) {
                told = gone;
                state = State.ENDED;
            }
        }
        if (told != null) told.run();
    }

    /** The answer is written; from here on the connection is Jetty's again. */
    synchronized void end() {
        boolean watching = state == State.WATCHING;
        state = State.ENDED;
        if (!watching) return;
        if (stray == null) {
            endPoint.getFillInterest().onFail(NO_LONGER);
        } else {
            ((Connection.UpgradeTo) connection).onUpgradeTo(stray);
        }
    }
}

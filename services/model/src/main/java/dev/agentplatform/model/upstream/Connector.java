package dev.agentplatform.model.upstream;

import dev.agentplatform.model.upstream.UpstreamError.Code;
import dev.agentplatform.outbound.Resolver;
import dev.agentplatform.outbound.Targets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Opens connections: resolves, checks, connects to the address that was checked, and speaks TLS where asked to. */
public final class Connector {
    private static final int ADDRESSES_MAX = 4;

    private final Watch watch;
    private final Optional<Targets> guard;
    private final Resolver resolver;
    private final SSLSocketFactory tls;

    /** @param guard which addresses may be reached; empty for what the operator configured */
    public Connector(Watch watch, Optional<Targets> guard, Resolver resolver, SSLSocketFactory tls) {
        this.watch = watch;
        this.guard = guard;
        this.resolver = resolver;
        this.tls = tls;
    }

    public Connector(Watch watch, Optional<Targets> guard) {
        this(watch, guard, Resolver.SYSTEM, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    Connection connect(Origin origin, Patience patience, Cancel cancel) throws UpstreamError {
        long nanos = patience.until(patience.connect()) - System.nanoTime();
        if (nanos <= 0) throw late();
        CompletableFuture<Connection> opening = new CompletableFuture<>();
        int millis = (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
        // A thread of its own: name resolution knows no time limit, so only its caller can have one.
        Thread.ofVirtual().name("model-connect").start(() -> {
            try {
                Connection made = open(origin, millis);
                if (!opening.complete(made)) made.close();
            } catch (UpstreamError | RuntimeException failed) {
                opening.completeExceptionally(failed);
            }
        });
        cancel.cutting(
                () -> opening.completeExceptionally(new UpstreamError(Code.CANCELLED, "The call was given up.")));
        try {
            return opening.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            // It may have come in this very moment.
            if (!opening.completeExceptionally(late()) && !opening.isCompletedExceptionally())
                opening.getNow(null).close();
            throw late();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            opening.cancel(false);
            throw new UpstreamError(Code.CANCELLED, "The call was given up.");
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof UpstreamError known) throw known;
            throw new IllegalStateException(failed.getCause());
        }
    }

    private Connection open(Origin origin, int millis) throws UpstreamError {
        IOException last = null;
        for (InetAddress address : addresses(origin)) {
            Socket raw = new Socket();
            try {
                raw.setTcpNoDelay(true);
                raw.connect(new InetSocketAddress(address, origin.port()), millis);
                return new Connection(raw, origin.tls() ? secured(raw, origin, millis) : raw, watch);
            } catch (IOException failed) {
                last = failed;
                closeQuietly(raw);
            }
        }
        if (last instanceof SSLException)
            throw new UpstreamError(Code.TLS_FAILED, "No secure connection to " + origin.host() + ".");
        throw new UpstreamError(
                Code.CONNECT_FAILED, "No connection to " + origin.host() + " port " + origin.port() + ".");
    }

    private List<InetAddress> addresses(Origin origin) throws UpstreamError {
        InetAddress[] found;
        try {
            found = resolver.resolve(origin.host());
        } catch (UnknownHostException unknown) {
            throw new UpstreamError(Code.DNS_FAILED, "The host " + origin.host() + " is not known.");
        }
        List<InetAddress> permitted = new ArrayList<>();
        for (InetAddress address : found) {
            if (guard.isEmpty() || guard.get().permits(origin.host(), origin.port(), address)) permitted.add(address);
        }
        if (permitted.isEmpty())
            throw new UpstreamError(
                    Code.TARGET_FORBIDDEN,
                    origin.host() + " is at "
                            + Arrays.stream(found)
                                    .map(InetAddress::getHostAddress)
                                    .toList() + ", which is no public address; " + Targets.SETTING + " can allow it.");
        return permitted.subList(0, Math.min(permitted.size(), ADDRESSES_MAX));
    }

    private Socket secured(Socket raw, Origin origin, int millis) throws IOException {
        raw.setSoTimeout(millis);
        SSLSocket secure = (SSLSocket) tls.createSocket(raw, origin.host(), origin.port(), true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        raw.setSoTimeout(0);
        return secure;
    }

    private static UpstreamError late() {
        return new UpstreamError(Code.TIMEOUT, "No connection to the provider in time.");
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // It is closed all the same.
        }
    }
}

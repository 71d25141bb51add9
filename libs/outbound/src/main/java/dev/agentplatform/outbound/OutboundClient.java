package dev.agentplatform.outbound;

import dev.agentplatform.outbound.OutboundError.Code;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.Registry;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Sends requests to allowed targets only. Blocking; one client serves all threads.
 *
 * <p>A host is resolved when a connection is opened, and the address that was checked is the address that is
 * connected to, for the first target and for each redirect. Connections are kept for later requests to the
 * same host and port.
 */
public final class OutboundClient implements AutoCloseable {
    public static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    static final int REDIRECTS_MAX = 5;
    static final int HEADER_LINES_MAX = 100;
    static final int HEADER_LINE_BYTES_MAX = 8 * 1024;

    private static final int CONNECTIONS_MAX = 2_000;
    private static final int CONNECTIONS_PER_HOST_MAX = 500;
    private static final Duration KEPT_IDLE = Duration.ofSeconds(20);

    private final PoolingHttpClientConnectionManager connections;
    private final CloseableHttpClient client;

    public OutboundClient(Targets targets) {
        this(targets, Resolver.SYSTEM, CONNECT_LIMIT);
    }

    /** @param connectLimit for one address, its TLS handshake included */
    public OutboundClient(Targets targets, Resolver resolver, Duration connectLimit) {
        connections = new Connections()
                .setDnsResolver(new CheckedResolver(targets, resolver))
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom()
                                .setMaxHeaderCount(HEADER_LINES_MAX)
                                .setMaxLineLength(HEADER_LINE_BYTES_MAX)
                                .build())
                        .build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(connectLimit))
                        // Servers close connections without a word: always look before using one again.
                        .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
                        .build())
                .setMaxConnTotal(CONNECTIONS_MAX)
                .setMaxConnPerRoute(CONNECTIONS_PER_HOST_MAX)
                .build();
        // Redirects, retries, cookies and decoding are decided here, where targets and limits are known.
        client = HttpClients.custom()
                .setConnectionManager(connections)
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .setUserAgent("agent-platform")
                .evictExpiredConnections()
                .evictIdleConnections(TimeValue.of(KEPT_IDLE))
                .build();
    }

    /**
     * Sends a request and reads the whole answer, following up to 5 redirects. Statuses of failure are answers
     * too. An interrupt closes the connection.
     *
     * @throws OutboundError when no usable answer came
     */
    public OutboundResponse exchange(OutboundRequest request) throws InterruptedException {
        Exchange exchange = new Exchange(client, request);
        FutureTask<OutboundResponse> answer = new FutureTask<>(exchange);
        // A thread of its own: name resolution knows no time limit, so only its caller can have one.
        Thread.ofVirtual().name("outbound").start(answer);
        try {
            return answer.get(request.timeLimit().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            stop(exchange, answer);
            throw new OutboundError(
                    Code.TIMEOUT,
                    "No complete answer within " + request.timeLimit().toMillis() + " ms.");
        } catch (InterruptedException interrupted) {
            stop(exchange, answer);
            throw interrupted;
        } catch (ExecutionException failed) {
            throw failure(failed.getCause());
        }
    }

    private static void stop(Exchange exchange, FutureTask<OutboundResponse> answer) {
        exchange.abort();
        // Also when it is not at a connection yet, or just between two.
        answer.cancel(true);
    }

    private static RuntimeException failure(Throwable cause) {
        return switch (cause) {
            case RuntimeException known -> known;
            case Error error -> throw error;
            default -> new IllegalStateException(cause);
        };
    }

    /** Cuts the exchanges that are under way. */
    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
        connections.close(CloseMode.IMMEDIATE);
    }

    private static final class Connections extends PoolingHttpClientConnectionManagerBuilder {
        @Override
        protected HttpClientConnectionOperator createConnectionOperator(
                SchemePortResolver ports, DnsResolver resolver, TlsSocketStrategy tls) {
            Registry<TlsSocketStrategy> secure = RegistryBuilder.<TlsSocketStrategy>create()
                    .register("https", tls)
                    .build();
            return new DefaultHttpClientConnectionOperator(proxy -> Exchange.socket(), ports, resolver, secure);
        }
    }

    /** Hands out only addresses that may be connected to; asked for literal addresses as well. */
    private record CheckedResolver(Targets targets, Resolver resolver) implements DnsResolver {
        @Override
        public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
            List<InetSocketAddress> permitted = new ArrayList<>();
            InetAddress[] found = resolver.resolve(host);
            for (InetAddress address : found) {
                if (targets.permits(host, port, address)) permitted.add(new InetSocketAddress(address, port));
            }
            if (!permitted.isEmpty()) return permitted;
            if (found.length == 0) throw new UnknownHostException(host);
            throw new OutboundError(
                    Code.TARGET_FORBIDDEN,
                    host + " is at "
                            + Arrays.stream(found)
                                    .map(InetAddress::getHostAddress)
                                    .toList() + ", which is no public address; " + Targets.SETTING + " can allow it.");
        }

        @Override
        public InetAddress[] resolve(String host) {
            throw new UnsupportedOperationException("The port is needed to judge a target.");
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}

package dev.agentplatform.outbound;

import dev.agentplatform.outbound.OutboundError.Code;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.zip.ZipException;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request with its redirects, on a thread of its own. */
final class Exchange implements Callable<OutboundResponse> {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final ScopedValue<Exchange> RUNNING = ScopedValue.newInstance();

    /** Set by the client itself: a second opinion on where a message ends is how requests are smuggled. */
    private static final Set<String> FRAMING = Set.of(
            "host",
            "content-length",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "upgrade",
            "te",
            "trailer",
            "expect",
            "accept-encoding",
            "proxy-connection",
            "proxy-authorization");

    /** All that another origin gets to see: any other header may be a credential. */
    private static final Set<String> FOR_EVERYONE = Set.of("accept", "accept-language", "content-type", "user-agent");

    private final CloseableHttpClient client;
    private final OutboundRequest request;
    private final List<Socket> opened = new ArrayList<>();
    private HttpUriRequestBase current;
    private boolean aborted;

    Exchange(CloseableHttpClient client, OutboundRequest request) {
        this.client = client;
        this.request = request;
    }

    /** What is to be sent next. */
    private record Hop(String method, Target target, Map<String, String> headers, byte[] body) {}

    @Override
    public OutboundResponse call() {
        return ScopedValue.where(RUNNING, this).call(this::follow);
    }

    /**
     * A socket that is closed with the exchange of this thread. The client library forgets one whose request is
     * cancelled while it connects.
     */
    static Socket socket() throws IOException {
        // Connects to nothing but the checked address, whatever the JVM's proxy settings say.
        Socket socket = new Socket(Proxy.NO_PROXY);
        RUNNING.get().keep(socket);
        return socket;
    }

    private synchronized void keep(Socket socket) throws IOException {
        opened.add(socket);
        if (aborted) socket.close();
    }

    private OutboundResponse follow() {
        Hop hop = first();
        for (int redirects = 0; redirects <= OutboundClient.REDIRECTS_MAX; redirects++) {
            OutboundResponse response = send(hop);
            String location = response.header("location").orElse(null);
            if (location == null || !isRedirect(response.status())) return response;
            hop = redirected(hop, response.status(), location);
        }
        throw new OutboundError(
                Code.TOO_MANY_REDIRECTS, "More than " + OutboundClient.REDIRECTS_MAX + " redirects in a row.");
    }

    /** Closes the connection and makes sure that no further one is opened; from any thread. */
    synchronized void abort() {
        aborted = true;
        if (current != null) current.cancel();
        for (Socket socket : opened) {
            try {
                socket.close();
            } catch (IOException broken) {
                LOG.debug("a socket could not be closed", broken);
            }
        }
    }

    private Hop first() {
        String method = request.method().toUpperCase(Locale.ROOT);
        if (!method.matches("[A-Z]{1,20}") || method.equals("CONNECT")) {
            throw new OutboundError(Code.INVALID_REQUEST, "The method is not one that can be sent.");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        request.headers().forEach((name, value) -> {
            if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")) {
                throw new OutboundError(Code.INVALID_REQUEST, "A header has a name that cannot be sent.");
            }
            if (value.chars().anyMatch(c -> (c != '\t' && c < ' ') || c == 0x7F)) {
                throw new OutboundError(
                        Code.INVALID_REQUEST, "The value of the header " + name + " holds line breaks or the like.");
            }
            if (!FRAMING.contains(name.toLowerCase(Locale.ROOT))) headers.put(name, value);
        });
        return new Hop(method, Target.parse(request.url()), headers, request.body());
    }

    private OutboundResponse send(Hop hop) {
        HttpUriRequestBase message = message(hop);
        boolean complete = false;
        try {
            begin(message);
            Target target = hop.target();
            ClassicHttpResponse response =
                    client.executeOpen(new HttpHost(target.scheme(), target.host(), target.port()), message, null);
            byte[] body = BoundedBody.read(response.getEntity(), request.responseBytesMax());
            complete = true;
            return new OutboundResponse(response.getCode(), headers(response), body);
        } catch (IOException failure) {
            throw translated(failure, hop.target());
        } finally {
            // Closing an answer would read its rest, however long that is; cancelling cuts the connection.
            if (!complete) abort();
        }
    }

    private synchronized void begin(HttpUriRequestBase message) {
        if (aborted) throw new OutboundError(Code.TIMEOUT, "The request was stopped.");
        current = message;
    }

    private HttpUriRequestBase message(Hop hop) {
        Target target = hop.target();
        String host = target.host().indexOf(':') >= 0 ? "[" + target.host() + "]" : target.host();
        HttpUriRequestBase message = new HttpUriRequestBase(
                hop.method(), URI.create(target.scheme() + "://" + host + ":" + target.port() + target.path()));
        hop.headers().forEach(message::addHeader);
        message.addHeader("Accept-Encoding", "gzip");
        if (hop.body() != null) message.setEntity(new ByteArrayEntity(hop.body(), null));
        Timeout limit = Timeout.of(request.timeLimit());
        message.setConfig(RequestConfig.custom()
                .setConnectionRequestTimeout(limit)
                .setResponseTimeout(limit)
                .setExpectContinueEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .build());
        return message;
    }

    private static Map<String, List<String>> headers(ClassicHttpResponse response) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (Header header : response.getHeaders()) {
            headers.computeIfAbsent(header.getName().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(header.getValue() == null ? "" : header.getValue());
        }
        return headers;
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    private static Hop redirected(Hop hop, int status, String location) {
        Target target = hop.target().redirected(location);
        boolean keepsMethod = status == 307
                || status == 308
                || hop.method().equals("GET")
                || hop.method().equals("HEAD")
                || (status != 303 && !hop.method().equals("POST"));
        Map<String, String> headers = new LinkedHashMap<>(hop.headers());
        if (!target.sameOrigin(hop.target())) {
            headers.keySet().removeIf(name -> !FOR_EVERYONE.contains(name.toLowerCase(Locale.ROOT)));
        }
        if (keepsMethod) return new Hop(hop.method(), target, headers, hop.body());
        headers.keySet().removeIf(name -> name.toLowerCase(Locale.ROOT).startsWith("content-"));
        return new Hop("GET", target, headers, null);
    }

    private OutboundError translated(IOException failure, Target target) {
        String place = target.host() + ":" + target.port();
        return switch (failure) {
            case UnknownHostException unknown ->
                new OutboundError(Code.DNS_FAILED, "The host " + target.host() + " could not be found.", failure);
            case ConnectTimeoutException late ->
                new OutboundError(Code.CONNECT_FAILED, place + " did not accept a connection in time.", failure);
            case ConnectException refused ->
                new OutboundError(Code.CONNECT_FAILED, place + " refused the connection.", failure);
            case NoRouteToHostException unreachable ->
                new OutboundError(Code.CONNECT_FAILED, place + " cannot be reached.", failure);
            case SSLException broken ->
                new OutboundError(
                        Code.TLS_FAILED, "No trusted connection to " + place + ": " + broken.getMessage(), failure);
            case SocketTimeoutException late ->
                new OutboundError(Code.TIMEOUT, "No complete answer from " + place + " in time.", failure);
            case MessageConstraintException large ->
                new OutboundError(Code.TOO_LARGE, "The headers of the answer are too large.", failure);
            case ZipException damaged -> speaksNoHttp(place, failure);
            // Systems differ in how they refuse an address that leads nowhere.
            case SocketException unreachable
            when neverConnected() -> new OutboundError(Code.CONNECT_FAILED, place + " cannot be reached.", failure);
            default ->
                failure.getCause() instanceof HttpException ? speaksNoHttp(place, failure) : lost(place, failure);
        };
    }

    private synchronized boolean neverConnected() {
        return !opened.isEmpty() && opened.stream().noneMatch(Socket::isConnected);
    }

    private static OutboundError lost(String place, IOException failure) {
        return new OutboundError(
                Code.PROTOCOL_ERROR, place + " closed the connection before its answer was complete.", failure);
    }

    private static OutboundError speaksNoHttp(String place, IOException failure) {
        return new OutboundError(Code.PROTOCOL_ERROR, "The answer of " + place + " is not valid HTTP.", failure);
    }
}

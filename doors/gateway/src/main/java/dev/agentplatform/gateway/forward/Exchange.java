package dev.agentplatform.gateway.forward;

import dev.agentplatform.gateway.forward.Connections.Lease;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request passed on to an upstream, and its answer passed back; on the thread of the request. */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final int CHUNK_BYTES = 32_768;
    private static final Duration EARLY_ANSWER_LIMIT = Duration.ofSeconds(2);
    private static final byte[] END_OF_CHUNK = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Connections connections;
    private final ForwardSettings settings;
    private final Request request;
    private final Upstream upstream;
    private Lease lease;
    private AnswerHead head;
    private AnswerBody body;
    private boolean sentAll;

    Exchange(Connections connections, ForwardSettings settings, Request request, Upstream upstream) {
        this.connections = connections;
        this.settings = settings;
        this.request = request;
        this.upstream = upstream;
    }

    /** The caller's side broke, so it is not the upstream that is to be blamed. */
    private static final class CallerCut extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient IOException why;

        CallerCut(IOException why) {
            super(why);
            this.why = why;
        }
    }

    /**
     * Sends the request and waits for the head of its answer.
     *
     * @throws Problem 502 or 504 when none came
     * @throws IOException when the caller's body broke off
     */
    AnswerHead begin(List<Map.Entry<String, String>> headers, String target) throws IOException {
        boolean again = isRepeatable();
        for (boolean fresh = false; ; fresh = true) {
            try {
                lease = connections.lease(upstream, fresh);
                sentAll = send(headers, target);
                Duration limit = sentAll ? settings.answerLimit() : EARLY_ANSWER_LIMIT;
                long deadline = System.nanoTime() + limit.toNanos();
                head = lease.connection().head(request.method().equals("HEAD"), deadline);
                body = new AnswerBody(lease.connection(), head, settings.idleLimit());
                if (body.isEnded()) end();
                return head;
            } catch (CallerCut cut) {
                abort();
                throw cut.why;
            } catch (IOException failed) {
                boolean closedWhileResting = lease != null
                        && lease.reused()
                        && !lease.connection().hasReceived()
                        && !(failed instanceof SocketTimeoutException);
                abort();
                if (!again || !closedWhileResting || fresh) throw problem(failed);
            } catch (RuntimeException fault) {
                abort();
                throw fault;
            }
        }
    }

    /** The upstream may have done it already when its connection broke: only what may be done twice is sent twice. */
    private boolean isRepeatable() {
        boolean idempotent = switch (request.method()) {
            case "GET", "HEAD", "PUT", "DELETE" -> true;
            default -> false;
        };
        return idempotent && (request.bodyLength() == 0 || request.rawBody().length > 0);
    }

    /** False when the upstream did not take all of it; it may have answered nevertheless. */
    private boolean send(List<Map.Entry<String, String>> headers, String target) throws IOException {
        long length = request.bodyLength();
        StringBuilder text = new StringBuilder(512);
        text.append(request.method()).append(' ').append(target).append(" HTTP/1.1\r\n");
        for (Map.Entry<String, String> header : headers) {
            text.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        boolean takesBody = !request.method().equals("GET") && !request.method().equals("HEAD");
        if (length > 0) text.append("content-length: ").append(length).append("\r\n");
        else if (length < 0) text.append("transfer-encoding: chunked\r\n");
        else if (takesBody) text.append("content-length: 0\r\n");
        byte[] bytes = text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        write(bytes, bytes.length);
        return length == 0 || sendBody(length < 0);
    }

    /** An upstream that answers or closes before the end wants no more: the rest stays unsent. */
    private boolean sendBody(boolean chunked) throws IOException {
        InputStream in = request.bodyStream();
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int count = fromCaller(in, chunk); count >= 0; count = fromCaller(in, chunk)) {
            if (lease.connection().readable() > 0) return false;
            try {
                if (chunked) sendChunk(chunk, count);
                else write(chunk, count);
            } catch (SocketTimeoutException stuck) {
                throw stuck;
            } catch (IOException closed) {
                return false;
            }
        }
        if (chunked) write(LAST_CHUNK, LAST_CHUNK.length);
        return true;
    }

    private void sendChunk(byte[] chunk, int count) throws IOException {
        byte[] size = (Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        write(size, size.length);
        write(chunk, count);
        write(END_OF_CHUNK, END_OF_CHUNK.length);
    }

    private static int fromCaller(InputStream in, byte[] chunk) throws CallerCut {
        try {
            return in.read(chunk);
        } catch (IOException cut) {
            throw new CallerCut(cut);
        }
    }

    private void write(byte[] bytes, int length) throws IOException {
        lease.connection().write(bytes, 0, length, settings.idleLimit());
    }

    boolean hasBody() {
        return !body.isEnded();
    }

    /** Passes the body on as it comes. A fault of either side cuts the other. */
    void passBody(OutputStream out) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            for (int count = fromUpstream(chunk); count >= 0; count = fromUpstream(chunk)) {
                out.write(chunk, 0, count);
                // Events must not wait for a full buffer; while more is there already, it fills by itself.
                if (!body.isEnded() && lease.connection().readable() <= END_OF_CHUNK.length) out.flush();
            }
            end();
        } finally {
            abort();
        }
    }

    private int fromUpstream(byte[] chunk) {
        try {
            return body.read(chunk);
        } catch (IOException failed) {
            throw problem(failed);
        }
    }

    private void end() {
        giveBack(head.reusable() && sentAll);
    }

    private void abort() {
        giveBack(false);
    }

    /** Once only: a moment later the connection may be somebody else's. */
    private void giveBack(boolean reusable) {
        if (lease == null) return;
        connections.giveBack(lease, reusable);
        lease = null;
    }

    private Problem problem(IOException failed) {
        String name = upstream.service().name();
        LOG.warn("request {}: {} at {} failed: {}", request.requestId(), name, upstream.url(), failed.toString());
        // Its address is the operator's business, not the caller's.
        return switch (failed) {
            case SocketTimeoutException late ->
                new Problem(504, "upstream_timeout", "The service " + name + " did not answer in time.");
            case UnknownHostException unknown ->
                new Problem(502, "upstream_failed", "The service " + name + " could not be found.");
            case ConnectException refused ->
                new Problem(502, "upstream_failed", "The service " + name + " refused the connection.");
            case ProtocolException wrong ->
                new Problem(
                        502, "upstream_failed", "The answer of " + name + " is not valid: " + wrong.getMessage() + ".");
            default ->
                new Problem(
                        502, "upstream_failed", "The service " + name + " broke off before its answer was complete.");
        };
    }
}

package dev.agentplatform.web;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.web.RouteTable.Match;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The life of a request, step by step, on one virtual thread: {@link #serve} is the order, {@link #answer} the steps
 * that may refuse it.
 */
final class Pipeline {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
    private static final byte[] NO_BODY = {};
    private static final String AUTHENTICATE = "Bearer realm=\"agent-platform\"";
    private static final int DRAINING_RETRY_SECONDS = 5;
    private static final int REQUEST_ID_LENGTH_MAX = 128;
    private static final int PEEK_BYTES_MAX = 1_000_000;

    private final RouteTable table;
    private final List<Filter> filters;
    private final Handler handlers;
    private final List<Observer> observers;
    private final Streams streams;
    private final Origins origins;
    private final HttpSettings settings;
    private final Ids ids;
    private volatile boolean draining;

    Pipeline(
            RouteTable table,
            List<Filter> filters,
            List<Observer> observers,
            Streams streams,
            HttpSettings settings,
            Ids ids) {
        this.table = table;
        this.filters = List.copyOf(filters);
        this.handlers = chain(filters);
        this.observers = List.copyOf(observers);
        this.streams = streams;
        this.origins = new Origins(settings.allowedOrigins());
        this.settings = settings;
        this.ids = ids;
    }

    void drain() {
        draining = true;
    }

    boolean isDraining() {
        return draining;
    }

    void serve(HttpServletRequest servlet, HttpServletResponse response) {
        Request request = new Request(servlet, requestId(servlet), draining);
        headers(request, response);
        Reply reply = answer(request);
        request.answerHeaders().forEach(response::setHeader);
        boolean streamed = reply.streamHandler().isPresent();
        long bytesOut;
        try {
            bytesOut = streamed ? stream(request, response, reply) : plain(request, response, reply);
        } finally {
            request.clientWatch().end();
        }
        if (request.leftBody()) LeftBody.discard(request, response);
        if (response.getStatus() >= 400) attribute(request);
        long nanos = System.nanoTime() - request.startedNanos();
        Answered answered = new Answered(request, response.getStatus(), nanos, request.bytesIn(), bytesOut, streamed);
        AccessLog.write(answered);
        observe(answered);
    }

    private Reply answer(Request request) {
        Reply reply = found(request);
        // What is left of a body that was not read would be taken for the next request: the client is told to make no
        // other on this connection.
        return request.leftBody() ? reply.header("Connection", "close") : reply;
    }

    private Reply found(Request request) {
        try {
            origins.refuseForeignWrite(request);
            return switch (table.find(request.method(), request.path())) {
                case Match.Found found -> matched(request, found);
                case Match.WrongMethod wrong -> wrongMethod(request, String.join(", ", wrong.allowed()));
                case Match.Missing missing ->
                    throw new Problem(404, "not_found", "There is nothing at " + request.path() + ".");
            };
        } catch (Throwable thrown) {
            return problem(request, thrown);
        }
    }

    private Reply matched(Request request, Match.Found found) throws Exception {
        request.matched(found);
        refuseWhileDraining(request, found.route());
        for (Filter filter : filters) filter.admit(request);
        readBody(request, found.route());
        resolveWorkspace(request, found.route());
        return handlers.handle(request);
    }

    /** Filters in the order given, then the handler of the route. */
    private static Handler chain(List<Filter> filters) {
        Handler chain = request -> request.route().orElseThrow().handler().handle(request);
        for (Filter filter : filters.reversed()) {
            Handler next = chain;
            chain = request -> filter.filter(request, next);
        }
        return chain;
    }

    private String requestId(HttpServletRequest servlet) {
        String sent = servlet.getHeader("x-request-id");
        return sent != null && isSafe(sent) ? sent : ids.next().toString();
    }

    private static boolean isSafe(String requestId) {
        if (requestId.isEmpty() || requestId.length() > REQUEST_ID_LENGTH_MAX) return false;
        for (int i = 0; i < requestId.length(); i++) {
            char c = requestId.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && "-_.:/+=@".indexOf(c) < 0) return false;
        }
        return true;
    }

    private void headers(Request request, HttpServletResponse response) {
        response.setHeader("x-request-id", request.requestId());
        response.setHeader("X-Content-Type-Options", "nosniff");
        origins.allowed(request).ifPresent(origin -> {
            response.setHeader("Access-Control-Allow-Origin", origin);
            response.setHeader("Access-Control-Expose-Headers", Origins.exposedHeaders());
            response.setHeader("Vary", "Origin");
        });
    }

    private Reply wrongMethod(Request request, String allowed) {
        if (!request.method().equals("OPTIONS")) {
            String detail = "This path answers " + allowed + ", not " + request.method() + ".";
            return Problems.reply(new Problem(405, "method_not_allowed", detail), request.requestId())
                    .header("Allow", allowed);
        }
        Reply reply = Reply.empty(204).header("Allow", allowed);
        boolean preflight =
                Origins.isPreflight(request) && origins.allowed(request).isPresent();
        return preflight ? Origins.preflight(request, reply) : reply;
    }

    private static void refuseWhileDraining(Request request, Route route) {
        if (!request.draining() || route.operational()) return;
        throw Problem.unavailable("This process is stopping; send the request again.", DRAINING_RETRY_SECONDS);
    }

    private void readBody(Request request, Route route) throws IOException {
        if (route.forwarded()) peek(request);
        if (route.streamedBody()) return;
        byte[] bytes = bytes(request);
        request.bodyTaken();
        if (bytes.length == 0) return;
        String contentType = request.servlet().getContentType();
        if (contentType != null && !isJson(contentType)) {
            throw new Problem(
                    415, "unsupported_media_type", "The body must be application/json, not " + contentType + ".");
        }
        JsonNode json = JsonBody.parse(bytes);
        if (!json.isObject() && !route.anyJson()) {
            throw new Problem(
                    422, "invalid", "body must be an object", List.of(new FieldError("body", "must be an object")), 0);
        }
        request.read(bytes, json);
    }

    /** A small JSON body is read now, for the workspace it may name; what is wrong with it is told by who gets it. */
    private static void peek(Request request) throws IOException {
        HttpServletRequest servlet = request.servlet();
        long declared = servlet.getContentLengthLong();
        String contentType = servlet.getContentType();
        if (declared <= 0 || declared > PEEK_BYTES_MAX || contentType == null || !isJson(contentType)) return;
        byte[] bytes = readDeclared(servlet.getInputStream(), (int) declared);
        try {
            JsonNode json = JsonBody.parse(bytes);
            request.read(bytes, json.isObject() ? json : Json.object());
        } catch (Problem malformed) {
            request.read(bytes, Json.object());
        }
    }

    /** The declared length is looked at before a byte is read, so that {@code Expect: 100-continue} invites nothing. */
    private byte[] bytes(Request request) throws IOException {
        HttpServletRequest servlet = request.servlet();
        if (servlet.getMethod().equals("GET") || servlet.getMethod().equals("HEAD")) return NO_BODY;
        long declared = servlet.getContentLengthLong();
        long max = settings.bodyBytesMax();
        if (declared > max) throw tooLarge();
        if (declared == 0 || (declared < 0 && servlet.getHeader("Transfer-Encoding") == null)) return NO_BODY;
        InputStream in = servlet.getInputStream();
        if (declared > 0) return readDeclared(in, (int) declared);
        byte[] bytes = in.readNBytes((int) max + 1);
        if (bytes.length > max) throw tooLarge();
        return bytes;
    }

    private static byte[] readDeclared(InputStream in, int length) throws IOException {
        byte[] bytes = new byte[length];
        int read = in.readNBytes(bytes, 0, length);
        return read == length ? bytes : Arrays.copyOf(bytes, read);
    }

    private Problem tooLarge() {
        return Problem.tooLarge("The body is larger than " + settings.bodyBytesMax() + " bytes.");
    }

    private static boolean isJson(String contentType) {
        int end = contentType.indexOf(';');
        String type = (end < 0 ? contentType : contentType.substring(0, end)).strip();
        if (type.equalsIgnoreCase(Reply.JSON)) return true;
        String lower = type.toLowerCase(Locale.ROOT);
        return lower.startsWith("application/") && lower.endsWith("+json");
    }

    private static void resolveWorkspace(Request request, Route route) {
        if (!route.operational()) Workspaces.find(request, request.rawJson()).ifPresent(request::named);
    }

    /** What was refused before its workspace was looked for belongs to the one it names, for those who ask later. */
    private static void attribute(Request request) {
        boolean operational = request.route().map(Route::operational).orElse(false);
        if (operational || request.workspaceNamed() || !request.principal().isAnonymous()) return;
        try {
            Workspaces.find(request, Json.object()).ifPresent(request::named);
        } catch (Problem wrong) {
            // Then it belongs to nobody.
        }
    }

    /** The one place where what was thrown becomes an answer. */
    private Reply problem(Request request, Throwable thrown) {
        Problem problem = switch (thrown) {
            case Problem answer -> answer;
            case IOException cut
            when cut.getCause() instanceof TimeoutException ->
                new Problem(408, "request_timeout", "The body did not arrive in time.");
            case IOException cut -> {
                LOG.debug("request {} was cut: {}", request.requestId(), cut.getMessage());
                yield Problem.malformed("incomplete_request", "The body ended before its declared length.");
            }
            default -> {
                LOG.error("request {} {} {} failed", request.requestId(), request.method(), request.path(), thrown);
                yield Problems.internal();
            }
        };
        ProblemFormat format = request.route().map(Route::problems).orElse(ProblemFormat.RFC_9457);
        Reply reply = format.reply(problem, request.requestId());
        int seconds = problem.retryAfterSeconds();
        if (seconds > 0) reply = reply.header("Retry-After", String.valueOf(seconds));
        if (problem.status() == 401) reply = reply.header("WWW-Authenticate", AUTHENTICATE);
        return reply;
    }

    private long plain(Request request, HttpServletResponse response, Reply reply) {
        return reply.transfer().isPresent() ? transfer(request, response, reply) : write(request, response, reply);
    }

    private long transfer(Request request, HttpServletResponse response, Reply reply) {
        response.setStatus(reply.status());
        lines(reply, response);
        response.setContentType(reply.contentType());
        // There may be thousands of these, and each part is sent when it comes.
        if (Stream.CONTENT_TYPE.equals(reply.contentType())) response.setBufferSize(Stream.BUFFER_BYTES);
        if (request.method().equals("HEAD")) return 0;
        long written = 0;
        try {
            CountedStream out = new CountedStream(response.getOutputStream());
            try {
                reply.transfer().orElseThrow().write(out);
            } finally {
                written = out.count();
            }
        } catch (Throwable thrown) {
            if (!response.isCommitted()) {
                response.reset();
                headers(request, response);
                request.answerHeaders().forEach(response::setHeader);
                return write(request, response, problem(request, thrown));
            }
            LOG.debug("request {}: its answer was cut: {}", request.requestId(), thrown.toString());
            // Without its end the client sees that something is missing.
            ServletContextRequest.getServletContextRequest(request.servlet())
                    .getConnectionMetaData()
                    .getConnection()
                    .getEndPoint()
                    .close(thrown);
        }
        return written;
    }

    private static void lines(Reply reply, HttpServletResponse response) {
        reply.headerLines().forEach((name, values) -> {
            response.setHeader(name, values.getFirst());
            for (String value : values.subList(1, values.size())) response.addHeader(name, value);
        });
    }

    /** Gives the number of bytes of the body. */
    private static long write(Request request, HttpServletResponse response, Reply reply) {
        response.setStatus(reply.status());
        lines(reply, response);
        byte[] body = reply.body();
        if (reply.contentType() == null) {
            response.setContentType(null);
        } else {
            response.setContentType(reply.contentType());
            response.setContentLength(body.length);
        }
        if (body.length == 0 || request.method().equals("HEAD")) return 0;
        try {
            response.getOutputStream().write(body);
            return body.length;
        } catch (IOException gone) {
            LOG.debug("request {}: the client left before its answer: {}", request.requestId(), gone.getMessage());
            return 0;
        }
    }

    private long stream(Request request, HttpServletResponse response, Reply reply) {
        lines(reply, response);
        Stream stream = new Stream(response, settings.heartbeat());
        if (request.method().equals("HEAD")) {
            stream.open();
            return 0;
        }
        try {
            streams.add(stream);
            reply.streamHandler().orElseThrow().handle(request, stream);
            stream.open();
        } catch (Throwable thrown) {
            Reply problem = problem(request, thrown);
            if (!stream.isCommitted()) return write(request, response, problem);
            stream.send(null, "error", new String(problem.body(), StandardCharsets.UTF_8));
        } finally {
            streams.remove(stream);
        }
        return stream.bytesWritten();
    }

    private void observe(Answered answered) {
        for (Observer observer : observers) {
            try {
                observer.answered(answered);
            } catch (RuntimeException fault) {
                LOG.error("an observer of request {} failed", answered.request().requestId(), fault);
            }
        }
    }
}

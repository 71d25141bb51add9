package dev.agentplatform.web;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Requests that never reach the pipeline (a broken request line, headers too large) are answered as problems too. */
final class EdgeErrors extends ErrorHandler {
    private static final String REQUEST_ID = "x-request-id";

    private final Ids ids;

    EdgeErrors(Ids ids) {
        this.ids = ids;
    }

    @Override
    protected void generateResponse(
            Request request, Response response, int status, String message, Throwable cause, Callback callback) {
        response.write(true, body(status, response.getHeaders()), callback);
    }

    // The only hook that Jetty gives for a request it cannot parse.
    @SuppressWarnings("removal")
    @Override
    public ByteBuffer badMessageError(int status, String reason, HttpFields.Mutable fields) {
        return body(status, fields);
    }

    private ByteBuffer body(int status, HttpFields.Mutable headers) {
        String requestId = ids.next().toString();
        headers.put(REQUEST_ID, requestId);
        headers.put(HttpHeader.CONTENT_TYPE, Problems.CONTENT_TYPE);
        String code = status >= 500 ? "internal" : "malformed_request";
        String detail = status >= 500 ? "The server met an unexpected fault." : "The HTTP request is not well-formed.";
        Problem problem = new Problem(status, code, detail);
        return ByteBuffer.wrap(Json.mapper().writeValueAsBytes(Problems.render(problem, requestId)));
    }
}

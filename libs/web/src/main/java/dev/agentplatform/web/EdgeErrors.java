package dev.agentplatform.web;

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
    @Override
    protected void generateResponse(
            Request request, Response response, int status, String message, Throwable cause, Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problems.CONTENT_TYPE);
        response.write(true, ByteBuffer.wrap(body(status)), callback);
    }

    @Override
    public ByteBuffer badMessageError(int status, String reason, HttpFields.Mutable fields) {
        fields.put(HttpHeader.CONTENT_TYPE, Problems.CONTENT_TYPE);
        return ByteBuffer.wrap(body(status));
    }

    private static byte[] body(int status) {
        String code = status >= 500 ? "internal" : "malformed_request";
        String detail = status >= 500 ? "The server met an unexpected fault." : "The HTTP request is not well-formed.";
        return Json.mapper().writeValueAsBytes(Problems.render(new Problem(status, code, detail), null));
    }
}

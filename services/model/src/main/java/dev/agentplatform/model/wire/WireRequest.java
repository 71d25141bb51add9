package dev.agentplatform.model.wire;

import java.util.Map;

/** What is sent to a provider. @param body null for a GET @param headers credentials included: never log them */
public record WireRequest(String method, String url, Map<String, String> headers, byte[] body) {
    /** Shows neither headers nor body. */
    @Override
    public String toString() {
        return method + " " + url;
    }
}

package dev.agentplatform.knowledge;

import dev.agentplatform.knowledge.extract.SourceType;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.outbound.OutboundError;
import dev.agentplatform.outbound.OutboundRequest;
import dev.agentplatform.outbound.OutboundResponse;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gets what an address has, from allowed targets only. */
record Fetching(OutboundClient client) {
    private static final Duration TIME_LIMIT = Duration.ofSeconds(60);
    private static final Map<String, String> HEADERS =
            Map.of("Accept", "text/html, text/markdown, text/plain, application/pdf, */*;q=0.5");
    private static final Pattern CHARSET = Pattern.compile("charset=\"?([A-Za-z0-9_:.-]{1,40})");

    /** What came is no document. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String code;
        private final boolean retryable;

        Failed(String code, String message, boolean retryable) {
            super(message, null, false, false);
            this.code = code;
            this.retryable = retryable;
        }

        String code() {
            return code;
        }

        boolean retryable() {
            return retryable;
        }
    }

    Source fetch(Document document) throws InterruptedException {
        OutboundResponse response;
        try {
            response = client.exchange(
                    new OutboundRequest("GET", document.url(), HEADERS, null, TIME_LIMIT, Source.BYTES_MAX));
        } catch (OutboundError error) {
            throw new Failed(error.code(), error.getMessage(), error.retryable());
        }
        int status = response.status();
        if (status >= 300) {
            boolean retryable = status == 408 || status == 429 || status >= 500;
            throw new Failed("http_" + status, "The source answers with the status " + status + ".", retryable);
        }
        SourceType type = document.type() != null
                ? document.type()
                : type(response, document.url())
                        .orElseThrow(() -> new Failed(
                                "unknown_source_type",
                                "The source is of the type '" + response.contentType() + "'; say source_type.",
                                false));
        Matcher charset = CHARSET.matcher(response.header("content-type").orElse(""));
        return new Source(type, response.body(), type.isText() && charset.find() ? charset.group(1) : null);
    }

    /** What the bytes are, what the server says, or what the address ends with. */
    private static Optional<SourceType> type(OutboundResponse response, String url) {
        Optional<SourceType> told = SourceType.ofMediaType(response.contentType());
        boolean vague = told.isEmpty() || told.get() == SourceType.TEXT;
        Optional<SourceType> seen = seen(response.body());
        if (seen.isPresent()) return seen;
        Optional<SourceType> named = vague ? named(url) : Optional.empty();
        return named.or(() -> told);
    }

    /** By the first bytes. */
    static Optional<SourceType> seen(byte[] content) {
        String first = new String(Arrays.copyOf(content, Math.min(5, content.length)), StandardCharsets.ISO_8859_1);
        if (first.startsWith("%PDF-")) return Optional.of(SourceType.PDF);
        if (first.startsWith("PK\u0003\u0004")) return Optional.of(SourceType.DOCX);
        return Optional.empty();
    }

    private static Optional<SourceType> named(String url) {
        String path = Optional.ofNullable(URI.create(url).getPath()).orElse("").toLowerCase(Locale.ROOT);
        if (path.endsWith(".md") || path.endsWith(".markdown")) return Optional.of(SourceType.MARKDOWN);
        if (path.endsWith(".html") || path.endsWith(".htm")) return Optional.of(SourceType.HTML);
        if (path.endsWith(".txt")) return Optional.of(SourceType.TEXT);
        return Optional.empty();
    }
}

package dev.agentplatform.outbound;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.core5.http.ContentType;

/**
 * An answer, whatever its status.
 *
 * @param headers by lower-case name
 * @param body decompressed; empty when there is none
 */
public record OutboundResponse(int status, Map<String, List<String>> headers, byte[] body) {

    /** The first value of a header. */
    public Optional<String> header(String name) {
        List<String> values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        return values.stream().findFirst();
    }

    /** The media type in lower case without parameters; empty when none was sent. */
    public String contentType() {
        String type = header("content-type").orElse("");
        int parameters = type.indexOf(';');
        return (parameters < 0 ? type : type.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
    }

    /** The body in the charset that the answer names, UTF-8 when it names none that is known. */
    public String text() {
        return new String(body, charset());
    }

    private Charset charset() {
        ContentType type = ContentType.parseLenient(header("content-type").orElse(null));
        Charset named = type == null ? null : type.getCharset();
        return named == null ? StandardCharsets.UTF_8 : named;
    }
}

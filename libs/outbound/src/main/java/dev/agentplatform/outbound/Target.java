package dev.agentplatform.outbound;

import dev.agentplatform.outbound.OutboundError.Code;
import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Where a URL leads, checked once.
 *
 * @param host ASCII, lower case, an IPv6 address without brackets
 * @param path with the query, at least {@code /}
 */
record Target(String scheme, String host, int port, String path) {
    private static final int PORT_MAX = 65_535;
    private static final int URL_LENGTH_MAX = 16_384;

    /** @throws OutboundError {@code invalid_request} */
    static Target parse(String url) {
        if (url.length() > URL_LENGTH_MAX) throw invalid("The URL is longer than " + URL_LENGTH_MAX + " characters.");
        try {
            return of(new URI(encoded(url.strip())));
        } catch (URISyntaxException malformed) {
            throw invalid("The URL is malformed: " + malformed.getReason() + ".");
        }
    }

    /** The target of a {@code Location} header, which may be relative. */
    Target redirected(String location) {
        try {
            URI here = new URI(scheme + "://" + authority() + path);
            return of(here.resolve(new URI(encoded(location.strip()))));
        } catch (URISyntaxException malformed) {
            throw new OutboundError(Code.PROTOCOL_ERROR, "The redirect of " + host + " leads to a malformed URL.");
        }
    }

    boolean secure() {
        return scheme.equals("https");
    }

    boolean sameOrigin(Target other) {
        return scheme.equals(other.scheme) && host.equals(other.host) && port == other.port;
    }

    private String authority() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    private static Target of(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean web = scheme.equals("http") || scheme.equals("https");
        if (!web) throw invalid("The URL must begin with http:// or https://.");
        String authority = uri.getRawAuthority();
        if (authority == null || authority.isEmpty()) throw invalid("The URL names no host.");
        // Its password would show up in records of the URL.
        if (authority.indexOf('@') >= 0) throw invalid("The URL holds a user name: put credentials into a header.");
        int colon = authority.lastIndexOf(':');
        boolean hasPort = colon > authority.lastIndexOf(']');
        String host = host(hasPort ? authority.substring(0, colon) : authority);
        String portText = hasPort ? authority.substring(colon + 1) : "";
        int port = portText.isEmpty() ? (scheme.equals("https") ? 443 : 80) : port(portText);
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return new Target(scheme, host, port, uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
    }

    private static String host(String text) {
        if (text.startsWith("[") && text.endsWith("]")) {
            String literal = text.substring(1, text.length() - 1);
            // A zone names one of this machine's interfaces.
            if (literal.indexOf('%') >= 0 || Addresses.literal(literal).isEmpty()) {
                throw invalid("The URL names no valid IPv6 address.");
            }
            return literal.toLowerCase(Locale.ROOT);
        }
        if (!text.matches("[\\p{L}\\p{M}\\p{N}._-]{1,253}")) throw invalid("The URL names no valid host.");
        try {
            return IDN.toASCII(text, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException malformed) {
            throw invalid("The URL names no valid host.");
        }
    }

    private static int port(String text) {
        int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
        if (port < 1 || port > PORT_MAX) throw invalid("The port of the URL is not between 1 and 65535.");
        return port;
    }

    /** Users write spaces, quotes, braces and letters of their language into URLs; the standard wants them escaped. */
    private static String encoded(String url) {
        StringBuilder out = new StringBuilder(url.length() + 16);
        int authorityEnd = authorityEnd(url);
        for (int i = 0; i < url.length(); ) {
            int c = url.codePointAt(i);
            int next = i + Character.charCount(c);
            boolean plain = c > ' ' && c < 0x7F && "\"<>\\^`{|}".indexOf(c) < 0;
            if (plain || i < authorityEnd) out.appendCodePoint(c);
            else
                for (byte b : url.substring(i, next).getBytes(StandardCharsets.UTF_8)) {
                    out.append(String.format(Locale.ROOT, "%%%02X", b & 0xFF));
                }
            i = next;
        }
        return out.toString();
    }

    private static int authorityEnd(String url) {
        int start = url.indexOf("://");
        if (start < 0) return 0;
        int end = start + 3;
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) end++;
        return end;
    }

    private static OutboundError invalid(String message) {
        return new OutboundError(Code.INVALID_REQUEST, message);
    }
}

package dev.agentplatform.model.upstream;

import dev.agentplatform.model.upstream.UpstreamError.Code;
import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** Where a URL leads. @param host as it is resolved, an IPv6 address without brackets */
record Origin(boolean tls, String host, int port) {
    private static final int PORT_MAX = 65_535;

    /** An origin and what stands behind it. @param authority value of the header {@code Host} */
    record Place(Origin origin, String authority, String path) {}

    static Place of(String url) throws UpstreamError {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException malformed) {
            throw invalid("The provider's address is no URL.");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean tls = scheme.equals("https");
        if (!tls && !scheme.equals("http"))
            throw invalid("The provider's address must begin with http:// or https://.");
        if (uri.getHost() == null) throw invalid("The provider's address names no host.");
        if (uri.getRawUserInfo() != null) throw invalid("The provider's address must not hold a password.");
        String host = uri.getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : ascii(host);
        int port = uri.getPort() < 0 ? (tls ? 443 : 80) : uri.getPort();
        if (port < 1 || port > PORT_MAX) throw invalid("The provider's address has a wrong port.");
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        if (uri.getRawQuery() != null) path += "?" + uri.getRawQuery();
        return new Place(new Origin(tls, bare, port), host + (uri.getPort() < 0 ? "" : ":" + port), path);
    }

    private static String ascii(String host) throws UpstreamError {
        try {
            return IDN.toASCII(host);
        } catch (IllegalArgumentException malformed) {
            throw invalid("The provider's address names no host.");
        }
    }

    private static UpstreamError invalid(String message) {
        return new UpstreamError(Code.INVALID_REQUEST, message);
    }
}

package dev.agentplatform.gateway.forward;

import dev.agentplatform.kernel.Settings.WrongSetting;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where a service runs. The operator named it, so it may be any address, inside ones too.
 *
 * @param host without the brackets of an IPv6 address
 * @param base what stands before the paths of the service; empty or {@code /base}
 */
record Upstream(Service service, boolean tls, String host, int port, String base) {

    static Upstream of(Service service, String url) {
        try {
            URI uri = new URI(url.strip());
            boolean tls = "https".equalsIgnoreCase(uri.getScheme());
            boolean plain = uri.getUserInfo() == null && uri.getQuery() == null && uri.getFragment() == null;
            if (plain && uri.getHost() != null && (tls || "http".equalsIgnoreCase(uri.getScheme()))) {
                String host = uri.getHost().replaceAll("^\\[|]$", "");
                String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
                return new Upstream(service, tls, host, uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80, path);
            }
        } catch (URISyntaxException malformed) {
            // answered below
        }
        throw new WrongSetting(service.setting(), "…", "an address such as http://host:8007, without user and query");
    }

    /** The value of the Host header. */
    String authority() {
        String named = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (tls ? 443 : 80) ? named : named + ":" + port;
    }

    String url() {
        return (tls ? "https://" : "http://") + authority() + base;
    }
}

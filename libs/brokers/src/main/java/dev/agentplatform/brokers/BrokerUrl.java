package dev.agentplatform.brokers;

import dev.agentplatform.kernel.Settings.WrongSetting;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where a broker is: {@code scheme://user:password@host:port,host:port/path}. Its text form never shows a login.
 *
 * @param tls whether the scheme asks for TLS
 * @param user null for none
 * @param password null for none
 * @param hosts at least one
 * @param path decoded, without its slash; null when the URL has none
 */
record BrokerUrl(boolean tls, String scheme, String user, String password, List<Host> hosts, String path) {
    private static final Pattern HOST = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\[\\]\\s,/]+)(?::(\\d{1,5}))?");
    private static final int PORT_MAX = 65_535;

    /** One server; IPv6 addresses without brackets. */
    record Host(String name, int port) {
        @Override
        public String toString() {
            return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
        }
    }

    /** What is allowed: the plain scheme, the one with TLS, and their ports. */
    record Kind(String setting, String plain, String withTls, int port, int portTls, String example) {}

    /** @throws WrongSetting when it cannot be read; the message shows no login */
    static BrokerUrl parse(Kind kind, String text) {
        String url = text.strip();
        int colon = url.indexOf("://");
        String scheme = colon < 0 ? kind.plain() : url.substring(0, colon);
        boolean tls = scheme.equals(kind.withTls());
        if (!tls && !scheme.equals(kind.plain())) throw wrong(kind, url);
        String rest = colon < 0 ? url : url.substring(colon + 3);
        // A password may hold an unescaped '@' or '/': the last '@' ends it.
        int at = rest.lastIndexOf('@');
        String login = at < 0 ? "" : rest.substring(0, at);
        String place = rest.substring(at + 1);
        int slash = place.indexOf('/');
        int separator = login.indexOf(':');
        String user = separator < 0 ? login : login.substring(0, separator);
        return new BrokerUrl(
                tls,
                scheme,
                user.isEmpty() ? null : decode(kind, url, user),
                separator < 0 ? null : decode(kind, url, login.substring(separator + 1)),
                hosts(kind, url, slash < 0 ? place : place.substring(0, slash), tls),
                slash < 0 ? null : decode(kind, url, place.substring(slash + 1)));
    }

    private static List<Host> hosts(Kind kind, String url, String place, boolean tls) {
        List<Host> hosts = new ArrayList<>();
        for (String one : place.split(",", -1)) {
            Matcher host = HOST.matcher(one);
            if (!host.matches()) throw wrong(kind, url);
            String name = host.group(1).replaceAll("[\\[\\]]", "");
            int usual = tls ? kind.portTls() : kind.port();
            int port = host.group(2) == null ? usual : Integer.parseInt(host.group(2));
            if (port == 0 || port > PORT_MAX) throw wrong(kind, url);
            hosts.add(new Host(name, port));
        }
        return List.copyOf(hosts);
    }

    private static String decode(Kind kind, String url, String part) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw wrong(kind, url);
        }
    }

    static WrongSetting wrong(Kind kind, String url) {
        // Everything before the last '@' may be part of a password.
        int at = url.lastIndexOf('@');
        return new WrongSetting(kind.setting(), at < 0 ? url : "****" + url.substring(at), kind.example());
    }

    @Override
    public String toString() {
        return hosts.stream().map(Host::toString).collect(Collectors.joining(",", scheme + "://", ""));
    }
}

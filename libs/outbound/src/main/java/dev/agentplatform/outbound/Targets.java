package dev.agentplatform.outbound;

import dev.agentplatform.kernel.Settings;
import dev.agentplatform.outbound.Addresses.Cidr;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which targets may be reached: the public internet, and what the operator allows on top of it. Immutable.
 *
 * <p>A host that is allowed by name is allowed with every address that it resolves to.
 */
public final class Targets {
    public static final String SETTING = "AGENT_PLATFORM_HTTP_ALLOW";
    private static final String ALLOWED = "hosts, host:port, address blocks (10.1.0.0/16) or *, separated by commas";
    private static final int PORT_MAX = 65_535;

    private sealed interface Rule {
        record Everything() implements Rule {}

        record Block(Cidr cidr) implements Rule {}

        /** A name or a literal address; {@code port} 0 stands for all. */
        record Host(String host, int port) implements Rule {}

        record Loopback() implements Rule {}
    }

    private final List<Rule> rules;

    private Targets(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /**
     * Reads {@code AGENT_PLATFORM_HTTP_ALLOW}.
     *
     * @param loopbackByDefault whether loopback targets are allowed while the setting is absent: for a server
     *     that only this machine can reach and that asks nobody who they are
     */
    public static Targets from(Settings settings, boolean loopbackByDefault) {
        return settings.text(SETTING)
                .map(Targets::allowing)
                .orElseGet(() -> loopbackByDefault ? publicAndLoopback() : publicOnly());
    }

    public static Targets publicOnly() {
        return new Targets(List.of());
    }

    public static Targets publicAndLoopback() {
        return new Targets(List.of(new Rule.Loopback()));
    }

    /** @throws Settings.WrongSetting for an entry that is none */
    public static Targets allowing(String list) {
        List<Rule> rules = new ArrayList<>();
        for (String entry : list.split(",")) {
            if (!entry.isBlank()) rules.add(rule(entry.strip().toLowerCase(Locale.ROOT)));
        }
        return new Targets(rules);
    }

    /** Whether a connection to this address may be opened for this host, as it stood in the URL, and port. */
    public boolean permits(String host, int port, InetAddress address) {
        if (Addresses.isPublic(address)) return true;
        for (Rule rule : rules) if (matches(rule, host, port, address)) return true;
        return false;
    }

    private static boolean matches(Rule rule, String host, int port, InetAddress address) {
        return switch (rule) {
            case Rule.Everything everything -> true;
            case Rule.Loopback loopback -> address.isLoopbackAddress();
            case Rule.Block(Cidr cidr) -> {
                byte[] bytes = address.getAddress();
                yield cidr.contains(bytes)
                        || Addresses.embedded(bytes).filter(cidr::contains).isPresent();
            }
            case Rule.Host(String name, int only) -> (only == 0 || only == port) && sameHost(name, host);
        };
    }

    private static boolean sameHost(String rule, String host) {
        String asked = host.toLowerCase(Locale.ROOT);
        if (asked.endsWith(".")) asked = asked.substring(0, asked.length() - 1);
        if (rule.equals(asked)) return true;
        // One IPv6 address has many spellings.
        Optional<byte[]> literal = Addresses.literal(rule);
        return literal.isPresent()
                && Addresses.literal(asked)
                        .filter(it -> Arrays.equals(it, literal.get()))
                        .isPresent();
    }

    private static Rule rule(String entry) {
        if (entry.equals("*")) return new Rule.Everything();
        if (entry.indexOf('/') >= 0)
            return new Rule.Block(Addresses.parseCidr(entry).orElseThrow(() -> wrong(entry)));
        if (entry.startsWith("[")) {
            int close = entry.indexOf(']');
            if (close < 0 || Addresses.literal(entry.substring(1, close)).isEmpty()) throw wrong(entry);
            String rest = entry.substring(close + 1);
            if (!rest.isEmpty() && !rest.startsWith(":")) throw wrong(entry);
            return new Rule.Host(entry.substring(1, close), rest.isEmpty() ? 0 : port(entry, rest.substring(1)));
        }
        if (Addresses.literal(entry).isPresent()) return new Rule.Host(entry, 0);
        int colon = entry.indexOf(':');
        String host = colon < 0 ? entry : entry.substring(0, colon);
        if (!host.matches("[\\p{L}\\p{N}._-]+")) throw wrong(entry);
        return new Rule.Host(host, colon < 0 ? 0 : port(entry, entry.substring(colon + 1)));
    }

    private static int port(String entry, String text) {
        if (!text.matches("\\d{1,5}")) throw wrong(entry);
        int port = Integer.parseInt(text);
        if (port < 1 || port > PORT_MAX) throw wrong(entry);
        return port;
    }

    private static Settings.WrongSetting wrong(String entry) {
        return new Settings.WrongSetting(SETTING, entry, ALLOWED);
    }
}

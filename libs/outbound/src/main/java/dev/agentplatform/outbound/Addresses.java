package dev.agentplatform.outbound;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Which addresses belong to the public internet. Pure. */
final class Addresses {
    /** IANA's special-purpose registry for IPv4: nothing there is a public server. */
    private static final List<Cidr> SPECIAL_V4 = List.of(
            cidr("0.0.0.0/8"),
            cidr("10.0.0.0/8"),
            cidr("100.64.0.0/10"),
            cidr("127.0.0.0/8"),
            cidr("169.254.0.0/16"),
            cidr("172.16.0.0/12"),
            cidr("192.0.0.0/24"),
            cidr("192.0.2.0/24"),
            cidr("192.88.99.0/24"),
            cidr("192.168.0.0/16"),
            cidr("198.18.0.0/15"),
            cidr("198.51.100.0/24"),
            cidr("203.0.113.0/24"),
            cidr("224.0.0.0/4"),
            cidr("240.0.0.0/4"));

    private static final Cidr GLOBAL_V6 = cidr("2000::/3");

    /** Parts of 2000::/3 that are no servers: Teredo, benchmarks, overlays, documentation. */
    private static final List<Cidr> SPECIAL_V6 = List.of(cidr("2001::/23"), cidr("2001:db8::/32"), cidr("3fff::/20"));

    private static final Cidr SIX_TO_FOUR = cidr("2002::/16");
    private static final Cidr NAT64 = cidr("64:ff9b::/96");

    /** The JDK reads a literal of this block as IPv4, so its bytes are written out. */
    private static final Cidr MAPPED = new Cidr(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0}, 96);

    private Addresses() {}

    /** An address block; an address of the other family is never in it. */
    record Cidr(byte[] network, int prefix) {
        boolean contains(byte[] address) {
            if (address.length != network.length) return false;
            int whole = prefix / 8;
            if (!Arrays.equals(address, 0, whole, network, 0, whole)) return false;
            int rest = prefix % 8;
            int mask = 0xFF00 >> rest & 0xFF;
            return rest == 0 || (address[whole] & mask) == (network[whole] & mask);
        }
    }

    static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        Optional<byte[]> embedded = embedded(bytes);
        if (embedded.isPresent()) return isPublicV4(embedded.get());
        if (address instanceof Inet4Address) return isPublicV4(bytes);
        return GLOBAL_V6.contains(bytes) && SPECIAL_V6.stream().noneMatch(block -> block.contains(bytes));
    }

    /** The IPv4 address that a packet to this IPv6 address ends up at, for the ways of carrying one. */
    static Optional<byte[]> embedded(byte[] address) {
        boolean atEnd = NAT64.contains(address) || MAPPED.contains(address);
        if (atEnd) return Optional.of(Arrays.copyOfRange(address, 12, 16));
        if (SIX_TO_FOUR.contains(address)) return Optional.of(Arrays.copyOfRange(address, 2, 6));
        return Optional.empty();
    }

    /** Empty when the text is no literal address: names are not resolved. */
    static Optional<byte[]> literal(String text) {
        boolean v6 = text.indexOf(':') >= 0;
        if (!v6 && !text.matches("\\d{1,3}(\\.\\d{1,3}){3}")) return Optional.empty();
        try {
            return Optional.of(InetAddress.ofLiteral(text).getAddress());
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    /** {@code address/prefix}; empty when it is none. */
    static Optional<Cidr> parseCidr(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("\\d{1,3}")) return Optional.empty();
        int prefix = Integer.parseInt(text.substring(slash + 1));
        return literal(text.substring(0, slash))
                .filter(network -> prefix <= network.length * 8)
                .map(network -> new Cidr(network, prefix));
    }

    private static boolean isPublicV4(byte[] address) {
        return SPECIAL_V4.stream().noneMatch(block -> block.contains(address));
    }

    private static Cidr cidr(String text) {
        return parseCidr(text).orElseThrow(() -> new IllegalArgumentException(text));
    }
}

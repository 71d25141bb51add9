package dev.agentplatform.auth;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One right, as roles grant it, scopes limit to it and routes ask for it: {@code noun:action} or, down to one thing,
 * {@code noun:action:resource}. Each part may be {@code *}; {@code *} alone is every right.
 *
 * <p>{@code agent:write}, {@code agents:write} and {@code gateway:agents:write} are spellings of one right.
 *
 * @param resource null for every one
 */
public record Permission(String noun, String action, String resource) {
    public static final int LENGTH_MAX = 200;

    /** What a caller needs to name another user than its own. */
    public static final Permission IMPERSONATE = new Permission("gateway", "impersonate", null);

    private static final String ANY = "*";
    private static final String GATEWAY = "gateway";
    private static final Pattern PART = Pattern.compile("\\*|[A-Za-z0-9_.@-]+");

    public static Permission read(String service) {
        return new Permission(Nouns.canonical(service), "read", null);
    }

    public static Permission write(String service) {
        return new Permission(Nouns.canonical(service), "write", null);
    }

    /** Empty for what is no right. */
    public static Optional<Permission> parse(String text) {
        if (text.length() > LENGTH_MAX) return Optional.empty();
        List<String> parts = Arrays.asList(text.split(":", -1));
        if (!parts.stream().allMatch(part -> PART.matcher(part).matches())) return Optional.empty();
        boolean behindGateway = parts.getFirst().equals(GATEWAY)
                && (parts.size() > 2 || parts.getLast().equals(ANY));
        if (behindGateway) parts = parts.subList(1, parts.size());
        if (parts.size() == 1) {
            return parts.getFirst().equals(ANY) ? Optional.of(new Permission(ANY, ANY, null)) : Optional.empty();
        }
        String resource = parts.size() == 2 ? ANY : String.join(":", parts.subList(2, parts.size()));
        return Optional.of(
                new Permission(Nouns.canonical(parts.get(0)), parts.get(1), resource.equals(ANY) ? null : resource));
    }

    /** Whether who has this right has {@code wanted} too. */
    public boolean covers(Permission wanted) {
        return (noun.equals(ANY) || noun.equals(wanted.noun))
                && (action.equals(ANY) || action.equals(wanted.action))
                && (resource == null || resource.equals(wanted.resource));
    }

    /** Whether one of {@code words} covers {@code wanted}; words that are no rights cover nothing. */
    public static boolean anyCovers(Collection<String> words, Permission wanted) {
        for (String word : words) {
            if (parse(word).filter(right -> right.covers(wanted)).isPresent()) return true;
        }
        return false;
    }

    @Override
    public String toString() {
        if (noun.equals(ANY) && action.equals(ANY) && resource == null) return ANY;
        return noun + ":" + action + (resource == null ? "" : ":" + resource);
    }
}

package dev.agentplatform.model.published;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A definition as the name of a model: {@code agent:sales_agent}, {@code team:research@3}.
 *
 * @param kind {@code agent}, {@code team}, {@code workflow} or {@code skill}
 * @param named code or id
 * @param version number or id of a version; null for the latest published one
 */
public record DefinitionName(String kind, String named, String version) {
    private static final Pattern FORM = Pattern.compile("(agent|team|workflow|skill):(.+)", Pattern.DOTALL);
    // Codes are free words: an @ in one begins a version only when a version follows it.
    private static final Pattern VERSIONED =
            Pattern.compile("(.+)@(\\d{1,9}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})", Pattern.DOTALL);

    /** Empty for what names no definition but a model of a provider; null is none. */
    public static Optional<DefinitionName> parse(String model) {
        if (model == null) return Optional.empty();
        Matcher form = FORM.matcher(model);
        if (!form.matches()) return Optional.empty();
        Matcher versioned = VERSIONED.matcher(form.group(2));
        if (versioned.matches())
            return Optional.of(new DefinitionName(form.group(1), versioned.group(1), versioned.group(2)));
        return Optional.of(new DefinitionName(form.group(1), form.group(2), null));
    }

    @Override
    public String toString() {
        return kind + ":" + named + (version == null ? "" : "@" + version);
    }
}

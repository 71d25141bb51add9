package dev.agentplatform.kernel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads configuration values by name and remembers what was read, so that start-up can print the
 * effective configuration with secrets masked.
 *
 * <p>Of several names for one setting the first that is set wins; the {@code AGENT_PLATFORM_} name is
 * asked first. A wrong value throws {@link WrongSetting}: one line with the variable, what was found
 * and what is allowed.
 */
public final class Settings {
    private final Map<String, String> values;
    private final Map<String, String> effective = new TreeMap<>();

    public Settings(Map<String, String> values) {
        this.values = Map.copyOf(values);
    }

    /** A value that stops the start. */
    public static final class WrongSetting extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public WrongSetting(String name, String found, String allowed) {
            super(name + " is '" + found + "'; allowed: " + allowed);
        }
    }

    public Optional<String> text(String... names) {
        return found(names).map(entry -> remember(entry.getKey(), entry.getValue()));
    }

    /** Like {@link #text}, but shown as {@code ****}. */
    public Optional<String> secret(String... names) {
        return found(names).map(entry -> {
            effective.put(entry.getKey(), "****");
            return entry.getValue();
        });
    }

    public String text(String name, String byDefault) {
        return remember(name, found(name).map(Map.Entry::getValue).orElse(byDefault));
    }

    public boolean flag(boolean byDefault, String... names) {
        Optional<Map.Entry<String, String>> entry = found(names);
        if (entry.isEmpty()) {
            remember(names[0], String.valueOf(byDefault));
            return byDefault;
        }
        String name = entry.get().getKey();
        String value = remember(name, entry.get().getValue());
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> true;
            case "false", "0", "no", "off" -> false;
            default -> throw new WrongSetting(name, value, "true or false");
        };
    }

    public long number(String name, long byDefault, long lowest, long highest) {
        String value = text(name, String.valueOf(byDefault));
        try {
            long number = Long.parseLong(value.strip());
            if (number >= lowest && number <= highest) return number;
        } catch (NumberFormatException notANumber) {
            // falls through to the one line below
        }
        throw new WrongSetting(name, value, "a whole number from " + lowest + " to " + highest);
    }

    /** A whole number of milliseconds. */
    public Duration millis(String name, Duration byDefault, Duration lowest, Duration highest) {
        return Duration.ofMillis(number(name, byDefault.toMillis(), lowest.toMillis(), highest.toMillis()));
    }

    public String oneOf(String name, String byDefault, List<String> allowed) {
        String value = text(name, byDefault);
        if (allowed.contains(value)) return value;
        throw new WrongSetting(name, value, String.join(", ", allowed));
    }

    /** Every value that starts with {@code prefix}; values are not remembered for display. */
    public Map<String, String> withPrefix(String prefix) {
        Map<String, String> found = new TreeMap<>();
        values.forEach((name, value) -> {
            if (name.startsWith(prefix)) found.put(name.substring(prefix.length()), value);
        });
        return found;
    }

    /** What was read so far, by name, secrets masked. */
    public List<Map.Entry<String, String>> effective() {
        return new ArrayList<>(effective.entrySet());
    }

    private String remember(String name, String value) {
        effective.put(name, value);
        return value;
    }

    private Optional<Map.Entry<String, String>> found(String... names) {
        for (String name : names) {
            String value = values.get(name);
            if (value != null && !value.isBlank()) return Optional.of(Map.entry(name, value));
        }
        return Optional.empty();
    }
}

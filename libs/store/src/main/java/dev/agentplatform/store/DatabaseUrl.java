package dev.agentplatform.store;

import dev.agentplatform.kernel.Settings.WrongSetting;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/** Where the data is. Its text form never shows a password. */
public sealed interface DatabaseUrl {
    String SETTING = "AGENT_PLATFORM_DATABASE_URL";
    String FILE_BY_DEFAULT = "agent-platform.db";

    Dialect dialect();

    /** A file of SQLite; its folder is the data folder unless a setting says otherwise. */
    record Sqlite(Path file) implements DatabaseUrl {
        @Override
        public Dialect dialect() {
            return Dialect.SQLITE;
        }

        @Override
        public String toString() {
            return "sqlite:///" + file;
        }
    }

    /** {@code jdbcUrl} carries neither user nor password; both may be null. */
    record Postgresql(String jdbcUrl, String user, String password) implements DatabaseUrl {
        @Override
        public Dialect dialect() {
            return Dialect.POSTGRESQL;
        }

        @Override
        public String toString() {
            int parameters = jdbcUrl.indexOf('?');
            return parameters < 0 ? jdbcUrl : jdbcUrl.substring(0, parameters);
        }
    }

    /**
     * Reads the spellings that clients of other tools use.
     *
     * <p>{@code sqlite:///x.db} is relative to the working folder, {@code sqlite:////x.db} absolute; a
     * driver name ({@code postgresql+psycopg}) is ignored; several hosts are separated by commas.
     *
     * @param text null or blank: SQLite in {@code dataFolder}
     */
    static DatabaseUrl parse(String text, Path dataFolder) {
        if (text == null || text.isBlank()) return new Sqlite(dataFolder.resolve(FILE_BY_DEFAULT));
        String url = text.strip();
        String scheme = Syntax.SCHEME.matcher(url).replaceFirst("$1");
        if (url.startsWith("jdbc:sqlite:")) return Syntax.sqlite(url, url.substring("jdbc:sqlite:".length()));
        if (url.startsWith("jdbc:postgresql:")) {
            return Syntax.postgresql(url, url.substring("jdbc:postgresql:".length()));
        }
        return switch (scheme) {
            case "sqlite" -> {
                String rest = url.substring(url.indexOf(':') + 1);
                if (!rest.startsWith("///")) throw Syntax.wrong(url);
                yield Syntax.sqlite(url, rest.substring(3));
            }
            case "postgresql", "postgres" -> Syntax.postgresql(url, url.substring(url.indexOf(':') + 1));
            default -> throw Syntax.wrong(url);
        };
    }

    /** The grammar behind {@link #parse}. */
    final class Syntax {
        private static final Pattern SCHEME = Pattern.compile("(?s)^([a-z]+)(\\+[a-z0-9_]+)?:.*$");
        private static final Pattern HOST = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\[\\]\\s]+)(:(\\d{1,5}))?");
        private static final Pattern SECRET_PARAMETER = Pattern.compile("(?i)((?:password|passwd|pwd)=)[^&]*");
        private static final int PORT_MAX = 65_535;

        /** Names of libpq that the JDBC driver spells differently. */
        private static final Map<String, String> PARAMETERS = Map.of(
                "connect_timeout", "connectTimeout",
                "application_name", "ApplicationName",
                "target_session_attrs", "targetServerType");

        private Syntax() {}

        private static Sqlite sqlite(String url, String path) {
            if (path.isBlank() || path.contains(":memory:") || path.contains("?")) throw wrong(url);
            try {
                return new Sqlite(Path.of(path).toAbsolutePath().normalize());
            } catch (InvalidPathException malformed) {
                throw wrong(url);
            }
        }

        /** {@code rest} is what follows the scheme: {@code //user:password@hosts/database?parameters}. */
        private static Postgresql postgresql(String url, String rest) {
            if (!rest.startsWith("//")) throw wrong(url);
            int question = rest.indexOf('?', Math.max(0, rest.lastIndexOf('@')));
            String address = rest.substring(2, question < 0 ? rest.length() : question);
            // A password may hold an unescaped '@' or '/': the last '@' ends it.
            int at = address.lastIndexOf('@');
            String login = at < 0 ? "" : address.substring(0, at);
            String place = address.substring(at + 1);
            int slash = place.indexOf('/');
            String hosts = slash < 0 ? place : place.substring(0, slash);
            String database = slash < 0 ? "" : decode(url, place.substring(slash + 1));
            if (database.isBlank() || database.contains("/")) throw wrong(url);

            int colon = login.indexOf(':');
            String user = login.isEmpty() ? null : decode(url, colon < 0 ? login : login.substring(0, colon));
            String password = colon < 0 ? null : decode(url, login.substring(colon + 1));
            Map<String, String> parameters = parameters(url, question < 0 ? "" : rest.substring(question + 1));
            if (parameters.containsKey("user")) user = parameters.remove("user");
            if (parameters.containsKey("password")) password = parameters.remove("password");
            String jdbcUrl = "jdbc:postgresql://" + hosts(url, hosts) + "/" + encode(database) + text(parameters);
            return new Postgresql(jdbcUrl, user, password);
        }

        private static String hosts(String url, String hosts) {
            if (hosts.isEmpty()) return "localhost";
            for (String host : hosts.split(",", -1)) {
                var matcher = HOST.matcher(host);
                if (!matcher.matches()) throw wrong(url);
                String port = matcher.group(3);
                if (port != null && (Integer.parseInt(port) == 0 || Integer.parseInt(port) > PORT_MAX)) {
                    throw wrong(url);
                }
            }
            return hosts;
        }

        private static Map<String, String> parameters(String url, String query) {
            Map<String, String> parameters = new LinkedHashMap<>();
            if (query.isEmpty()) return parameters;
            for (String pair : query.split("&")) {
                int equals = pair.indexOf('=');
                if (equals <= 0) throw wrong(url);
                String name = decode(url, pair.substring(0, equals));
                String value = decode(url, pair.substring(equals + 1));
                if (name.equals("target_session_attrs")) value = targetServer(value);
                parameters.put(PARAMETERS.getOrDefault(name, name), value);
            }
            return parameters;
        }

        private static String targetServer(String value) {
            return switch (value) {
                case "read-write" -> "primary";
                case "standby" -> "secondary";
                case "prefer-standby" -> "preferSecondary";
                default -> value;
            };
        }

        private static String text(Map<String, String> parameters) {
            if (parameters.isEmpty()) return "";
            StringJoiner joined = new StringJoiner("&", "?", "");
            parameters.forEach((name, value) -> joined.add(encode(name) + "=" + encode(value)));
            return joined.toString();
        }

        // In the address of a URL a plus sign stands for itself.
        private static String decode(String url, String part) {
            try {
                return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException malformed) {
                throw wrong(url);
            }
        }

        private static String encode(String part) {
            return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
        }

        private static WrongSetting wrong(String url) {
            return new WrongSetting(
                    SETTING,
                    masked(url),
                    "sqlite:///relative/path, sqlite:////absolute/path,"
                            + " postgresql://user:password@host:5432/database, jdbc:postgresql://host/database");
        }

        // Everything before the last '@' may be part of a password, so nothing of it is shown.
        private static String masked(String url) {
            int at = url.lastIndexOf('@');
            int start = url.indexOf("://");
            String scheme = start >= 0 && start < at ? url.substring(0, start + 3) : "";
            String shown = at < 0 ? url : scheme + "****" + url.substring(at);
            return SECRET_PARAMETER.matcher(shown).replaceAll("$1****");
        }
    }
}

package dev.agentplatform.app;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Settings;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import java.util.stream.Stream;
import org.slf4j.MDC;
import tools.jackson.databind.node.ObjectNode;

/**
 * Logging of the process, to standard output: text on a terminal, elsewhere one JSON object a line.
 *
 * <p>{@code {"time": RFC 3339 UTC, "level": "debug|info|warn|error", "logger", "thread", "message", "error"?: stack
 * trace}} and one text field for each entry of the slf4j MDC, such as the request id.
 *
 * <p>Settings: {@code NODE_ENV=production} asks for JSON, {@code development} for text; {@code LOG_LEVEL} is one of
 * debug, info, warn, error; {@code DEBUG} names areas (packages of {@code dev.agentplatform}) whose details are logged,
 * as in {@code DEBUG=engine,agentplatform:web} or {@code *}.
 */
public final class Logs {
    private static final String ROOT_PACKAGE = "dev.agentplatform";

    /** Libraries whose information is about themselves: they are heard from {@code warn} on, or when all is detailed. */
    private static final List<String> TALKATIVE =
            List.of("org.eclipse.jetty", "io.javalin", "com.zaxxer.hikari", "org.flywaydb");

    /** JUL forgets the level of a logger that nobody holds. */
    private static final List<Logger> HELD = new ArrayList<>();

    private Logs() {}

    /** Replaces whatever logging was configured before. Throws {@link Settings.WrongSetting}. */
    public static synchronized void start(Settings settings) {
        boolean json = json(settings, onTerminal());
        start(settings, json ? new JsonLines() : new Text(), new FileOutputStream(FileDescriptor.out));
    }

    /** For a command whose standard output is its result: only warnings and errors, as text, on standard error. */
    public static synchronized void startQuietly(Settings settings) {
        start(settings, new Text(), new FileOutputStream(FileDescriptor.err));
        Logger root = Logger.getLogger("");
        if (root.getLevel().equals(Level.INFO)) root.setLevel(Level.WARNING);
    }

    static synchronized void start(Settings settings, Formatter formatter, OutputStream out) {
        Level level = level(settings);
        List<String> areas = areas(settings.text("DEBUG", ""));
        LogManager.getLogManager().reset();
        HELD.clear();
        Logger root = Logger.getLogger("");
        root.addHandler(new Lines(out, formatter));
        root.setLevel(level);
        if (level == Level.INFO) TALKATIVE.forEach(library -> hold(library, Level.WARNING));
        for (String area : areas) {
            hold(area.equals("*") ? ROOT_PACKAGE : ROOT_PACKAGE + "." + area, Level.FINE);
        }
    }

    private static void hold(String name, Level level) {
        Logger logger = Logger.getLogger(name);
        logger.setLevel(level);
        HELD.add(logger);
    }

    static boolean json(Settings settings, boolean onTerminal) {
        return switch (settings.text("NODE_ENV", "")) {
            case "production" -> true;
            case "development" -> false;
            default -> !onTerminal;
        };
    }

    private static boolean onTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private static Level level(Settings settings) {
        String name = settings.text(new String[] {"AGENT_PLATFORM_LOG_LEVEL", "LOG_LEVEL"})
                .orElse("info");
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "debug" -> Level.FINE;
            case "info" -> Level.INFO;
            case "warn", "warning" -> Level.WARNING;
            case "error" -> Level.SEVERE;
            default -> throw new Settings.WrongSetting("LOG_LEVEL", name, "debug, info, warn, error");
        };
    }

    /** {@code name:area,name:*} or {@code area}; what stands before the colon is a product's name and says nothing. */
    private static List<String> areas(String debug) {
        return Stream.of(debug.split("[,\\s]+"))
                .map(area -> area.substring(area.indexOf(':') + 1))
                .map(area -> area.equals("true") || area.equals("1") ? "*" : area)
                .filter(area -> area.matches("\\*|[a-z][a-z0-9.]*") && !area.equals("false"))
                .toList();
    }

    private static String levelName(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) return "error";
        if (level.intValue() >= Level.WARNING.intValue()) return "warn";
        return level.intValue() >= Level.INFO.intValue() ? "info" : "debug";
    }

    private static String stackTrace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString().stripTrailing();
    }

    /** A line that waits in a buffer is lost when the process is killed, so each one is written at once. */
    private static final class Lines extends StreamHandler {
        Lines(OutputStream out, Formatter formatter) {
            super(out, formatter);
            setLevel(Level.ALL);
            try {
                setEncoding(StandardCharsets.UTF_8.name());
            } catch (UnsupportedEncodingException impossible) {
                throw new AssertionError(impossible);
            }
        }

        @Override
        public void publish(LogRecord entry) {
            super.publish(entry);
            flush();
        }
    }

    static final class JsonLines extends Formatter {
        private static final DateTimeFormatter TIME =
                DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

        @Override
        public String format(LogRecord entry) {
            ObjectNode line = Json.object();
            line.put("time", TIME.format(entry.getInstant()));
            line.put("level", levelName(entry.getLevel()));
            line.put("logger", entry.getLoggerName());
            line.put("thread", threadName());
            line.put("message", formatMessage(entry));
            context().forEach((name, value) -> line.putIfAbsent(name, Json.text(value)));
            if (entry.getThrown() != null) line.put("error", stackTrace(entry.getThrown()));
            return Json.write(line) + "\n";
        }
    }

    static final class Text extends Formatter {
        private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

        @Override
        public String format(LogRecord entry) {
            StringBuilder line = new StringBuilder();
            line.append(TIME.format(entry.getInstant().atZone(ZoneId.systemDefault())));
            line.append(' ').append("%-5s".formatted(levelName(entry.getLevel())));
            line.append(' ')
                    .append(shortName(entry.getLoggerName()))
                    .append(": ")
                    .append(formatMessage(entry));
            context()
                    .forEach((name, value) ->
                            line.append(' ').append(name).append('=').append(value));
            line.append('\n');
            if (entry.getThrown() != null)
                line.append(stackTrace(entry.getThrown())).append('\n');
            return line.toString();
        }

        private static String shortName(String logger) {
            return logger == null ? "" : logger.substring(logger.lastIndexOf('.') + 1);
        }
    }

    private static Map<String, String> context() {
        Map<String, String> context = MDC.getCopyOfContextMap();
        return context == null ? Map.of() : context;
    }

    private static String threadName() {
        Thread thread = Thread.currentThread();
        return thread.getName().isEmpty() ? "#" + thread.threadId() : thread.getName();
    }
}

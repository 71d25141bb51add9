package dev.agentplatform.tool;

import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.kernel.Settings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which commands tools may start as MCP servers: what the operator allows, by default none. An entry is how a command must
 * begin, word for word, behind the names of the variables that it may be given:
 * {@code TOKEN= npx -y some-server, /opt/tools/server}. Immutable.
 */
public final class McpCommands {
    public static final String SETTING = "AGENT_PLATFORM_MCP_COMMANDS";
    public static final McpCommands NONE = new McpCommands(List.of());

    private static final String ALLOWED = "commands separated by commas, each with the variables it may be given before"
            + " it: TOKEN= npx -y some-server";

    private record Entry(Set<String> variables, List<String> words) {
        boolean begins(List<String> command) {
            return command.size() >= words.size()
                    && command.subList(0, words.size()).equals(words);
        }
    }

    private final List<Entry> entries;

    private McpCommands(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** Reads {@code AGENT_PLATFORM_MCP_COMMANDS}. @throws Settings.WrongSetting for an entry without a command */
    public static McpCommands from(Settings settings) {
        Optional<String> text = settings.text(SETTING);
        return text.isEmpty() ? NONE : allowing(text.get());
    }

    static McpCommands allowing(String list) {
        List<Entry> entries = new ArrayList<>();
        for (String entry : list.split(",")) if (!entry.isBlank()) entries.add(entry(entry.strip()));
        return new McpCommands(entries);
    }

    private static Entry entry(String text) {
        List<String> words = List.of(text.split("\\s+"));
        Set<String> variables = new HashSet<>();
        int at = 0;
        while (at < words.size() && words.get(at).matches("[A-Za-z_][A-Za-z0-9_]*=")) {
            variables.add(words.get(at).substring(0, words.get(at).length() - 1));
            at++;
        }
        if (at == words.size()) throw new Settings.WrongSetting(SETTING, text, ALLOWED);
        return new Entry(variables, words.subList(at, words.size()));
    }

    /**
     * @param place of the server's fields in what the caller sent, with a dot at its end, or empty
     * @param variables names of those that the process would be given
     * @throws Problem 422 {@code mcp_command_not_allowed}
     */
    void check(String place, List<String> command, Set<String> variables) {
        List<Entry> fitting = entries.stream().filter(it -> it.begins(command)).toList();
        if (fitting.isEmpty()) {
            throw refused(
                    place + McpServer.COMMAND, "is not among the commands that the operator allows by " + SETTING);
        }
        // A variable can make an allowed program do anything, so each needs to be allowed as well.
        if (fitting.stream().anyMatch(it -> it.variables().containsAll(variables))) return;
        Set<String> foreign = new HashSet<>(variables);
        fitting.forEach(it -> foreign.removeAll(it.variables()));
        throw refused(
                place + McpServer.ENV,
                "holds " + String.join(", ", foreign.stream().sorted().toList())
                        + ", which the operator does not allow for this command by " + SETTING);
    }

    private static Problem refused(String field, String message) {
        return new Problem(
                422,
                "mcp_command_not_allowed",
                field + ": " + message + ".",
                List.of(new FieldError(field, message)),
                0);
    }
}

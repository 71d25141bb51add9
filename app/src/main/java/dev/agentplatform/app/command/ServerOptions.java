package dev.agentplatform.app.command;

import dev.agentplatform.app.client.ApiClient;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which server a command speaks to, and as whom. */
final class ServerOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The server. Default: AGENT_PLATFORM_URL, else http://localhost:8080.")
    private String url;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            description =
                    "Sent as x-api-key. Default: AGENT_PLATFORM_API_KEY, which other users of the machine cannot see.")
    private String key;

    @Option(
            names = "--workspace",
            paramLabel = "ID",
            description = "The workspace. Default: AGENT_PLATFORM_WORKSPACE, else the key's own, else public.")
    private String workspace;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    ApiClient client(Map<String, String> environment) {
        Map<String, String> headers = new HashMap<>();
        String asWhom = key == null ? environment.get("AGENT_PLATFORM_API_KEY") : key;
        String where = workspace == null ? environment.get("AGENT_PLATFORM_WORKSPACE") : workspace;
        if (asWhom != null && !asWhom.isBlank()) headers.put("x-api-key", asWhom.strip());
        if (where != null && !where.isBlank()) headers.put("x-workspace-id", where.strip());
        return new ApiClient(address(environment), headers);
    }

    private String address(Map<String, String> environment) {
        String address = url == null ? environment.getOrDefault("AGENT_PLATFORM_URL", "http://localhost:8080") : url;
        try {
            URI parsed = URI.create(address);
            boolean http = "http".equals(parsed.getScheme()) || "https".equals(parsed.getScheme());
            if (http && parsed.getHost() != null) return address;
        } catch (IllegalArgumentException noAddress) {
            // Told below.
        }
        throw new ParameterException(
                spec.commandLine(), "--url is '" + address + "', which is no address such as http://localhost:8080");
    }

    static String query(String name, String value) {
        return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}

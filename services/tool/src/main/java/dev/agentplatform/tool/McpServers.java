package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.outbound.OutboundError;
import dev.agentplatform.tool.McpSession.Deadline;
import dev.agentplatform.vault.Vault.SealBroken;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Reaches MCP servers with the credential of the caller, within what the operator allows. */
final class McpServers implements AutoCloseable {
    private final OutboundClient outbound;
    private final OAuthTokens tokens;
    private final Credentials credentials;
    private final McpCommands commands;
    private final McpSessions sessions = new McpSessions();

    McpServers(OutboundClient outbound, OAuthTokens tokens, Credentials credentials, McpCommands commands) {
        this.outbound = outbound;
        this.tokens = tokens;
        this.credentials = credentials;
        this.commands = commands;
    }

    /** What a server is reached with. @param secret null for none */
    record Access(String workspaceId, McpServer server, Secret secret) {
        Mask mask() {
            return secret == null ? Mask.NONE : Mask.of(secret.values());
        }

        private McpSessions.Key key() {
            return secret == null
                    ? new McpSessions.Key(workspaceId, server, null, 0)
                    : new McpSessions.Key(
                            workspaceId,
                            server,
                            secret.credential().id(),
                            secret.credential().updatedTime());
        }
    }

    /**
     * @param credentialId null for none
     * @throws Problem 404 for a credential that is not there, 422 for a command that is not allowed or a credential that
     *     cannot be used
     * @throws McpFailure {@code credential_unreadable}
     */
    Access access(String workspaceId, McpServer server, UUID credentialId) throws McpFailure {
        Secret secret = null;
        try {
            if (credentialId != null) secret = credentials.open(workspaceId, credentialId);
        } catch (SealBroken broken) {
            throw new McpFailure("credential_unreadable", broken.getMessage(), false);
        }
        if (!(server instanceof McpServer.Local local)) return new Access(workspaceId, server, secret);
        Map<String, String> variables = new LinkedHashMap<>(local.env());
        if (secret != null) variables.putAll(variables(secret));
        commands.check("", local.words(), variables.keySet());
        return new Access(workspaceId, new McpServer.Local(local.words(), Map.copyOf(variables)), secret);
    }

    /** The variables that a credential is for a process. */
    private static Map<String, String> variables(Secret secret) {
        return switch (secret.credential().type()) {
            case API_KEY -> Map.of(secret.json().path("name").asString("API_KEY"), secret.text("api_key"));
            case CUSTOM -> secret.additions(Json.nothing()).headers();
            case BEARER, BASIC, OAUTH2 ->
                throw Problem.invalid(
                        "credential_id",
                        "must be of the type custom, whose fields become variables of the process, or api_key, whose"
                                + " name is that of the variable");
        };
    }

    <T> T use(Access access, Deadline deadline, McpSessions.Work<T> work) throws McpFailure, InterruptedException {
        try {
            return sessions.use(access.key(), limit -> open(access, limit), deadline, work);
        } catch (McpFailure refused) {
            Secret secret = access.secret();
            boolean token = secret != null && secret.credential().type() == CredentialType.OAUTH2;
            if (!token || !refused.code().equals(McpHttp.UNAUTHORIZED)) throw refused;
            // Tokens are taken back before their time; once more with a new one.
            tokens.forget(secret, token(secret, deadline));
            return sessions.use(access.key(), limit -> open(access, limit), deadline, work);
        }
    }

    private McpSession open(Access access, Deadline deadline) throws McpFailure, InterruptedException {
        return switch (access.server()) {
            case McpServer.Local local -> McpSession.open(McpProcess.start(local), deadline);
            case McpServer.Http http -> {
                Secret secret = access.secret();
                Secret.Additions additions = secret == null ? Secret.Additions.NONE : additions(secret, deadline);
                yield McpSession.open(transport(http, additions), deadline);
            }
        };
    }

    private Secret.Additions additions(Secret secret, Deadline deadline) throws McpFailure, InterruptedException {
        boolean token = secret.credential().type() == CredentialType.OAUTH2;
        return token ? Secret.bearer(token(secret, deadline)) : secret.additions(Json.nothing());
    }

    private McpHttp transport(McpServer.Http http, Secret.Additions additions) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(http.headers());
        headers.putAll(additions.headers());
        QueryText query = new QueryText();
        additions.query().forEach(query::add);
        return new McpHttp(outbound, query.appendTo(http.url()), headers);
    }

    private String token(Secret secret, Deadline deadline) throws McpFailure, InterruptedException {
        try {
            return tokens.token(secret, deadline.left());
        } catch (OAuthTokens.Refused refused) {
            throw new McpFailure("credential_refused", refused.getMessage(), refused.retryable());
        } catch (OutboundError error) {
            throw new McpFailure("token_" + error.code(), "The token server: " + error.getMessage(), error.retryable());
        }
    }

    @Override
    public void close() {
        sessions.close();
    }
}

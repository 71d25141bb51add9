package dev.agentplatform.tool;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.service.DefinitionFormat;
import dev.agentplatform.store.Database;
import dev.agentplatform.vault.Vault;
import dev.agentplatform.web.Routes;
import java.time.Clock;
import java.util.Map;

/** What the tool room contributes: its routes and the node type {@code tool}. Its migration is V1.14. */
public final class ToolModule {
    private final Credentials credentials;
    private final ToolCalls calls;
    private final ToolNode node;
    private final McpServers mcp;
    private final ToolFormat format;
    private final Routes routes = new Routes("tool", "Tools, their bindings and credentials");

    /**
     * @param outbound reaches allowed targets only
     * @param commands which processes may be started as MCP servers
     * @param backends executes tools of the types {@code code}, {@code workflow} and {@code agent}
     * @param children tells the run of a workflow or an agent that is a tool inside of a run
     */
    public ToolModule(
            Database database,
            Clock clock,
            Ids ids,
            Catalog catalog,
            OutboundClient outbound,
            Vault vault,
            McpCommands commands,
            Map<ToolType, ToolBackend> backends,
            ChildRuns children) {
        Tools tools = new Tools(catalog, commands);
        Bindings bindings = new Bindings(database, clock, ids, tools);
        credentials = new Credentials(database, clock, ids, vault);
        OAuthTokens tokens = new OAuthTokens(outbound, clock);
        HttpCalls http = new HttpCalls(outbound, tokens, clock);
        mcp = new McpServers(outbound, tokens, credentials, commands);
        calls = new ToolCalls(tools, bindings, credentials, http, new McpCalls(mcp), backends, clock, ids);
        node = new ToolNode(calls, children);
        format = new ToolFormat(new BindingFormat(database, catalog, clock, ids));
        new ToolRoutes(tools, bindings).addTo(routes);
        new InvokeRoutes(calls, clock).addTo(routes);
        new BindingRoutes(bindings).addTo(routes);
        new CredentialRoutes(credentials).addTo(routes);
        new ImportRoutes(new OpenApiImport(tools), new McpImport(tools, mcp), outbound).addTo(routes);
    }

    public Routes routes() {
        return routes;
    }

    public ToolCalls calls() {
        return calls;
    }

    /** How tools and their bindings look in documents. */
    public DefinitionFormat format() {
        return format;
    }

    /** The node type {@code tool}. */
    public NodeType node() {
        return node;
    }

    /** Ends the sessions with MCP servers, and the processes among them. */
    public void stop() {
        mcp.close();
    }

    /**
     * Seals credentials that an older key sealed with the newest one, after the operator changed keys.
     *
     * @return one line about what was done; empty when nothing was to do
     */
    public String resealCredentials() {
        if (!credentials.hasKey()) return "";
        Credentials.Resealed done = credentials.resealAll();
        if (done.count() == 0 && done.unreadable().isEmpty()) return "";
        return done.count() + " credentials were sealed with the newest key; "
                + done.unreadable().size() + " cannot be opened with any key given";
    }
}

package dev.agentplatform.tool;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.outbound.OutboundClient;
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
    private final Routes routes = new Routes("tool", "Tools, their bindings and credentials");

    /**
     * @param outbound reaches allowed targets only
     * @param backends executes tools of the types {@code code} and {@code workflow}
     * @param children tells the run of a workflow tool inside of a run
     */
    public ToolModule(
            Database database,
            Clock clock,
            Ids ids,
            Catalog catalog,
            OutboundClient outbound,
            Vault vault,
            Map<ToolType, ToolBackend> backends,
            ChildRuns children) {
        Tools tools = new Tools(catalog);
        Bindings bindings = new Bindings(database, clock, ids, tools);
        credentials = new Credentials(database, clock, ids, vault);
        HttpCalls http = new HttpCalls(outbound, new OAuthTokens(outbound, clock), clock);
        calls = new ToolCalls(tools, bindings, credentials, http, backends, clock, ids);
        node = new ToolNode(calls, children);
        new ToolRoutes(tools, bindings).addTo(routes);
        new InvokeRoutes(calls, clock).addTo(routes);
        new BindingRoutes(bindings).addTo(routes);
        new CredentialRoutes(credentials).addTo(routes);
        new ImportRoutes(new OpenApiImport(tools), outbound).addTo(routes);
    }

    public Routes routes() {
        return routes;
    }

    public ToolCalls calls() {
        return calls;
    }

    /** The node type {@code tool}. */
    public NodeType node() {
        return node;
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

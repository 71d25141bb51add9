package dev.agentplatform.workflow;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.queue.QueueLimits;
import dev.agentplatform.store.Database;
import dev.agentplatform.web.Routes;
import dev.agentplatform.workflow.dsl.NodeTypes;
import java.time.Clock;

/** What the workflow room contributes: its services and its routes. Its migration is V1.08. */
public final class WorkflowModule {
    private final Workflows workflows;
    private final Apps apps;
    private final Routes routes = new Routes("workflow", "Workflows, their versions, and the apps that group them");

    /** @param types what a node may be; others are faults @param limits those that the engine keeps to */
    public WorkflowModule(
            Database database, Clock clock, Ids ids, Catalog catalog, NodeTypes types, QueueLimits limits) {
        workflows = new Workflows(catalog, types, limits);
        apps = new Apps(database, clock, ids, workflows);
        new AppRoutes(apps).addTo(routes);
        new WorkflowRoutes(workflows).addTo(routes);
    }

    public Workflows workflows() {
        return workflows;
    }

    public Apps apps() {
        return apps;
    }

    public Routes routes() {
        return routes;
    }
}

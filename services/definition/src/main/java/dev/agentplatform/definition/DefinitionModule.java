package dev.agentplatform.definition;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.service.DefinitionFormat;
import dev.agentplatform.store.Database;
import dev.agentplatform.web.Routes;
import java.util.List;

/** What this room contributes: its routes. */
public final class DefinitionModule {
    private final Routes routes = new Routes("definition", "Definitions of every kind as YAML or JSON documents");

    /** @param formats one for each kind, in the order in which they are written */
    public DefinitionModule(Database database, Catalog catalog, List<DefinitionFormat> formats) {
        Export export = new Export(database, catalog, formats);
        new DocumentRoutes(export, new Apply(database, catalog, export)).addTo(routes);
    }

    public Routes routes() {
        return routes;
    }
}

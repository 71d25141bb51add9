package dev.agentplatform.model;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.model.call.Calls;
import dev.agentplatform.model.call.Directory;
import dev.agentplatform.model.call.ModelList;
import dev.agentplatform.model.call.OperatorProviders;
import dev.agentplatform.model.mock.MockProvider;
import dev.agentplatform.model.mock.MockScript;
import dev.agentplatform.model.provider.Kind;
import dev.agentplatform.model.provider.ProviderRoutes;
import dev.agentplatform.model.provider.Providers;
import dev.agentplatform.model.upstream.Connector;
import dev.agentplatform.model.upstream.HttpUpstream;
import dev.agentplatform.model.upstream.Watch;
import dev.agentplatform.model.usage.UsageLog;
import dev.agentplatform.model.usage.UsageRoutes;
import dev.agentplatform.model.wire.Wire;
import dev.agentplatform.outbound.Targets;
import dev.agentplatform.store.Database;
import dev.agentplatform.vault.Vault;
import dev.agentplatform.web.Routes;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The room of models, wired. */
public final class ModelModule implements LifeCycle {
    private final Watch watch = new Watch();
    private final HttpUpstream guarded;
    private final HttpUpstream trusted;
    private final MockProvider mock;
    private final UsageLog usage;
    private final Models models;
    private final Directory known;
    private final Routes routes;

    /**
     * @param targets which addresses users' providers may have
     * @param wires the formats that are translated, by kind of provider
     */
    public ModelModule(
            Settings settings,
            Database database,
            Clock clock,
            Ids ids,
            Vault vault,
            Targets targets,
            Map<Kind, Wire> wires,
            Prices prices) {
        guarded = new HttpUpstream(new Connector(watch, Optional.of(targets)));
        trusted = new HttpUpstream(new Connector(watch, Optional.empty()));
        mock = new MockProvider(
                settings.text(MockScript.SETTING)
                        .map(file -> MockScript.read(Path.of(file)))
                        .orElse(MockScript.EMPTY),
                clock);
        usage = new UsageLog(database);
        Directory[] directory = new Directory[1];
        Set<Kind> kinds = Arrays.stream(Kind.values())
                .filter(kind -> kind.passesThrough() || wires.containsKey(kind))
                .collect(Collectors.toSet());
        Providers providers =
                new Providers(database, vault, kinds, clock, ids, workspace -> directory[0].changed(workspace));
        directory[0] = new Directory(
                OperatorProviders.from(settings),
                providers,
                new Directory.Upstreams(guarded, trusted, mock),
                wires,
                prices);
        known = directory[0];
        Calls calls = new Calls(directory[0], usage, clock, ids);
        models = new Models(calls);
        routes = new Routes("model-gateway", "Models of many providers behind OpenAI's format");
        new ModelRoutes(calls, new ModelList(directory[0]), watch).addTo(routes);
        new ProviderRoutes(providers).addTo(routes);
        new UsageRoutes(database, usage, clock).addTo(routes);
    }

    /** For those inside. */
    public Models models() {
        return models;
    }

    /** Whether calls of this model cost nothing and reach nobody: the mock inside this process answers them. */
    public boolean mockOnly(String workspaceId, String model) {
        return known.mockOnly(workspaceId, model);
    }

    public Routes routes() {
        return routes;
    }

    /** The provider inside this process, which counts its calls. */
    public MockProvider mock() {
        return mock;
    }

    @Override
    public void start() {
        watch.start();
        usage.start();
    }

    /** Stores the usage that waits. Nothing may call any more. */
    @Override
    public void stop() {
        guarded.close();
        trusted.close();
        usage.stop();
        watch.stop();
    }
}

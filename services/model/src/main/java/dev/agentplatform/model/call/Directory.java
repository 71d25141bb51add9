package dev.agentplatform.model.call;

import dev.agentplatform.kernel.Problem;
import dev.agentplatform.model.Prices;
import dev.agentplatform.model.provider.Kind;
import dev.agentplatform.model.provider.Limits;
import dev.agentplatform.model.provider.ModelEntry;
import dev.agentplatform.model.provider.Provider;
import dev.agentplatform.model.provider.Providers;
import dev.agentplatform.model.upstream.Upstream;
import dev.agentplatform.model.wire.Wire;
import dev.agentplatform.model.wire.WireTarget;
import dev.agentplatform.vault.Vault;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Finds who answers for the name of a model: {@code provider/model}, else a model that a provider of the workspace
 * declares, else its first provider that declares none, else the provider of the settings; the mock when there is no
 * provider at all.
 */
public final class Directory {
    /** Other processes change providers too. */
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int WORKSPACES_MAX = 10_000;
    private static final int NAMES_MAX = 1_000;
    private static final int GATES_MAX = 100_000;

    /** Who sends: to addresses of users, to those of the operator, to nowhere. */
    public record Upstreams(Upstream guarded, Upstream trusted, Upstream mock) {}

    /** A workspace's providers as they were read, with what was found in them. */
    private record Snapshot(List<Source> sources, long readNanos, Map<String, List<Candidate>> found) {}

    private record GateKey(String workspaceId, String provider, String model) {}

    private final OperatorProviders operator;
    private final Providers providers;
    private final Upstreams upstreams;
    private final Map<Kind, Wire> wires;
    private final Prices prices;
    private final Map<String, Snapshot> snapshots = new ConcurrentHashMap<>();
    private final Map<GateKey, Gate> gates = new ConcurrentHashMap<>();

    public Directory(
            OperatorProviders operator,
            Providers providers,
            Upstreams upstreams,
            Map<Kind, Wire> wires,
            Prices prices) {
        this.operator = operator;
        this.providers = providers;
        this.upstreams = upstreams;
        this.wires = Map.copyOf(wires);
        this.prices = prices;
    }

    /** A workspace's providers were changed by this process. */
    public void changed(String workspaceId) {
        snapshots.remove(workspaceId);
    }

    /**
     * Those that may answer, in the order in which they are asked.
     *
     * @param model null for the default
     * @throws Problem 404 {@code model_not_found}; 422 when no model is named and there is no default
     */
    List<Candidate> candidates(String workspaceId, String model, Operation operation) {
        Snapshot snapshot = snapshot(workspaceId);
        String key = operation.word() + " " + (model == null ? "" : model);
        List<Candidate> known = snapshot.found().get(key);
        if (known != null) return known;
        List<Candidate> found = find(workspaceId, snapshot, model, operation);
        if (snapshot.found().size() >= NAMES_MAX) snapshot.found().clear();
        snapshot.found().put(key, found);
        return found;
    }

    /** Whether nobody but the mock answers to a name, or to none. False for a name that nobody knows. */
    public boolean mockOnly(String workspaceId, String model) {
        try {
            return candidates(workspaceId, model, Operation.CHAT).stream().allMatch(one -> one.kind() == Kind.MOCK);
        } catch (Problem unknown) {
            return false;
        }
    }

    /** Every provider that the workspace can reach, its own first. */
    List<Source> sources(String workspaceId) {
        List<Source> all = new ArrayList<>(snapshot(workspaceId).sources());
        if (operator.configured() || all.isEmpty()) all.add(operator.main());
        operator.embedding().ifPresent(all::add);
        return all;
    }

    private Snapshot snapshot(String workspaceId) {
        Snapshot known = snapshots.get(workspaceId);
        long now = System.nanoTime();
        if (known != null && now - known.readNanos() < KEPT_NANOS) return known;
        List<Source> sources = providers.enabled(workspaceId).stream()
                .filter(provider -> provider.kind().passesThrough() || wires.containsKey(provider.kind()))
                .map(this::source)
                .toList();
        // Nothing changed: what was found stays found.
        boolean same = known != null && known.sources().equals(sources);
        Snapshot read = new Snapshot(sources, now, same ? known.found() : new ConcurrentHashMap<>());
        if (snapshots.size() >= WORKSPACES_MAX) snapshots.clear();
        snapshots.put(workspaceId, read);
        return read;
    }

    private Source source(Provider provider) {
        String key = null;
        boolean broken = false;
        try {
            key = providers.openKey(provider);
        } catch (Vault.SealBroken sealed) {
            broken = true;
        }
        return new Source(
                provider.name(),
                provider.kind(),
                provider.baseUrl(),
                key,
                broken,
                true,
                provider.models(),
                provider.limits(),
                provider.fallback());
    }

    private List<Candidate> find(String workspaceId, Snapshot snapshot, String model, Operation operation) {
        Named first = named(snapshot, model, operation).orElseThrow(() -> unknown(model));
        Set<Named> order = new LinkedHashSet<>(List.of(first));
        for (String other : first.fallback()) named(snapshot, other, operation).ifPresent(order::add);
        return order.stream().map(named -> candidate(workspaceId, named)).toList();
    }

    private static Problem unknown(String model) {
        if (model == null) return Problem.invalid("model", "is required: there is no default model");
        return new Problem(
                404,
                "model_not_found",
                "The model '" + model + "' does not exist here.",
                List.of(new Problem.FieldError("model", "is not known")),
                0);
    }

    /** A model of a source; the entry is null when the source declares none. */
    private record Named(Source source, String model, ModelEntry entry) {
        List<String> fallback() {
            return entry != null && entry.fallback() != null ? entry.fallback() : source.fallback();
        }
    }

    private Optional<Named> named(Snapshot snapshot, String model, Operation operation) {
        List<Source> own = snapshot.sources();
        if (model == null) return byDefault(own, operation);
        int slash = model.indexOf('/');
        if (slash > 0) {
            Optional<Source> prefixed = source(own, model.substring(0, slash));
            if (prefixed.isPresent()) return inside(prefixed.get(), model.substring(slash + 1));
        }
        for (Source source : own) {
            Optional<ModelEntry> entry = source.entry(model);
            if (entry.isPresent())
                return Optional.of(new Named(source, entry.get().upstream(), entry.get()));
        }
        for (Source source : own) {
            if (source.models().isEmpty()) return Optional.of(new Named(source, model, null));
        }
        if (!operator.configured() && !own.isEmpty()) return Optional.empty();
        return Optional.of(new Named(operator.of(operation), model, null));
    }

    private Optional<Source> source(List<Source> own, String name) {
        for (Source source : own) if (source.name().equals(name)) return Optional.of(source);
        return operator.named(name);
    }

    private static Optional<Named> inside(Source source, String model) {
        if (source.models().isEmpty()) return Optional.of(new Named(source, model, null));
        return source.entry(model).map(entry -> new Named(source, entry.upstream(), entry));
    }

    private Optional<Named> byDefault(List<Source> own, Operation operation) {
        Optional<String> name = operator.defaultModel(operation);
        if (name.isPresent() && (operator.configured() || own.isEmpty()))
            return Optional.of(new Named(operator.of(operation), name.get(), null));
        for (Source source : own) {
            if (source.models().isEmpty()) continue;
            ModelEntry entry = source.models().getFirst();
            return Optional.of(new Named(source, entry.upstream(), entry));
        }
        return Optional.empty();
    }

    private Candidate candidate(String workspaceId, Named named) {
        Source source = named.source();
        if (source.keyBroken())
            throw new Problem(
                    503,
                    "provider_key_unreadable",
                    "The key of provider " + source.name() + " cannot be opened any more; store it again.");
        Limits limits = source.limits().over(Limits.DEFAULT);
        ModelEntry entry = named.entry();
        if (entry != null && entry.limits() != null) limits = entry.limits().over(limits);
        // Those of the operator are shared by all workspaces.
        String owner = source.guarded() ? workspaceId : "";
        return new Candidate(
                source.name(),
                source.kind(),
                new WireTarget(source.baseUrl(), source.key(), named.model()),
                upstream(source),
                Optional.ofNullable(wires.get(source.kind())),
                entry != null && entry.price() != null
                        ? Optional.of(entry.price())
                        : prices.of(source.kind().word(), named.model()),
                gate(new GateKey(owner, source.name(), named.model()), limits));
    }

    /** For a question about the provider itself, such as its list of models. */
    Candidate candidate(Source source) {
        return new Candidate(
                source.name(),
                source.kind(),
                new WireTarget(source.baseUrl(), source.key(), ""),
                upstream(source),
                Optional.ofNullable(wires.get(source.kind())),
                Optional.empty(),
                new Gate(source.name(), source.limits().over(Limits.DEFAULT)));
    }

    private Upstream upstream(Source source) {
        if (source.kind() == Kind.MOCK) return upstreams.mock();
        return source.guarded() ? upstreams.guarded() : upstreams.trusted();
    }

    private Gate gate(GateKey key, Limits limits) {
        if (gates.size() >= GATES_MAX) gates.clear();
        return gates.compute(
                key,
                (unused, known) -> known != null && known.limits().equals(limits)
                        ? known
                        : new Gate(key.provider() + "/" + key.model(), limits));
    }
}

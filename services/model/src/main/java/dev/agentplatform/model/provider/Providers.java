package dev.agentplatform.model.provider;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.UniqueViolation;
import dev.agentplatform.vault.Vault;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** What a workspace registers. The key of a provider is sealed before it is stored, and opened by those who call. */
public final class Providers {
    static final int PER_WORKSPACE_MAX = 200;

    /** Names that stand for something else. */
    private static final Set<String> RESERVED = Set.of("default", "mock", "embedding");

    private final Database database;
    private final Vault vault;
    private final Set<Kind> kinds;
    private final Clock clock;
    private final Ids ids;
    private final Consumer<String> changed;

    /** @param kinds those that can be spoken @param changed told of the workspace whose providers have changed */
    public Providers(Database database, Vault vault, Set<Kind> kinds, Clock clock, Ids ids, Consumer<String> changed) {
        this.database = database;
        this.vault = vault;
        this.kinds = kinds;
        this.clock = clock;
        this.ids = ids;
        this.changed = changed;
    }

    /** The fields that a request sets; null leaves a field as it is, or takes its default. */
    record Change(
            String name,
            String baseUrl,
            String apiKey,
            List<ModelEntry> models,
            Limits limits,
            List<String> fallback,
            Boolean enabled) {}

    /** @throws Problem 409 {@code duplicate_name}, 422 for an address or a kind that cannot be */
    Provider create(String workspaceId, String kindWord, Change change) {
        Kind kind = kind(kindWord);
        Provider blank = new Provider(
                ids.next(),
                workspaceId,
                change.name(),
                kind,
                kind.baseUrl(),
                null,
                List.of(),
                Limits.NONE,
                List.of(),
                true,
                clock.millis(),
                clock.millis());
        Provider provider = changed(blank, change);
        write(
                provider.name(),
                () -> database.transact(sql -> {
                    if (ProviderTable.count(sql, workspaceId) >= PER_WORKSPACE_MAX)
                        throw Problem.conflict(
                                "too_many_providers", "A workspace has at most " + PER_WORKSPACE_MAX + " providers.");
                    ProviderTable.insert(sql, provider);
                    return provider;
                }));
        changed.accept(workspaceId);
        return provider;
    }

    /** @throws Problem 404; else as {@link #create} */
    Provider update(String workspaceId, UUID id, Change change) {
        Provider[] stored = new Provider[1];
        write(
                change.name(),
                () -> database.transact(sql -> {
                    Provider before = ProviderTable.find(sql, workspaceId, id).orElseThrow(() -> missing(id));
                    stored[0] = changed(before, change);
                    ProviderTable.update(sql, stored[0]);
                    return stored[0];
                }));
        changed.accept(workspaceId);
        return stored[0];
    }

    /** @throws Problem 404 */
    Provider get(String workspaceId, UUID id) {
        return database.read(sql -> ProviderTable.find(sql, workspaceId, id)).orElseThrow(() -> missing(id));
    }

    Page<Provider> list(String workspaceId, String name, PageRequest page) {
        return database.read(sql -> ProviderTable.list(sql, workspaceId, name, page));
    }

    /** @throws Problem 404 */
    void delete(String workspaceId, UUID id) {
        boolean deleted = database.transact(sql -> ProviderTable.delete(sql, workspaceId, id));
        if (!deleted) throw missing(id);
        changed.accept(workspaceId);
    }

    /** Those that may be called, the oldest first. */
    public List<Provider> enabled(String workspaceId) {
        return database.read(sql -> ProviderTable.enabled(sql, workspaceId));
    }

    /** Null when it has none. @throws Vault.SealBroken when the key to it is gone */
    public String openKey(Provider provider) {
        return provider.sealedKey() == null ? null : vault.open(provider.sealContext(), provider.sealedKey());
    }

    private static void write(String name, Runnable work) {
        try {
            work.run();
        } catch (UniqueViolation taken) {
            throw Problem.conflict("duplicate_name", "There is already a provider with the name " + name + ".");
        }
    }

    private Kind kind(String word) {
        return Kind.of(word)
                .filter(kinds::contains)
                .orElseThrow(() -> Problem.invalid(
                        "kind",
                        "must be one of "
                                + String.join(
                                        ", ",
                                        kinds.stream().map(Kind::word).sorted().toList())));
    }

    private Provider changed(Provider before, Change change) {
        String name = change.name() == null ? before.name() : checkedName(change.name());
        String url = change.baseUrl() == null ? before.baseUrl() : checkedUrl(before.kind(), change.baseUrl());
        // A key that was given for one address must not be sent to another.
        boolean moved = !url.equals(before.baseUrl()) && before.sealedKey() != null && change.apiKey() == null;
        if (moved) throw Problem.invalid("api_key", "is required when base_url changes");
        String sealed = before.sealedKey();
        if (change.apiKey() != null)
            sealed = change.apiKey().isEmpty() ? null : vault.seal(before.sealContext(), checkedKey(change.apiKey()));
        if (change.models() != null) checkNames(change.models());
        return new Provider(
                before.id(),
                before.workspaceId(),
                name,
                before.kind(),
                url,
                sealed,
                change.models() == null ? before.models() : change.models(),
                change.limits() == null ? before.limits() : change.limits(),
                change.fallback() == null ? before.fallback() : change.fallback(),
                change.enabled() == null ? before.enabled() : change.enabled(),
                before.createdTime(),
                clock.millis());
    }

    private static String checkedName(String name) {
        if (RESERVED.contains(name)) throw Problem.invalid("name", "must not be " + name + ", which is taken");
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*"))
            throw Problem.invalid("name", "must be letters, digits or any of . _ -");
        return name;
    }

    /** Headers cannot carry more. */
    private static String checkedKey(String key) {
        if (key.chars().allMatch(c -> c > 0x20 && c < 0x7f)) return key;
        throw Problem.invalid("api_key", "must be printable and without blanks");
    }

    private static String checkedUrl(Kind kind, String url) {
        if (kind == Kind.MOCK) return kind.baseUrl();
        URI uri;
        try {
            uri = new URI(url.strip());
        } catch (URISyntaxException malformed) {
            throw Problem.invalid("base_url", "must be a URL");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https"))
            throw Problem.invalid("base_url", "must begin with http:// or https://");
        if (uri.getHost() == null) throw Problem.invalid("base_url", "must name a host");
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null)
            throw Problem.invalid("base_url", "must have neither a password, a query nor a fragment");
        String text = uri.toString();
        while (text.endsWith("/")) text = text.substring(0, text.length() - 1);
        return text;
    }

    private static void checkNames(List<ModelEntry> models) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < models.size(); i++) {
            String name = models.get(i).name();
            if (!seen.add(name)) throw Problem.invalid("models." + i + ".name", "is there twice");
        }
    }

    private static Problem missing(UUID id) {
        return Problem.notFound("provider", id);
    }
}

package dev.agentplatform.gateway.keys;

import dev.agentplatform.auth.Recent;
import dev.agentplatform.auth.Secret;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import dev.agentplatform.web.Principal;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * API keys. A key that was presented a moment ago is answered from memory ({@link Recent}): a key that is taken back here
 * is refused here at once, by other processes after two seconds at the latest.
 */
public final class ApiKeys implements LifeCycle {
    /** What every text of a key begins with. */
    public static final String PREFIX = "ap_";

    /** So much of the text is shown, to tell keys apart. */
    private static final int SHOWN = PREFIX.length() + 8;

    private static final String NOUN = "api_key";

    private final Database database;
    private final Outbox outbox;
    private final Clock clock;
    private final Ids ids;
    private final Recent<String, ApiKey> recent;
    private final LastUses uses;
    private volatile boolean anyKeySeen;

    /** {@code scopes} are empty for a key without limits, {@code userId} may be null, {@code expiresTime} 0. */
    public record NewKey(String name, List<String> scopes, String userId, long expiresTime) {}

    /** A key with its text, which is shown this once. */
    public record Made(ApiKey key, String text) {}

    public ApiKeys(Database database, Outbox outbox, Clock clock, Ids ids) {
        this.outbox = outbox;
        this.database = database;
        this.clock = clock;
        this.ids = ids;
        this.recent = new Recent<>(clock);
        this.uses = new LastUses(database);
    }

    // Who calls

    /** Whether a text has the form of our keys. */
    public static boolean looksLikeKey(String text) {
        return text.startsWith(PREFIX);
    }

    /** @throws Problem 401 when it is no key, or one that is not accepted any more */
    public Principal authenticate(String text) {
        // What cannot be a key costs no look into the database.
        if (!Secret.looksLike(PREFIX, text)) throw Problem.unauthorized("The API key is not known.");
        byte[] hash = Secret.sha256(text);
        ApiKey key = recent.get(HexFormat.of().formatHex(hash), name -> read(hash));
        if (key == null) throw Problem.unauthorized("The API key is not known.");
        long now = clock.millis();
        if (!key.accepted(now)) {
            String why = key.status().equals(ApiKey.ACTIVE) ? "has expired" : "is " + key.status();
            throw Problem.unauthorized("The API key " + why + ".");
        }
        uses.used(key, now);
        return key.principal();
    }

    private ApiKey read(byte[] hash) {
        return database.read(sql -> ApiKeyTable.findByHash(sql, hash)).orElse(null);
    }

    /** Whether nobody has made a key in this installation yet. */
    public boolean none() {
        if (anyKeySeen) return false;
        anyKeySeen = database.read(ApiKeyTable::anyKey);
        return !anyKeySeen;
    }

    // What is done with them

    /**
     * Makes a key that can no more than its maker.
     *
     * @param maker who asks; with rights to everything when nobody had to sign in
     * @throws Problem 403
     */
    public Made create(String workspaceId, NewKey asked, Principal maker) {
        NewKey checked = Limits.within(maker, asked);
        return database.transact(sql -> insert(sql, workspaceId, checked, maker, false));
    }

    /** Makes the first key of the installation: of any number of callers one wins. @throws Problem 401 for the others */
    public Made createFirst(String workspaceId, NewKey asked) {
        Made made = database.transact(sql -> insert(sql, workspaceId, asked, Principal.ANONYMOUS, true));
        anyKeySeen = true;
        return made;
    }

    private Made insert(Sql sql, String workspaceId, NewKey asked, Principal maker, boolean mustBeFirst)
            throws SQLException {
        String text = Secret.random(PREFIX);
        long now = clock.millis();
        ApiKey key = new ApiKey(
                ids.next(),
                workspaceId,
                asked.name(),
                text.substring(0, SHOWN),
                asked.scopes(),
                asked.userId(),
                ApiKey.ACTIVE,
                asked.expiresTime(),
                0,
                now,
                now);
        boolean first = ApiKeyTable.claimFirst(sql, key.id(), now);
        if (mustBeFirst && !first) throw Problem.unauthorized("There is an API key already: present it.");
        ApiKeyTable.insert(sql, key, Secret.sha256(text));
        tell(sql, key, "created", maker);
        return new Made(key, text);
    }

    /** @throws Problem 404 */
    public ApiKey find(String workspaceId, UUID id) {
        return database.read(sql -> ApiKeyTable.find(sql, workspaceId, id)).orElseThrow(() -> missing(id));
    }

    Page<ApiKey> list(String workspaceId, ApiKeyTable.Filter filter, PageRequest page) {
        return database.read(sql -> ApiKeyTable.list(sql, workspaceId, filter, page));
    }

    /** The same status again is fine. @throws Problem 404; 409 {@code api_key_revoked} */
    public ApiKey setStatus(String workspaceId, UUID id, String status, Principal by) {
        ApiKey after = database.transact(sql -> {
            ApiKey before = ApiKeyTable.lock(sql, workspaceId, id).orElseThrow(() -> missing(id));
            if (before.status().equals(status)) return before;
            if (before.status().equals(ApiKey.REVOKED)) {
                throw Problem.conflict("api_key_revoked", "The API key is revoked, which is final; make a new one.");
            }
            ApiKey changed = before.with(status, clock.millis());
            ApiKeyTable.setStatus(sql, changed);
            return tell(sql, changed, "status_changed", by);
        });
        recent.forgetAll();
        return after;
    }

    private ApiKey tell(Sql sql, ApiKey key, String happened, Principal by) throws SQLException {
        long now = clock.millis();
        String payload = Json.write(key.json()
                .put("changed_by", by.userId().orElse(null))
                .put("changed_by_key", by.apiKeyId().map(UUID::toString).orElse(null)));
        outbox.publish(
                sql,
                new Outbox.Message(
                        ids.next(),
                        key.workspaceId(),
                        NOUN + "." + happened,
                        "gateway",
                        NOUN,
                        key.id().toString(),
                        now,
                        payload));
        return key;
    }

    private static Problem missing(UUID id) {
        return Problem.notFound("API key", id);
    }

    // Life

    @Override
    public void start() {
        uses.start();
    }

    @Override
    public void stop() {
        uses.stop();
    }
}

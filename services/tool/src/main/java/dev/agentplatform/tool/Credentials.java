package dev.agentplatform.tool;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.store.Database;
import dev.agentplatform.vault.Vault;
import dev.agentplatform.vault.Vault.SealBroken;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Credentials: written, used and changed here, and never given out. */
final class Credentials {
    private static final int PAGE = 200;
    private static final int SHOWN_USERS_MAX = 5;

    private final Database database;
    private final Clock clock;
    private final Ids ids;
    private final Vault vault;

    Credentials(Database database, Clock clock, Ids ids, Vault vault) {
        this.database = database;
        this.clock = clock;
        this.ids = ids;
        this.vault = vault;
    }

    /** How many secrets were sealed anew, and which could not be opened. */
    record Resealed(int count, List<UUID> unreadable) {}

    /** @throws Problem 422 for a secret with wrong fields, 503 when the operator gave no key */
    Credential create(String workspaceId, String name, CredentialType type, ObjectNode written) {
        ObjectNode secret = checked(type, written);
        UUID id = ids.next();
        long now = clock.millis();
        String sealed = vault.seal(Credential.context(workspaceId, id), Json.write(secret));
        Credential credential = new Credential(id, workspaceId, name, type, fields(secret), sealed, now, now);
        database.transact(sql -> {
            CredentialTable.insert(sql, credential);
            return null;
        });
        return credential;
    }

    /** @throws Problem 404 */
    Credential find(String workspaceId, UUID id) {
        return database.read(sql -> CredentialTable.find(sql, workspaceId, id)).orElseThrow(() -> missing(id));
    }

    Page<Credential> list(String workspaceId, String name, String type, PageRequest page) {
        return database.read(sql -> CredentialTable.list(sql, workspaceId, name, type, page));
    }

    /** @throws Problem 404 */
    Credential rename(String workspaceId, UUID id, String name) {
        return database.transact(sql -> {
            Credential now = CredentialTable.lock(sql, workspaceId, id).orElseThrow(() -> missing(id));
            if (name == null || name.equals(now.name())) return now;
            Credential renamed = new Credential(
                    id, workspaceId, name, now.type(), now.fields(), now.sealed(), now.createdTime(), clock.millis());
            CredentialTable.update(sql, renamed);
            return renamed;
        });
    }

    /** Puts another secret in its place; calls that begin afterwards take it. @throws Problem 404, 422, 503 */
    Credential rotate(String workspaceId, UUID id, ObjectNode written) {
        Credential before = find(workspaceId, id);
        ObjectNode secret = checked(before.type(), written);
        String sealed = vault.seal(before.context(), Json.write(secret));
        return database.transact(sql -> {
            Credential now = CredentialTable.lock(sql, workspaceId, id).orElseThrow(() -> missing(id));
            Credential rotated = now.sealed(sealed, fields(secret), clock.millis());
            CredentialTable.update(sql, rotated);
            return rotated;
        });
    }

    /** @throws Problem 404, 409 {@code credential_in_use} */
    void delete(String workspaceId, UUID id) {
        database.transact(sql -> {
            CredentialTable.lock(sql, workspaceId, id).orElseThrow(() -> missing(id));
            List<UUID> users = BindingTable.using(sql, workspaceId, id, SHOWN_USERS_MAX);
            if (!users.isEmpty()) {
                throw Problem.conflict("credential_in_use", "Bindings use the credential, among them " + users + ".");
            }
            CredentialTable.delete(sql, workspaceId, id);
            return null;
        });
    }

    /** The secret, for a call. @throws SealBroken when the key is gone */
    Secret open(String workspaceId, UUID id) {
        Credential credential = find(workspaceId, id);
        String secret = vault.open(credential.context(), credential.sealed());
        return new Secret(credential, (ObjectNode) Json.parse(secret));
    }

    /** Seals what was sealed under an older key with the newest one. */
    Resealed reseal(String workspaceId) {
        vault.seal("check", "there is a key");
        int count = 0;
        List<UUID> unreadable = new ArrayList<>();
        UUID after = null;
        while (true) {
            PageRequest page = new PageRequest(after, true, PAGE);
            List<Credential> credentials = list(workspaceId, null, null, page).items();
            for (Credential credential : credentials) {
                if (vault.isCurrent(credential.sealed())) continue;
                try {
                    String secret = vault.open(credential.context(), credential.sealed());
                    String sealed = vault.seal(credential.context(), secret);
                    if (database.transact(sql -> CredentialTable.reseal(sql, credential, sealed))) count++;
                } catch (SealBroken broken) {
                    unreadable.add(credential.id());
                }
            }
            if (credentials.size() < PAGE) return new Resealed(count, unreadable);
            after = credentials.getLast().id();
        }
    }

    /** {@link #reseal} for every workspace. */
    Resealed resealAll() {
        int count = 0;
        List<UUID> unreadable = new ArrayList<>();
        String after = "";
        while (true) {
            String last = after;
            List<String> workspaces = database.read(sql -> CredentialTable.workspaces(sql, last, PAGE));
            for (String workspaceId : workspaces) {
                Resealed done = reseal(workspaceId);
                count += done.count();
                unreadable.addAll(done.unreadable());
            }
            if (workspaces.size() < PAGE) return new Resealed(count, unreadable);
            after = workspaces.getLast();
        }
    }

    boolean hasKey() {
        return vault.hasKey();
    }

    private static ObjectNode checked(CredentialType type, ObjectNode written) {
        ObjectNode secret = type.normalized(written);
        List<FieldError> faults = type.faults(secret);
        if (!faults.isEmpty()) throw Problem.invalid(faults);
        return secret;
    }

    private static List<String> fields(ObjectNode secret) {
        List<String> names = new ArrayList<>();
        secret.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            if (!value.isObject()) names.add(entry.getKey());
            else value.propertyNames().forEach(name -> names.add(entry.getKey() + "." + name));
        });
        return names;
    }

    static Problem missing(UUID id) {
        return Problem.notFound("tool credential", id);
    }
}

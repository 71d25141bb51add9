package dev.agentplatform.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.events.Outbox;
import dev.agentplatform.gateway.keys.ApiKeys.Made;
import dev.agentplatform.gateway.keys.ApiKeys.NewKey;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Workspace;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestClock;
import dev.agentplatform.web.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ApiKeysTest {
    private static final int RACES = 1_000;
    private static final int RACERS = 8;
    private static final NewKey PLAIN = new NewKey("key", List.of(), null, 0);

    private final TestClock clock = new TestClock();

    private ApiKeys keys(Database database) {
        return new ApiKeys(database, Outbox.unheard(clock), clock, new Ids(clock));
    }

    private Made made(ApiKeys keys, NewKey asked) {
        return keys.create("w", asked, Principal.ANONYMOUS);
    }

    /** Each race is one of eight callers for the first key of an installation that has none. */
    @OnBothDatabases
    void theFirstKeyHasOneMakerInAThousandRaces(Database database) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int race = 0; race < RACES; race++) {
                // Two processes, each with a memory of its own.
                List<ApiKeys> processes = List.of(keys(database), keys(database));
                CountDownLatch ready = new CountDownLatch(RACERS);
                List<Future<Boolean>> racers = new ArrayList<>();
                for (int i = 0; i < RACERS; i++) {
                    ApiKeys process = processes.get(i % 2);
                    racers.add(threads.submit(() -> {
                        ready.countDown();
                        ready.await();
                        return wins(process);
                    }));
                }
                int won = 0;
                for (Future<Boolean> racer : racers) if (racer.get()) won++;
                assertThat(won).as("winners of race " + race).isEqualTo(1);
                assertThat(count(database)).isEqualTo(1);
                assertThat(processes.get(0).none()).isFalse();
                database.transact(sql -> {
                    sql.update("DELETE FROM api_key_first");
                    return sql.update("DELETE FROM api_key");
                });
            }
        }
    }

    private static boolean wins(ApiKeys keys) {
        try {
            keys.createFirst("w", PLAIN);
            return true;
        } catch (Problem lost) {
            assertThat(lost.status()).isEqualTo(401);
            return false;
        }
    }

    private static long count(Database database) {
        return database.read(sql -> sql.one("SELECT count(*) AS n FROM api_key", row -> row.number("n")))
                .orElseThrow();
    }

    @OnBothDatabases
    void aKeyThatWasMadeWithoutSigningInEndsTheWaitForTheFirst(Database database) {
        ApiKeys keys = keys(database);
        assertThat(keys.none()).isTrue();
        made(keys, PLAIN);
        assertThat(keys.none()).isFalse();
        assertThat(wins(keys)).isFalse();
    }

    @OnBothDatabases
    void aKeyIsKnownByItsTextUntilItIsTakenBackOrExpires(Database database) {
        ApiKeys keys = keys(database);
        long soon = clock.millis() + 60_000;
        Made made = made(keys, new NewKey("key", List.of("agent:read"), "ada", soon));
        Principal caller = keys.authenticate(made.text());
        assertThat(caller.apiKeyId()).hasValue(made.key().id());
        assertThat(caller.userId()).hasValue("ada");
        assertThat(caller.home()).hasValue(new Workspace("w"));
        assertThat(caller.scopes()).containsExactly("agent:read");
        assertThat(made.text()).startsWith(made.key().prefix()).hasSize(43);
        keys.setStatus("w", made.key().id(), ApiKey.DISABLED, Principal.ANONYMOUS);
        refused(keys, made.text(), "disabled");
        keys.setStatus("w", made.key().id(), ApiKey.ACTIVE, Principal.ANONYMOUS);
        keys.authenticate(made.text());
        clock.advance(Duration.ofMinutes(1));
        refused(keys, made.text(), "expired");
    }

    @OnBothDatabases
    void revokedIsFinal(Database database) {
        ApiKeys keys = keys(database);
        Made made = made(keys, PLAIN);
        keys.setStatus("w", made.key().id(), ApiKey.REVOKED, Principal.ANONYMOUS);
        keys.setStatus("w", made.key().id(), ApiKey.REVOKED, Principal.ANONYMOUS);
        refused(keys, made.text(), "revoked");
        assertThatThrownBy(() -> keys.setStatus("w", made.key().id(), ApiKey.ACTIVE, Principal.ANONYMOUS))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo("api_key_revoked"));
        assertThatThrownBy(() -> keys.setStatus("other", made.key().id(), ApiKey.REVOKED, Principal.ANONYMOUS))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.status()).isEqualTo(404));
    }

    @OnBothDatabases
    void anotherProcessSeesARevocationAfterTwoSecondsAtTheLatest(Database database) {
        ApiKeys here = keys(database);
        ApiKeys there = keys(database);
        Made made = made(here, PLAIN);
        there.authenticate(made.text());
        here.setStatus("w", made.key().id(), ApiKey.REVOKED, Principal.ANONYMOUS);
        refused(here, made.text(), "revoked");
        there.authenticate(made.text());
        clock.advance(Duration.ofSeconds(2));
        refused(there, made.text(), "revoked");
    }

    /** After the first request the table could as well be gone. */
    @OnBothDatabases
    void aKeyThatWasJustSeenCostsNoStatement(Database database) {
        ApiKeys keys = keys(database);
        Made made = made(keys, PLAIN);
        keys.authenticate(made.text());
        database.transact(sql -> sql.update("DELETE FROM api_key"));
        for (int i = 0; i < 1_000; i++) keys.authenticate(made.text());
        clock.advance(Duration.ofSeconds(2));
        refused(keys, made.text(), "not known");
    }

    @OnBothDatabases
    void onlyTheHashIsStoredAndTheLastUseIsWrittenAtTheStop(Database database) {
        ApiKeys keys = keys(database);
        Made made = made(keys, PLAIN);
        List<byte[]> hashes = database.read(sql -> sql.list("SELECT hash FROM api_key", row -> row.bytes("hash")));
        assertThat(hashes).singleElement().satisfies(hash -> assertThat(hash).hasSize(32));
        List<String> events = database.read(sql -> sql.list("SELECT payload FROM event", row -> row.text("payload")));
        assertThat(String.join("", events)).contains(made.key().prefix()).doesNotContain(made.text());
        assertThat(keys.find("w", made.key().id()).lastUsedTime()).isZero();
        keys.start();
        clock.advance(Duration.ofSeconds(5));
        keys.authenticate(made.text());
        keys.stop();
        assertThat(keys.find("w", made.key().id()).lastUsedTime()).isEqualTo(clock.millis());
        assertThat(keys.list("w", new ApiKeyTable.Filter("key", "active", null, null), PageRequest.FIRST)
                        .items())
                .hasSize(1);
        assertThat(keys.list("other", new ApiKeyTable.Filter(null, null, null, null), PageRequest.FIRST)
                        .items())
                .isEmpty();
    }

    @OnBothDatabases
    void textsThatAreNoKeysAreRefused(Database database) {
        ApiKeys keys = keys(database);
        Made made = made(keys, PLAIN);
        String text = made.text();
        for (String wrong : List.of("", "ap_", "x", text + "x", text.substring(1), text.replace("ap_", "ap-"))) {
            refused(keys, wrong, "not known");
        }
        char last = text.charAt(42);
        refused(keys, text.substring(0, 42) + (last == 'A' ? 'B' : 'A'), "not known");
    }

    private static void refused(ApiKeys keys, String text, String why) {
        assertThatThrownBy(() -> keys.authenticate(text))
                .hasMessageContaining(why)
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.status()).isEqualTo(401));
    }

    // Who may pass what on

    private static Principal caller(String user, String... scopes) {
        return new Principal(
                Optional.ofNullable(user),
                Optional.empty(),
                Set.of(scopes),
                Optional.of(Workspace.PUBLIC),
                Optional.empty());
    }

    private static NewKey asked(String user, String... scopes) {
        return new NewKey("key", List.of(scopes), user, 0);
    }

    @Test
    void nobodyMakesAKeyThatCanMoreThanItsMaker() {
        Principal limited = caller(null, "gateway:write", "agent:*");
        allowed(limited, asked(null, "agent:read"));
        allowed(limited, asked(null, "gateway:agents:*", "gateway:gateway:write"));
        forbidden(limited, asked(null));
        forbidden(limited, asked(null, "team:read"));
        forbidden(limited, asked(null, "*"));
        forbidden(limited, asked("ada", "agent:read"));
        forbidden(limited, asked(null, "gateway:impersonate"));
        allowed(caller(null), asked("ada"));
        allowed(caller(null), asked(null, "*"));
        allowed(caller(null, "*"), asked("ada", "agent:read"));
        allowed(caller(null, "gateway:write", "gateway:impersonate"), asked("ada", "gateway:write"));
        allowed(Principal.ANONYMOUS, asked("ada", "*"));
    }

    @Test
    void whoSpeaksForAUserMakesKeysOfThatUserOnly() {
        Principal ada = caller("ada");
        assertThat(Limits.within(ada, asked(null)).userId()).isEqualTo("ada");
        assertThat(Limits.within(ada, asked("ada", "agent:read")).userId()).isEqualTo("ada");
        forbidden(ada, asked("bob"));
        forbidden(ada, asked(null, "gateway:impersonate"));
        forbidden(ada, asked(null, "*"));
        assertThat(Limits.within(caller("ada", "*"), asked("bob", "agent:read")).userId())
                .isEqualTo("bob");
    }

    @Test
    void onlyWhoHasTheScopeOrSpeaksForNobodyWithoutLimitsMayNameOthers() {
        assertThat(Limits.mayImpersonate(caller(null))).isTrue();
        assertThat(Limits.mayImpersonate(caller("ada"))).isFalse();
        assertThat(Limits.mayImpersonate(caller("ada", "agent:*"))).isFalse();
        assertThat(Limits.mayImpersonate(caller(null, "agent:*"))).isFalse();
        assertThat(Limits.mayImpersonate(caller("ada", "gateway:impersonate"))).isTrue();
        assertThat(Limits.mayImpersonate(caller("ada", "*"))).isTrue();
    }

    private static void allowed(Principal maker, NewKey asked) {
        assertThat(Limits.within(maker, asked).scopes()).isEqualTo(asked.scopes());
    }

    private static void forbidden(Principal maker, NewKey asked) {
        assertThatThrownBy(() -> Limits.within(maker, asked))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.status()).isEqualTo(403));
    }
}

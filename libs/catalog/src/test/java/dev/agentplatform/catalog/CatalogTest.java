package dev.agentplatform.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import tools.jackson.databind.JsonNode;

class CatalogTest {
    private static final String HERE = "here";
    private static final String KIND = "workflow";

    private final TestClock clock = new TestClock();
    private Catalog catalog;

    @BeforeEach
    void open(Database database) {
        catalog = new Catalog(database, clock, new Ids(clock));
    }

    @OnBothDatabases
    void codesAreUniquePerWorkspaceAndKind(Database database) {
        create("a");
        assertProblem(409, "code_taken", () -> create("a"));
        catalog.create("elsewhere", asked(KIND, "a"));
        catalog.create(HERE, asked("agent", "a"));
        assertThat(catalog.findByCode(HERE, KIND, "a")).isPresent();
        assertThat(catalog.findByCode(HERE, KIND, "b")).isEmpty();
    }

    @OnBothDatabases
    void whatBelongsToOthersIsNotFound(Database database) {
        Definition definition = create("a");
        DefinitionVersion version = save(definition, 1, VersionStatus.PUBLISHED);
        // Once with the body cached and once not.
        for (int round = 0; round < 2; round++) {
            assertProblem(404, "not_found", () -> catalog.body("elsewhere", KIND, version.id()));
            assertProblem(404, "not_found", () -> catalog.body(HERE, "agent", version.id()));
            assertThat(catalog.body(HERE, KIND, version.id()).body()).isEqualTo(body(1));
        }
        assertProblem(404, "not_found", () -> catalog.find("elsewhere", KIND, definition.id()));
        assertProblem(404, "not_found", () -> catalog.publish("elsewhere", KIND, version.id()));
        assertProblem(
                404, "not_found", () -> catalog.save("elsewhere", KIND, definition.id(), body(2), VersionStatus.DRAFT));
        assertProblem(404, "not_found", () -> catalog.delete("elsewhere", KIND, definition.id()));
    }

    @OnBothDatabases
    void theLatestPublishedVersionIsTheOneWithTheHighestNumber(Database database) {
        Definition definition = create("a");
        DefinitionVersion one = save(definition, 1, VersionStatus.DRAFT);
        assertProblem(409, "no_published_version", () -> latest(definition));
        DefinitionVersion two = save(definition, 2, VersionStatus.PUBLISHED);
        save(definition, 3, VersionStatus.DRAFT);
        assertThat(latest(definition)).isEqualTo(two.id());
        clock.advance(Duration.ofSeconds(5));
        DefinitionVersion published = catalog.publish(HERE, KIND, one.id());
        assertThat(published.publishedTime()).isEqualTo(clock.millis());
        assertThat(latest(definition)).as("publishing an older one").isEqualTo(two.id());
        catalog.archive(HERE, KIND, two.id());
        assertThat(latest(definition)).isEqualTo(one.id());
        catalog.archive(HERE, KIND, one.id());
        assertProblem(409, "no_published_version", () -> latest(definition));
        assertProblem(409, "version_archived", () -> catalog.publish(HERE, KIND, two.id()));
    }

    @OnBothDatabases
    void versionsSavedAtOnceGetNumbersWithoutGap(Database database) throws Exception {
        Definition definition = create("a");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<DefinitionVersion>> saves = threads.invokeAll(IntStream.range(0, 20)
                    .<Callable<DefinitionVersion>>mapToObj(i -> () -> save(definition, i, VersionStatus.DRAFT))
                    .toList());
            assertThat(saves.stream().map(CatalogTest::result).map(DefinitionVersion::versionNo))
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.rangeClosed(1, 20).boxed().toList());
        }
        assertThat(catalog.find(HERE, KIND, definition.id()).lastNo()).isEqualTo(20);
    }

    @OnBothDatabases
    void upsertsOfOneCodeAtOnceMakeOneDefinitionAndOneVersion(Database database) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Catalog.Upserted>> upserts = threads.invokeAll(IntStream.range(0, 10)
                    .<Callable<Catalog.Upserted>>mapToObj(i -> () -> upsert("a", 1, VersionStatus.PUBLISHED))
                    .toList());
            assertThat(upserts.stream().map(CatalogTest::result).filter(Catalog.Upserted::created))
                    .hasSize(1);
            assertThat(upserts.stream()
                            .map(CatalogTest::result)
                            .map(done -> done.version().id())
                            .distinct())
                    .hasSize(1);
        }
    }

    @OnBothDatabases
    void anUpsertSavesAVersionOnlyWhenTheBodyDiffers(Database database) {
        assertThat(upsert("a", 1, VersionStatus.DRAFT).versionCreated()).isTrue();
        assertThat(upsert("a", 1, VersionStatus.DRAFT).versionCreated()).isFalse();
        Catalog.Upserted published = upsert("a", 1, VersionStatus.PUBLISHED);
        assertThat(published.versionCreated()).isFalse();
        assertThat(published.definition().publishedVersionId())
                .isEqualTo(published.version().id());
        Catalog.Upserted second = upsert("a", 2, VersionStatus.DRAFT);
        assertThat(second.version().versionNo()).isEqualTo(2);
        assertThat(second.created()).isFalse();
        catalog.archive(HERE, KIND, second.version().id());
        assertThat(upsert("a", 2, VersionStatus.DRAFT).version().versionNo())
                .as("an archived one is not kept")
                .isEqualTo(3);
    }

    @OnBothDatabases
    void aDefinitionWithVersionsIsNotDeleted(Database database) {
        Definition definition = create("a");
        save(definition, 1, VersionStatus.DRAFT);
        assertProblem(409, "has_versions", () -> catalog.delete(HERE, KIND, definition.id()));
        Definition empty = create("b");
        catalog.delete(HERE, KIND, empty.id());
        assertProblem(404, "not_found", () -> catalog.find(HERE, KIND, empty.id()));
    }

    @OnBothDatabases
    void patchesChangeWhatIsNamed(Database database) {
        Definition definition = create("a");
        clock.advance(Duration.ofSeconds(1));
        Definition patched = catalog.patch(HERE, KIND, definition.id(), null, null, "what it is for");
        assertThat(patched.name()).isEqualTo(definition.name());
        assertThat(patched.updatedTime()).isGreaterThan(definition.updatedTime());
        assertThat(catalog.find(HERE, KIND, definition.id())).isEqualTo(patched);
    }

    @OnBothDatabases
    void listsShowEveryRowOnceInBothDirections(Database database) {
        List<UUID> made = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            made.add(create("code" + i).id());
            clock.advance(Duration.ofMillis(1));
        }
        catalog.create("elsewhere", asked(KIND, "code"));
        assertThat(walk(true)).isEqualTo(made);
        assertThat(walk(false)).isEqualTo(made.reversed());
        DefinitionFilter byCode = new DefinitionFilter(KIND, "code3", null, null);
        assertThat(catalog.list(HERE, byCode, PageRequest.FIRST).items())
                .extracting(Definition::id)
                .containsExactly(made.get(3));
        DefinitionFilter byApp = new DefinitionFilter(KIND, null, null, "no such app");
        assertThat(catalog.list(HERE, byApp, PageRequest.FIRST).items()).isEmpty();
    }

    private List<UUID> walk(boolean ascending) {
        List<UUID> seen = new ArrayList<>();
        UUID after = null;
        do {
            Page<Definition> page = catalog.list(
                    HERE, new DefinitionFilter(KIND, null, null, null), new PageRequest(after, ascending, 3));
            page.items().forEach(definition -> seen.add(definition.id()));
            after = page.nextCursor() == null ? null : UUID.fromString(page.nextCursor());
        } while (after != null);
        return seen;
    }

    private Definition create(String code) {
        return catalog.create(HERE, asked(KIND, code));
    }

    private DefinitionVersion save(Definition definition, int content, VersionStatus status) {
        return catalog.save(HERE, KIND, definition.id(), body(content), status);
    }

    private Catalog.Upserted upsert(String code, int content, VersionStatus status) {
        return catalog.upsert(HERE, asked(KIND, code), body(content), status);
    }

    private UUID latest(Definition definition) {
        return catalog.latestPublished(HERE, KIND, definition.id()).id();
    }

    private static NewDefinition asked(String kind, String code) {
        return new NewDefinition(kind, code, "Name of " + code, null, null);
    }

    private static JsonNode body(int content) {
        return Json.object().put("content", content);
    }

    private static <T> T result(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException | ExecutionException failed) {
            throw new AssertionError(failed);
        }
    }

    private static void assertProblem(int status, String code, ThrowingCallable work) {
        assertThatThrownBy(work).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.status()).isEqualTo(status);
            assertThat(problem.code()).isEqualTo(code);
        });
    }
}

package dev.agentplatform.houserules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloorsTest {
    @Test
    @Tag("tree")
    void everyRoomUsesOnlyWhatIsBelowIt() {
        Finding.failOnAny(Floors.check(SourceFile.all()));
    }

    @ParameterizedTest
    @CsvSource({
        "libs/engine, engine, store",
        "libs/language, language, kernel",
        "services/workflow, workflow, engine",
        "services/runtime, runtime, workflow",
        "services/session, session, runtime",
        "doors/gateway, gateway, session",
        "app, app, gateway",
        "libs/testkit, testkit, store",
        "bench, bench, app",
    })
    void downwardsAndAlongAnArrowIsAllowed(String folder, String room, String used) {
        assertThat(findings(folder + "/src/main/java/dev/agentplatform/" + room + "/A.java", room, used))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "libs/store, store, engine",
        "libs/language, language, store",
        "libs/web, web, events",
        "libs/engine, engine, workflow",
        "services/workflow, workflow, session",
        "services/human, human, workflow",
        "services/human, human, gateway",
        "doors/gateway, gateway, langgraph",
        "libs/store, store, testkit",
        "libs/kernel, kernel, nowhere",
    })
    void upwardsAndSidewaysIsNot(String folder, String room, String used) {
        assertThat(findings(folder + "/src/main/java/dev/agentplatform/" + room + "/A.java", room, used))
                .singleElement()
                .satisfies(finding -> assertThat(finding.toString()).contains("A.java:2 " + room + " uses " + used));
    }

    @Test
    void testsMayUseTheTestKit() {
        assertThat(findings("libs/store/src/test/java/dev/agentplatform/store/A.java", "store", "testkit"))
                .isEmpty();
    }

    @Test
    void aFullyQualifiedNameIsAUse() {
        assertThat(Floors.check(withRooms(new SourceFile(
                        "libs/store/src/main/java/dev/agentplatform/store/A.java",
                        "package dev.agentplatform.store;\nclass A { dev.agentplatform.engine.Engine engine; }\n"))))
                .hasSize(1);
    }

    @Test
    void aFileOutsideThePackageOfItsRoomIsFound() {
        assertThat(findings("libs/store/src/main/java/dev/agentplatform/queue/A.java", "queue", "kernel"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.what()).contains("outside the package"));
    }

    private static List<Finding> findings(String path, String room, String used) {
        String text = "package dev.agentplatform." + room + ";\nimport dev.agentplatform." + used + ".B;\nclass A {}\n";
        return Floors.check(withRooms(new SourceFile(path, text)));
    }

    private static List<SourceFile> withRooms(SourceFile file) {
        List<SourceFile> files = new ArrayList<>(List.of(file));
        for (String room : List.of("workflow", "runtime", "session", "human")) {
            files.add(new SourceFile("services/" + room + "/pom.xml", ""));
        }
        for (String room : List.of("gateway", "langgraph")) {
            files.add(new SourceFile("doors/" + room + "/pom.xml", ""));
        }
        return files;
    }
}

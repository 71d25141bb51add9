package dev.agentplatform.houserules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.houserules.WorkspaceSql.AllWorkspaces;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkspaceSqlTest {
    private static final String PATH = "libs/queue/src/main/java/dev/agentplatform/queue/A.java";

    private static final SourceFile MIGRATION =
            new SourceFile("libs/queue/src/main/resources/migrations/sqlite/V1__queue.sql", """
                -- create table comment (workspace_id)
                CREATE TABLE run (id BLOB PRIMARY KEY, workspace_id TEXT NOT NULL, status TEXT);
                create table step (id blob primary key, run_id blob);
                create table process (id text);
                alter table step add column workspace_id text;
                """);

    @Test
    @Tag("tree")
    void everyStatementNamesItsWorkspace() {
        Finding.failOnAny(WorkspaceSql.check(SourceFile.all(), WorkspaceSql.EXCEPTIONS));
    }

    @Test
    void everyExceptionIsOfARoomThatMayAndHasAReason() {
        assertThat(WorkspaceSql.EXCEPTIONS).allMatch(WorkspaceSql::isAllowed);
        assertThat(WorkspaceSql.isAllowed(new AllWorkspaces(PATH, "select id from run", "claims")))
                .isTrue();
        assertThat(WorkspaceSql.isAllowed(new AllWorkspaces(PATH, "select id from run", " ")))
                .isFalse();
        assertThat(WorkspaceSql.isAllowed(new AllWorkspaces(PATH, "select", "claims")))
                .isFalse();
        assertThat(WorkspaceSql.isAllowed(new AllWorkspaces(
                        PATH.replace("libs/queue", "services/workflow"), "select id from run", "claims")))
                .isFalse();
    }

    @Test
    void tablesAreReadFromTheMigrations() {
        assertThat(WorkspaceTables.in(List.of(MIGRATION))).containsExactly("run", "step");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "query(\"select status from run where id = ?\");",
                "query(\"select workspace_id, status from run where id = ?\");",
                "query(\"select status from run where id = ? order by workspace_id\");",
                "query(\"select p.id from process p join run r on r.id = p.id\");",
                "query(\"UPDATE run SET status = ? WHERE id = ?\");",
                "query(\"delete from step where id = ?\");",
                "query(\"insert into run (id, status) values (?, ?)\");",
                "query(\"insert into run values (?, ?, ?)\");",
                "query(\"select status \" + \"from run \" + \"where id = ?\");",
                "query(\"\"\"\n select status\n from run\n where id = ?\n \"\"\");",
                "query(\"with old as (select id from run where status = ?) select * from old\");",
                "query(\"select status from run where id in (%s)\".formatted(ids));",
                "query(SELECT); query(SELECT + \" where workspace_id = ?\");",
                "Shape.update(\"run\", 1, List.of(id(\"id\")), text(\"status\"));",
            })
    void aStatementThatNamesNoWorkspaceIsFound(String code) {
        assertThat(findings(code)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "query(\"select status from run where workspace_id = ? and id = ?\");",
                "query(\"select status from run where (workspace_id, id) in (select ?, ?)\");",
                "query(\"select id from process where id = ?\");",
                "query(\"insert into run (id, workspace_id) values (?, ?) on conflict (id) do nothing\");",
                "query(\"update run set status = ? \" + where + \" and workspace_id = ?\");",
                "query(SELECT + \" where workspace_id = ? and id = ?\");",
                "query(\"select 1\" + (more ? \" from run\" : \"\") + \" where workspace_id = ?\");",
                "log(\"Select a run from the list of runs\");",
                "// query(\"select status from run where id = ?\");",
                "Shape.update(\"run\", 1, List.of(WORKSPACE_ID, id(\"id\")), text(\"status\"));",
            })
    void aStatementThatNamesItIsFine(String code) {
        assertThat(findings(code)).isEmpty();
    }

    @Test
    void aListedExceptionExcusesItsStatementOnly() {
        String code = "query(\"select id from run where status = ?\"); query(\"delete from run where id = ?\");";
        assertThat(WorkspaceSql.check(
                        files(code), List.of(new AllWorkspaces(PATH, "select id from run", "claims for all"))))
                .singleElement()
                .satisfies(finding -> assertThat(finding.what()).contains("delete from run"));
    }

    @Test
    void anExceptionNobodyNeedsIsFound() {
        assertThat(WorkspaceSql.check(files(""), List.of(new AllWorkspaces(PATH, "select id from run", "claims"))))
                .hasSize(1);
    }

    private static List<Finding> findings(String code) {
        return WorkspaceSql.check(files(code), List.of());
    }

    private static List<SourceFile> files(String code) {
        String head = "class A { private static final String SELECT = \"select status from run\"; void a() {\n";
        boolean usesConstant = code.contains("SELECT");
        return List.of(
                MIGRATION, new SourceFile(PATH, (usesConstant ? head : "class A { void a() {\n") + code + "\n} }\n"));
    }
}

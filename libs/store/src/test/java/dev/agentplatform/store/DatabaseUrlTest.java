package dev.agentplatform.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Settings.WrongSetting;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of accepted and refused database URLs. */
class DatabaseUrlTest {
    private static final Path DATA = Path.of("/data");

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = ' ',
            value = {
                "sqlite:////var/x.db /var/x.db",
                "sqlite+aiosqlite:////var/x.db /var/x.db",
                "jdbc:sqlite:/var/x.db /var/x.db",
                "- /data/agent-platform.db",
                "'' /data/agent-platform.db"
            })
    void sqlite(String text, String file) {
        assertThat(DatabaseUrl.parse(text, DATA)).isEqualTo(new DatabaseUrl.Sqlite(Path.of(file)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite:///./x.db", "sqlite:///x.db", "jdbc:sqlite:x.db"})
    void sqliteRelativeToTheWorkingFolder(String text) {
        assertThat(DatabaseUrl.parse(text, DATA))
                .isEqualTo(new DatabaseUrl.Sqlite(Path.of("x.db").toAbsolutePath()));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = ' ',
            value = {
                "postgresql://u:p@h:5433/db jdbc:postgresql://h:5433/db u p",
                "postgres://u:p@h/db jdbc:postgresql://h/db u p",
                "postgresql+psycopg://u:p@h/db jdbc:postgresql://h/db u p",
                "postgresql+psycopg2://u@h/db jdbc:postgresql://h/db u -",
                "postgresql://h/db jdbc:postgresql://h/db - -",
                "postgresql:///db jdbc:postgresql://localhost/db - -",
                "postgresql://u:p@a:1,b:2,c/db jdbc:postgresql://a:1,b:2,c/db u p",
                "postgresql://u:p@[::1]:5432/db jdbc:postgresql://[::1]:5432/db u p",
                "jdbc:postgresql://h:1/db?user=u&password=p jdbc:postgresql://h:1/db u p",
                "postgresql://u:p%40%2Fs%25+@h/db jdbc:postgresql://h/db u p@/s%+",
                "postgresql://u:p@ss/w?rd@h/db jdbc:postgresql://h/db u p@ss/w?rd",
                "postgresql://u:p@h/my%20db jdbc:postgresql://h/my%20db u p",
                "postgresql://u:p@h/db?sslmode=require&connect_timeout=3"
                        + " jdbc:postgresql://h/db?sslmode=require&connectTimeout=3 u p",
                "postgresql://u:p@h/db?target_session_attrs=read-write"
                        + " jdbc:postgresql://h/db?targetServerType=primary u p"
            })
    void postgresql(String text, String jdbcUrl, String user, String password) {
        assertThat(DatabaseUrl.parse(text, DATA)).isEqualTo(new DatabaseUrl.Postgresql(jdbcUrl, user, password));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://u:secret@h/db",
                "postgresql://u:secret@h",
                "postgresql://u:secret@h/",
                "postgresql://u:secret@h:port/db",
                "postgresql://u:secret@h:0/db",
                "postgresql://u:secret@h:70000/db",
                "postgresql://u:secret@a,/db",
                "postgresql://u:secret@h/db?flag",
                "postgresql://u:secret%zz@h/db",
                "postgresql://u:sec@secret/x:@h/d/b",
                "jdbc:postgresql://h?password=secret",
                "jdbc:mysql://h/db?password=secret&x=1",
                "jdbc:postgresql:db",
                "postgresql",
                "sqlite://x.db",
                "sqlite:///",
                "sqlite:///:memory:",
                "sqlite:///x.db?mode=ro",
                "jdbc:sqlite:"
            })
    void wrong(String text) {
        assertThatThrownBy(() -> DatabaseUrl.parse(text, DATA))
                .isInstanceOf(WrongSetting.class)
                .hasMessageStartingWith("AGENT_PLATFORM_DATABASE_URL is '")
                .hasMessageContaining("allowed: sqlite:///")
                .message()
                .doesNotContain("secret");
    }

    @Test
    void noPasswordIsEverShown() {
        assertThat(DatabaseUrl.parse("postgresql://u:secret@h/db?sslpassword=secret", DATA)
                        .toString())
                .isEqualTo("jdbc:postgresql://h/db");
        Settings settings = new Settings(Map.of("DATABASE_URL", "postgresql://u:secret@h/db"));
        DatabaseSettings read = DatabaseSettings.from(settings, DATA);
        assertThat(read.toString() + settings.effective()).doesNotContain("secret");
        assertThat(read.url().dialect()).isEqualTo(Dialect.POSTGRESQL);
    }

    @Test
    void ourNameOfTheSettingComesFirst() {
        Settings settings = new Settings(
                Map.of("DATABASE_URL", "postgresql://h/db", "AGENT_PLATFORM_DATABASE_URL", "sqlite:////x.db"));
        assertThat(DatabaseSettings.from(settings, DATA).url()).isEqualTo(new DatabaseUrl.Sqlite(Path.of("/x.db")));
    }
}

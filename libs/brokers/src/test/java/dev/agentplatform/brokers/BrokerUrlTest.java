package dev.agentplatform.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Settings.WrongSetting;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerUrlTest {
    private static final BrokerUrl.Kind KIND =
            new BrokerUrl.Kind("SOME_URL", "amqp", "amqps", 5672, 5671, "amqp://host");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "amqp://me:pass@one:1/v | me | pass | one:1 | v",
                "amqp://one | - | - | one:5672 | -",
                "amqps://one,two:7 | - | - | one:5671,two:7 | -",
                "one,two | - | - | one:5672,two:5672 | -",
                "amqp://:pass@one | - | pass | one:5672 | -",
                "amqp://me:p%40s%2Fs@one/a%2Fb | me | p@s/s | one:5672 | a/b",
                "amqp://me:p@s/s,x@one | me | p@s/s,x | one:5672 | -",
                "amqp://[::1]:9 | - | - | [::1]:9 | -",
            })
    void itsPartsAreRead(String text, String user, String password, String hosts, String path) {
        BrokerUrl url = BrokerUrl.parse(KIND, text);
        assertThat(url.user()).isEqualTo(user);
        assertThat(url.password()).isEqualTo(password);
        assertThat(url.path()).isEqualTo(path);
        assertThat(url.tls()).isEqualTo(text.startsWith("amqps"));
        assertThat(url).hasToString((url.tls() ? "amqps://" : "amqp://") + hosts);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://me:secret@one",
                "amqp://me:secret@",
                "amqp://me:secret@one:0",
                "amqp://me:secret@one:70000",
                "amqp://me:secret@one,,two",
                "amqp://me:secret@one two",
                "amqp://me:secret@one:x",
                "amqp://me:%zzsecret@one",
            })
    void aWrongOneIsRefusedWithoutItsLogin(String text) {
        assertThatThrownBy(() -> BrokerUrl.parse(KIND, text))
                .isInstanceOf(WrongSetting.class)
                .hasMessageContaining("SOME_URL")
                .hasMessageContaining("amqp://host")
                .message()
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://:secret@one/x", "redis://:secret@one/-1", "redis://:secret@one,two/1"})
    void aDatabaseOfRedisIsANumberAndAClusterHasOne(String text) {
        Settings settings = new Settings(Map.of("REDIS_URL", text));
        assertThatThrownBy(() -> Redis.from(settings, Redis.PATIENT))
                .isInstanceOf(WrongSetting.class)
                .message()
                .doesNotContain("secret");
    }

    @Test
    void thePlatformsOwnNameWinsAndNeitherIsShown() {
        Settings settings = new Settings(
                Map.of("REDIS_URL", "redis://:secret@two", "AGENT_PLATFORM_REDIS_URL", "redis://:secret@one/0"));
        assertThat(Redis.from(settings, Redis.PATIENT).orElseThrow()).hasToString("redis://one:6379");
        assertThat(settings.effective().toString()).doesNotContain("secret");
        assertThat(RabbitMq.from(settings)).isEmpty();
    }
}

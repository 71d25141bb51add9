package dev.agentplatform.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SignaturesTest {
    @Test
    void theExampleOfStandardWebhooks() {
        String signature = Signatures.standard(
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "1614265330",
                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8));
        assertThat(signature).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void theExampleOfGitHub() {
        String signature =
                Signatures.plain("It's a Secret to Everybody", "Hello, World!".getBytes(StandardCharsets.UTF_8));
        assertThat(signature).isEqualTo("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
    }

    @Test
    void aMadeSecretIsUsableAndNew() {
        String secret = Signatures.newSecret();
        assertThat(secret).startsWith("whsec_").isNotEqualTo(Signatures.newSecret());
        assertThat(Signatures.plain(secret, new byte[0])).isNotEqualTo(Signatures.plain("other", new byte[0]));
    }

    @Test
    void delaysDoubleUpToAnHour() {
        assertThat(Backoff.delay(1_000, 1)).isEqualTo(1_000);
        assertThat(Backoff.delay(1_000, 4)).isEqualTo(8_000);
        assertThat(Backoff.delay(1_000, 99)).isEqualTo(Backoff.MAX_MS);
    }
}

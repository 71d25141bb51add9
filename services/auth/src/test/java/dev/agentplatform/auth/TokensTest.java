package dev.agentplatform.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Settings.WrongSetting;
import dev.agentplatform.testkit.TestClock;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class TokensTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final long NOW = TestClock.START.getEpochSecond();

    private final TestClock clock = new TestClock();
    private final Tokens tokens = new Tokens(bytes(SECRET), clock);

    @Test
    void whatWasSignedIsVerifiedUntilItExpires() {
        String token = tokens.sign("ada", "w1", Duration.ofMinutes(15));
        assertThat(tokens.verify(token)).isEqualTo(new Tokens.Claims("ada", Optional.of("w1"), List.of()));
        clock.advance(Duration.ofMinutes(15).plus(Tokens.CLOCK_SKEW).minusSeconds(1));
        assertThat(tokens.verify(token).subject()).isEqualTo("ada");
        clock.advance(Duration.ofSeconds(1));
        refused(token);
    }

    /** The example of RFC 7515, appendix A.1: others compute the same signature. */
    @Test
    void theExampleOfTheStandardHasTheRightSignature() {
        byte[] key = Base64.getUrlDecoder()
                .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
        String token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
                + "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
                + "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assertThatThrownBy(() -> new Tokens(key, clock).verify(token)).hasMessageContaining("expired");
        assertThatThrownBy(() -> new Tokens(key, clock).verify(token.replace("dBjf", "dBje")))
                .hasMessageContaining("signature");
    }

    @Test
    void workspaceAndScopesAreReadInTheirSpellings() {
        assertThat(verified("'workspace_id':'w'").workspaceId()).hasValue("w");
        assertThat(verified("'tenant_id':'w'").workspaceId()).hasValue("w");
        assertThat(verified("'x':1").workspaceId()).isEmpty();
        assertThat(verified("'scope':'agent:read team:*'").scopes()).containsExactly("agent:read", "team:*");
        assertThat(verified("'scopes':['agent:read']").scopes()).containsExactly("agent:read");
    }

    /** Each is signed with the right secret, but for the last ones. */
    @Test
    void whatIsWrongIsRefused() throws GeneralSecurityException {
        String good = "{'sub':'ada','exp':%d}".formatted(NOW + 60);
        refused(signed("{'alg':'none'}", good, SECRET));
        refused(signed("{'alg':'hs256'}", good, SECRET));
        refused(signed("{'alg':'HS512'}", good, SECRET));
        refused(signed("{'alg':'RS256'}", good, SECRET));
        refused(signed("{'alg':['HS256']}", good, SECRET));
        refused(signed("{}", good, SECRET));
        refused(signed("[]", good, SECRET));
        refused(signed("{'alg':'HS256','crit':['exp']}", good, SECRET));
        for (String claims : List.of(
                "{'sub':'ada'}",
                "{'sub':'ada','exp':'%d'}".formatted(NOW + 60),
                "{'sub':'ada','exp':%d}".formatted(NOW - 31),
                "{'sub':'ada','exp':%d,'nbf':%d}".formatted(NOW + 600, NOW + 31),
                "{'sub':'ada','exp':%d,'nbf':'soon'}".formatted(NOW + 600),
                "{'exp':%d}".formatted(NOW + 60),
                "{'sub':' ','exp':%d}".formatted(NOW + 60),
                "{'sub':7,'exp':%d}".formatted(NOW + 60),
                "{'sub':'ada','exp':%d,'workspace_id':7}".formatted(NOW + 60),
                "{'sub':'ada','exp':%d,'scopes':[]}".formatted(NOW + 60),
                "{'sub':'ada','exp':%d,'scope':''}".formatted(NOW + 60),
                "'ada'",
                "{")) {
            refused(signed("{'alg':'HS256'}", claims, SECRET));
        }
        String token = signed("{'alg':'HS256'}", good, SECRET);
        assertThat(tokens.verify(token).subject()).isEqualTo("ada");
        refused(signed("{'alg':'HS256'}", good, SECRET + "x"));
        refused(token.substring(0, token.lastIndexOf('.') + 1));
        refused(token + "." + token);
        refused(token + "x".repeat(9_000));
        refused("a.b");
        refused("..");
        refused("");
        for (int i = 0; i < token.length() - 1; i++) {
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            refused(token.substring(0, i) + other + token.substring(i + 1));
        }
    }

    @Test
    void aShortSecretStopsTheStartAndIsNotShown() {
        assertThat(Tokens.from(new Settings(Map.of()), clock)).isEmpty();
        assertThat(Tokens.from(new Settings(Map.of("JWT_SECRET", SECRET)), clock))
                .isPresent();
        assertThatThrownBy(() -> Tokens.from(new Settings(Map.of("JWT_SECRET", "hunter2")), clock))
                .isInstanceOf(WrongSetting.class)
                .hasMessageContaining("JWT_SECRET")
                .hasMessageContaining("7 bytes")
                .hasMessageContaining("32 bytes")
                .satisfies(wrong ->
                        assertThat(wrong.getMessage()).doesNotContain("hunter2").doesNotContain("\n"));
    }

    private Tokens.Claims verified(String more) {
        try {
            return tokens.verify(
                    signed("{'alg':'HS256'}", "{'sub':'ada','exp':%d,%s}".formatted(NOW + 60, more), SECRET));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void refused(String token) {
        assertThatThrownBy(() -> tokens.verify(token))
                .as(token)
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.status()).isEqualTo(401));
    }

    private static String signed(String header, String claims, String secret) throws GeneralSecurityException {
        String text = encode(bytes(header.replace('\'', '"'))) + "." + encode(bytes(claims.replace('\'', '"')));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(bytes(secret), "HmacSHA256"));
        return text + "." + encode(mac.doFinal(bytes(text)));
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

package dev.agentplatform.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PermissionTest {
    private static final List<String> NOUNS = List.of("agent", "workflow", "memory", "model", "code", "invoice");
    private static final List<String> ACTIONS = List.of("read", "write", "execute");

    @Test
    void theSpellingsOfOneRightAreEqual() {
        assertSame("agent:write", "agents:write", "gateway:agents:write", "gateway:agent:write", "agent-service:write");
        assertSame("memory:read", "gateway:memories:read", "memories:read");
        assertSame("model:write", "gateway:models:write", "model-gateway:write", "v1:write");
        assertSame("code:write", "code-runner:write", "gateway:code:write");
        assertSame("gateway:read", "gateway:gateway:read", "api-gateway:read");
        assertSame("*", "gateway:*", "*:*", "gateway:*:*", "*:*:*");
        assertSame("agent:*", "gateway:agents:*", "agents:*:*");
        assertSame("agent:execute:sales_agent", "gateway:agents:execute:sales_agent");
    }

    private static void assertSame(String... spellings) {
        for (String spelling : spellings) {
            assertThat(Permission.parse(spelling)).as(spelling).isPresent();
            assertThat(right(spelling)).as(spelling).isEqualTo(right(spellings[0]));
        }
    }

    @Test
    void whatIsNoRightIsRefused() {
        for (String text : List.of(
                "",
                ":",
                "agent",
                "agent:",
                ":write",
                "agent::x",
                "agent write",
                "*agent",
                "agent:wr*",
                "a:b:",
                "**",
                "agent:" + "x".repeat(200),
                "agent:wri\u00e4te",
                "agent:write\n")) {
            assertThat(Permission.parse(text)).as(text).isEmpty();
        }
    }

    @Test
    void wildcardsCoverAndNothingElseDoes() {
        assertThat(covers("*", "agent:write")).isTrue();
        assertThat(covers("*", "agent:execute:a")).isTrue();
        assertThat(covers("*", "*")).isTrue();
        assertThat(covers("agent:*", "agent:write")).isTrue();
        assertThat(covers("agent:*", "*")).isFalse();
        assertThat(covers("agent:*", "team:write")).isFalse();
        assertThat(covers("agent:read", "agent:write")).isFalse();
        assertThat(covers("agent:write", "agent:read")).isFalse();
        assertThat(covers("*:read", "team:read")).isTrue();
        assertThat(covers("*:read", "team:write")).isFalse();
        assertThat(covers("agent:execute", "agent:execute:sales_agent")).isTrue();
        assertThat(covers("agent:execute:sales_agent", "agent:execute:sales_agent"))
                .isTrue();
        assertThat(covers("agent:execute:sales_agent", "agent:execute:other")).isFalse();
        assertThat(covers("agent:execute:sales_agent", "agent:execute")).isFalse();
        assertThat(covers("agent:*:sales_agent", "agent:write:sales_agent")).isTrue();
        assertThat(covers("gateway:*", "gateway:impersonate")).isTrue();
        assertThat(covers("gateway:write", "gateway:impersonate")).isFalse();
    }

    /** Covering is a partial order, and a word means the same after it was written and read again. */
    @Test
    void coveringIsReflexiveTransitiveAndKeepsItsMeaningWhenWritten() {
        List<Permission> all = all();
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            Permission a = all.get(random.nextInt(all.size()));
            Permission b = all.get(random.nextInt(all.size()));
            Permission c = all.get(random.nextInt(all.size()));
            assertThat(a.covers(a)).isTrue();
            if (a.covers(b) && b.covers(c))
                assertThat(a.covers(c)).as(a + " " + b + " " + c).isTrue();
            if (a.covers(b) && b.covers(a)) assertThat(a).isEqualTo(b);
            assertThat(right(a.toString())).isEqualTo(a);
        }
    }

    private static List<Permission> all() {
        List<Permission> all = new ArrayList<>(List.of(right("*"), Permission.IMPERSONATE));
        for (String noun : NOUNS) {
            all.add(right(noun + ":*"));
            all.add(right(noun + ":*:one"));
            for (String action : ACTIONS) {
                all.add(right(noun + ":" + action));
                all.add(right("*:" + action));
                for (String resource : List.of("one", "two:three")) {
                    all.add(right(noun + ":" + action + ":" + resource));
                }
            }
        }
        return all;
    }

    private static boolean covers(String granted, String wanted) {
        return right(granted).covers(right(wanted));
    }

    private static Permission right(String text) {
        return Permission.parse(text).orElseThrow();
    }
}

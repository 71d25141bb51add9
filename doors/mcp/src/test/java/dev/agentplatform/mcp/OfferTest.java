package dev.agentplatform.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.VersionBody;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.mcp.Offer.Kind;
import dev.agentplatform.mcp.Offer.Name;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OfferTest {
    private static final UUID ID = UUID.fromString("01890000-0000-7000-8000-000000000001");

    private static Offer offer(Kind kind, String code) {
        return new Offer(
                kind,
                new Definition(ID, "w", kind.word(), null, code, "Name", null, null, ID, 1, 0, 0),
                new VersionBody(ID, "w", ID, 1, Json.object()));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aNameLeadsBackToItsDefinition(Kind kind) {
        assertThat(Offer.parse(offer(kind, "a_b-C9").name())).hasValue(new Name(kind, "a_b-C9", null));
        for (String odd : new String[] {"a.b", "ä", "x".repeat(60), "a b"}) {
            String name = offer(kind, odd).name();
            assertThat(name).matches("[A-Za-z0-9_-]{1,64}");
            assertThat(Offer.parse(name)).hasValue(new Name(kind, null, ID));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "agent", "tool_x", "Agent_x", "x"})
    void otherNamesAreNone(String name) {
        assertThat(Offer.parse(name)).isEmpty();
    }

    @Test
    void theFieldsThatAWorkflowReadsAreFound() {
        String document = """
            {"a":"{{input.city}} {{ input.city }}","b":"input.amount > 100","c":"{{nodes.x.input.no}} {{myinput.no}}",
             "d":"{{ len(input.list) }}"}\
            """;
        assertThat(Offer.inputs(Json.parse(document))).containsExactly("city", "amount", "list");
        StringBuilder many = new StringBuilder("\"");
        for (int i = 0; i < 80; i++) many.append(" input.f").append(i);
        assertThat(Offer.inputs(Json.parse(many + "\""))).hasSize(50);
    }
}

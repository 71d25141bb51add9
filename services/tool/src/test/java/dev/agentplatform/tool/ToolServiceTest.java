package dev.agentplatform.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.outbound.Resolver;
import dev.agentplatform.outbound.Targets;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.vault.Vault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Keys that change, names that turn to inside addresses. */
class ToolServiceTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final Ids IDS = new Ids(CLOCK);

    private static byte[] key(int fill) {
        byte[] key = new byte[32];
        java.util.Arrays.fill(key, (byte) fill);
        return key;
    }

    @OnBothDatabases
    void secretsMoveToANewKey(Database database) {
        Credentials old = new Credentials(database, CLOCK, IDS, Vault.of(key(1)));
        ObjectNode secret = Json.object().put("token", "the-token");
        UUID one = old.create("w1", "a", CredentialType.BEARER, secret).id();
        UUID other = old.create("w2", "b", CredentialType.BEARER, secret).id();
        Credentials both = new Credentials(database, CLOCK, IDS, Vault.of(key(2), key(1)));
        assertThat(both.open("w1", one).text("token")).isEqualTo("the-token");
        assertThat(both.resealAll()).isEqualTo(new Credentials.Resealed(2, List.of()));
        assertThat(both.resealAll().count()).isZero();
        Credentials only = new Credentials(database, CLOCK, IDS, Vault.of(key(2)));
        assertThat(only.open("w2", other).text("token")).isEqualTo("the-token");
        Credentials lost = new Credentials(database, CLOCK, IDS, Vault.of(key(3)));
        assertThat(lost.reseal("w1").unreadable()).containsExactly(one);
    }

    @OnBothDatabases
    void aKeyThatIsGoneFailsTheCallAndSaysSo(Database database) throws Exception {
        Tools tools = new Tools(new Catalog(database, CLOCK, IDS));
        Bindings bindings = new Bindings(database, CLOCK, IDS, tools);
        Definition tool = tools.create("w1", "t", "T", ToolType.HTTP, null);
        tools.save(
                "w1",
                tool.id(),
                Json.parse("{\"invoke_config_json\":{\"url\":\"http://a.test/\"}}"),
                VersionStatus.PUBLISHED);
        Credentials old = new Credentials(database, CLOCK, IDS, Vault.of(key(1)));
        UUID credential = old.create(
                        "w1", "a", CredentialType.BEARER, Json.object().put("token", "the-token"))
                .id();
        bindings.create("w1", new Bindings.Asked(tool.id(), null, ToolScope.workspace("w1"), null, credential));
        try (OutboundClient client = new OutboundClient(Targets.publicOnly())) {
            ToolResult result = calls(database, client, Vault.of(key(2))).invoke(request("t"));
            assertThat(result)
                    .isInstanceOfSatisfying(
                            ToolResult.Failed.class,
                            failed -> assertThat(failed.code()).isEqualTo("credential_unreadable"));
        }
    }

    private static ToolCalls calls(Database database, OutboundClient client, Vault vault) {
        return new ToolModule(
                        database,
                        CLOCK,
                        IDS,
                        new Catalog(database, CLOCK, IDS),
                        client,
                        vault,
                        Map.of(),
                        (run, call) -> {
                            throw new AssertionError("no workflows here");
                        })
                .calls();
    }

    private static ToolRequest request(String tool) {
        return new ToolRequest(
                "w1",
                tool,
                null,
                null,
                Json.object(),
                Json.object(),
                List.of(),
                null,
                Duration.ofSeconds(10),
                null,
                null);
    }

    /** The first look at the name gives a public address, every later one this machine. */
    @OnBothDatabases
    void aNameThatTurnsToAnInsideAddressIsNotCalled(Database database) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        AtomicInteger looks = new AtomicInteger();
        HttpServer inside = inside(calls);
        Resolver rebinding = host ->
                new InetAddress[] {InetAddress.ofLiteral(looks.getAndIncrement() == 0 ? "240.0.0.1" : "127.0.0.1")};
        try (OutboundClient client =
                new OutboundClient(Targets.allowing("240.0.0.0/4"), rebinding, Duration.ofMillis(300))) {
            Tools tools = new Tools(new Catalog(database, CLOCK, IDS));
            Definition tool = tools.create("w1", "r", "R", ToolType.HTTP, null);
            String url = "http://rebind.test:" + inside.getAddress().getPort() + "/";
            ObjectNode body = Json.object();
            body.putObject("invoke_config_json").put("url", url);
            tools.save("w1", tool.id(), body, VersionStatus.PUBLISHED);
            ToolCalls service = calls(database, client, Vault.of(key(1)));
            assertThat(code(service.invoke(request("r")))).isEqualTo("connect_failed");
            assertThat(code(service.invoke(request("r")))).isEqualTo("target_forbidden");
            assertThat(looks).hasValue(2);
            assertThat(calls).hasValue(0);
        } finally {
            inside.stop(0);
        }
    }

    private static String code(ToolResult result) {
        return ((ToolResult.Failed) result).code();
    }

    private static HttpServer inside(AtomicInteger calls) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            calls.incrementAndGet();
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void aSecretShowsNothingOfItselfAsText() {
        Credential credential =
                new Credential(IDS.next(), "w1", "n", CredentialType.BEARER, List.of("token"), "v1.x.y", 0, 0);
        assertThat(new Secret(credential, Json.object().put("token", "the-token")).toString())
                .doesNotContain("the-token");
    }
}

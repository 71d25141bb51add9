package dev.agentplatform.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.code.Boxes.Box;
import dev.agentplatform.kernel.Json;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Attempts at the network: nothing arrives. */
class NetworkEscapeTest {
    private static CodeResult run(Box box, Language language, String code, Object payload) {
        return box.run(language, code, Json.write(Json.tree(payload)), null);
    }

    private static void refused(CodeResult result) {
        assertThat(result.completed()).as(String.valueOf(result)).isTrue();
        assertThat(result.result().asString("")).isEqualTo("refused");
    }

    @Escape
    void tcpToTheHost(Box box) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            server.setSoTimeout(1);
            String python = """
                import socket
                try:
                    socket.create_connection(('127.0.0.1', payload), 1)
                    result = 'connected'
                except OSError:
                    result = 'refused'
                """;
            refused(run(box, Language.PYTHON, python, server.getLocalPort()));
            String javascript = """
                result = 'nothing';
                require('net').connect(payload, '127.0.0.1').on('connect', () => { result = 'connected'; process.exit(0) })
                    .on('error', () => { result = 'refused' });
                """;
            refused(run(box, Language.JAVASCRIPT, javascript, server.getLocalPort()));
            org.assertj.core.api.Assertions.assertThatThrownBy(server::accept)
                    .isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    @Escape
    void fetch(Box box) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            server.setSoTimeout(1);
            String code = "try { await fetch(`http://127.0.0.1:${payload}/`); var result = 'connected' } "
                    + "catch { var result = 'refused' }";
            refused(run(box, Language.JAVASCRIPT, code, server.getLocalPort()));
            org.assertj.core.api.Assertions.assertThatThrownBy(server::accept)
                    .isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    @Escape
    void udpToTheHost(Box box) throws IOException {
        try (DatagramSocket server = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            server.setSoTimeout(1);
            String code = """
                import socket
                try:
                    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', payload))
                    result = 'sent'
                except OSError:
                    result = 'refused'
                """;
            // Where there is a loopback, the packet gets lost in it.
            assertThat(run(box, Language.PYTHON, code, server.getLocalPort()).completed())
                    .isTrue();
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> server.receive(new java.net.DatagramPacket(new byte[10], 10)))
                    .isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    @Escape
    void namesAndPublicAddresses(Box box) {
        String code = """
            import socket
            result = 'refused'
            for address in (('169.254.169.254', 80), ('1.1.1.1', 53), ('10.0.0.1', 80), ('example.com', 80)):
                try:
                    socket.create_connection(address, 1)
                    result = address[0]
                except OSError as error:
                    # Unreachable at once, not after a time: there is no way there at all.
                    if isinstance(error, TimeoutError): result = 'waited'
            """;
        refused(run(box, Language.PYTHON, code, null));
    }

    @Escape
    void ipVersionSixAndRawSockets(Box box) {
        String code = """
            import socket
            result = 'refused'
            for family, kind in ((socket.AF_INET, socket.SOCK_RAW), (socket.AF_PACKET, socket.SOCK_RAW)):
                try:
                    socket.socket(family, kind, 1)
                    result = 'raw'
                except OSError:
                    pass
            try:
                socket.create_connection(('2606:4700:4700::1111', 53), 1)
                result = 'connected'
            except OSError:
                pass
            """;
        refused(run(box, Language.PYTHON, code, null));
    }

    @Escape
    void socketsInFiles(Box box) throws IOException {
        Path folder = Files.createTempDirectory("sock");
        Path path = folder.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            server.configureBlocking(false);
            String code = """
                import socket
                result = 'refused'
                for path in (payload, '/var/run/docker.sock', '/run/systemd/private', '/run/dbus/system_bus_socket'):
                    try:
                        socket.socket(socket.AF_UNIX).connect(path)
                        result = path
                    except OSError:
                        pass
                """;
            refused(run(box, Language.PYTHON, code, path.toString()));
            assertThat(server.accept()).isNull();
        } finally {
            Files.deleteIfExists(path);
            Files.delete(folder);
        }
    }

    /** Sockets without a file have names that all processes of one network share. */
    @Escape
    void socketsWithoutFiles(Box box) throws Exception {
        String name = "escape-" + System.nanoTime();
        Process server = new ProcessBuilder(
                        "python3",
                        "-c",
                        "import socket,sys\ns=socket.socket(socket.AF_UNIX)\ns.bind('\\0'+sys.argv[1])\ns.listen(1)\n"
                                + "print('up',flush=True)\ns.accept()\nprint('came',flush=True)",
                        name)
                .start();
        try {
            assertThat(server.inputReader().readLine()).isEqualTo("up");
            String code = """
                import socket
                try:
                    socket.socket(socket.AF_UNIX).connect('\\0' + payload)
                    result = 'connected'
                except OSError:
                    result = 'refused'
                """;
            refused(run(box, Language.PYTHON, code, name));
            assertThat(server.isAlive()).isTrue();
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    @Escape
    void theNetworkOfTheHostCannotBeSeen(Box box) {
        CodeResult result = box.javascript("result = Object.keys(require('os').networkInterfaces())");
        assertThat(result.result().valueStream().map(one -> one.asString(""))).isSubsetOf("lo");
    }
}

package dev.agentplatform.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.code.Boxes.Box;
import dev.agentplatform.kernel.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Attempts at files of the host: none is read, none is written. */
class FileEscapeTest {
    private static final String READ = """
        seen = []
        for path in payload:
            try:
                seen.append(open(path, 'rb').read(100).decode('latin1'))
            except OSError:
                pass
        result = seen
        """;

    private static CodeResult read(Box box, String... paths) {
        return box.run(Language.PYTHON, READ, Json.write(Json.tree(paths)), null);
    }

    private static void nothing(CodeResult result) {
        assertThat(result.completed()).as(String.valueOf(result)).isTrue();
        assertThat(result.result()).isEqualTo(Json.array());
    }

    @Escape
    void accountsOfTheHost(Box box) {
        nothing(read(box, "/etc/shadow", "/etc/passwd", "/etc/group", "/etc/hostname", "/etc/resolv.conf"));
    }

    @Escape
    void theDataFolder(Box box) throws IOException {
        Path secret = box.data().resolve("secret.txt");
        assertThat(Files.readString(secret)).isEqualTo("canary");
        nothing(read(
                box,
                secret.toString(),
                box.data().toRealPath().resolve("secret.txt").toString()));
        CodeResult node = box.run(
                Language.JAVASCRIPT,
                "try { result = require('fs').readFileSync(payload, 'utf8') } catch (e) { result = e.code }",
                Json.write(Json.text(secret.toString())),
                null);
        assertThat(node.result().asString("")).isEqualTo("ENOENT");
    }

    @Escape
    void pathsThatClimb(Box box) {
        String climb = "../".repeat(20);
        nothing(read(
                box,
                climb + "etc/shadow",
                "/usr/" + climb + "etc/shadow",
                "/tmp/" + climb + box.data() + "/secret.txt"));
    }

    @Escape
    void symbolicLinks(Box box) {
        CodeResult result = box.run(
                Language.PYTHON,
                """
                import os
                seen = []
                for path in payload:
                    os.symlink(path, '/tmp/link')
                    try:
                        seen.append(os.listdir('/tmp/link') if os.path.isdir('/tmp/link') else open('/tmp/link').read())
                    except OSError:
                        pass
                    os.unlink('/tmp/link')
                result = seen
                """,
                Json.write(Json.tree(new String[] {
                    "/etc/shadow", "/proc", "/sys", "/home", box.data().toString()
                })),
                null);
        nothing(result);
    }

    @Escape
    void hardLinksToProgramsCannotChangeThem(Box box) {
        CodeResult result = box.python("""
            import os
            try:
                os.link('/usr/bin/env', '/tmp/env')
                result = 'linked'
            except OSError as error:
                result = error.errno
            """);
        assertThat(result.result().asInt()).isEqualTo(18);
    }

    @Escape
    void nothingCanBeWrittenButTheTemporaryFolder(Box box) {
        String name = "escape-" + System.nanoTime();
        CodeResult result = box.run(Language.PYTHON, """
            import os
            written = []
            for folder in ['/', '/usr', '/usr/bin', '/usr/lib', '/lib', '/etc', '/dev', '/home', '/root', '/var', '/run',
                           '/sys', '/proc', '/mnt', '/opt', '/usr/local', '/dev/shm', os.path.dirname(os.__file__)]:
                try:
                    open(folder + '/' + payload, 'w').write('x')
                    written.append(folder)
                except OSError:
                    pass
            open('/tmp/' + payload, 'w').write('x')
            result = written
            """, Json.write(Json.text(name)), null);
        nothing(result);
        for (String folder : new String[] {"/tmp", "/", "/usr", "/usr/bin", "/dev", "/home"}) {
            assertThat(Path.of(folder, name)).doesNotExist();
        }
    }

    @Escape
    void programsOfTheHostCannotBeChanged(Box box) throws IOException {
        Path program = Path.of("/usr/bin/env");
        byte[] before = Files.readAllBytes(program);
        CodeResult result = box.python("""
            import os
            done = []
            for attempt in (lambda: open('/usr/bin/env', 'ab').write(b'x'), lambda: os.unlink('/usr/bin/env'),
                            lambda: os.chmod('/usr/bin/env', 0o777), lambda: os.rename('/usr/bin/env', '/tmp/env'),
                            lambda: os.truncate('/usr/bin/env', 0), lambda: os.chown('/usr/bin/env', 0, 0),
                            lambda: os.utime('/usr/bin/env')):
                try:
                    attempt()
                    done.append(1)
                except OSError:
                    pass
            result = done
            """);
        nothing(result);
        assertThat(Files.readAllBytes(program)).isEqualTo(before);
    }

    @Escape
    void noProcessesOfAnybody(Box box) {
        nothing(read(
                box,
                "/proc/1/environ",
                "/proc/1/mem",
                "/proc/1/cmdline",
                "/proc/self/maps",
                "/proc/" + ProcessHandle.current().pid() + "/environ",
                "/proc/" + ProcessHandle.current().pid() + "/cmdline",
                "/proc/kcore",
                "/proc/sysrq-trigger",
                "/proc/sys/kernel/core_pattern",
                "/sys/kernel/notes"));
    }

    @Escape
    void descriptorsOfTheServer(Box box) {
        CodeResult result = box.python("""
            import os
            open_ones = []
            for number in range(4, 64):
                try:
                    os.fstat(number)
                    open_ones.append(number)
                except OSError:
                    pass
            result = open_ones
            """);
        nothing(result);
    }

    @Escape
    void devices(Box box) {
        CodeResult result = box.python("""
            import os, stat
            made = []
            for name, device in (('sda', os.makedev(8, 0)), ('vda', os.makedev(254, 0)), ('mem', os.makedev(1, 1)),
                                 ('kmsg', os.makedev(1, 11))):
                try:
                    os.mknod('/tmp/' + name, 0o666 | stat.S_IFBLK, device)
                    open('/tmp/' + name, 'rb').read(10)
                    made.append(name)
                except OSError:
                    pass
            result = made + [name for name in os.listdir('/dev') if name not in ('null', 'zero', 'urandom')]
            """);
        nothing(result);
    }

    @Escape
    void oneCallLeavesNothingForTheNext(Box box) {
        box.python("open('/tmp/left', 'w').write('canary')");
        nothing(read(box, "/tmp/left"));
        CodeResult node = box.javascript("result = require('fs').readdirSync('/tmp')");
        assertThat(node.result()).isEqualTo(Json.array());
    }

    @Escape
    void foldersOfOtherCallsAndOfTheRunner(Box box) throws IOException {
        Path other = Files.createDirectories(box.data().resolve("code").resolve("call-other"));
        Path file = Files.writeString(other.resolve("file"), "canary");
        nothing(read(box, file.toString()));
        assertThat(Files.readString(file)).isEqualTo("canary");
    }

    @Escape
    void bigFiles(Box box) {
        CodeResult result = box.run(Language.PYTHON, """
            import os
            sizes = []
            for name in ('one', 'two', 'three'):
                try:
                    with open('/tmp/' + name, 'wb') as file:
                        while True: file.write(b'x' * 65536)
                except OSError as error:
                    sizes.append(os.path.getsize('/tmp/' + name))
            result = sum(sizes)
            """, "null", Duration.ofSeconds(20));
        assertThat(result.completed()).as(String.valueOf(result)).isTrue();
        assertThat(result.result().asLong()).isBetween(1L, (long) Limits.FOLDER_BYTES);
    }

    @Escape
    void sparseFiles(Box box) {
        CodeResult result = box.python("""
            import os
            descriptor = os.open('/tmp/sparse', os.O_RDWR | os.O_CREAT)
            try:
                os.ftruncate(descriptor, 1 << 40)
                result = 'grown'
            except OSError as error:
                result = error.errno
            """);
        assertThat(result.result().asInt()).isEqualTo(27);
    }

    @Escape
    void manyFiles(Box box) {
        CodeResult result = box.run(Language.PYTHON, """
            made = 0
            try:
                while made < 200000:
                    open('/tmp/%d' % made, 'w').close()
                    made += 1
            except OSError:
                pass
            result = made
            """, "null", Duration.ofSeconds(20));
        // bubblewrap cannot count files, only their bytes.
        if (box.isolation() != Isolation.BUBBLEWRAP)
            assertThat(result.result().asInt()).isBetween(1, Limits.FOLDER_FILES);
        try (var files = Files.list(Path.of("/tmp"))) {
            assertThat(files).noneMatch(file -> file.getFileName().toString().equals("0"));
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @Escape
    void manyOpenFiles(Box box) {
        CodeResult result = box.python("""
            import os
            count = 0
            try:
                while True:
                    os.open('/dev/null', os.O_RDONLY)
                    count += 1
            except OSError as error:
                result = count
            """);
        assertThat(result.result().asInt()).isLessThan(Limits.OPEN_FILES);
    }
}

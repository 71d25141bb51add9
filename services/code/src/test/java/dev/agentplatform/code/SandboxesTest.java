package dev.agentplatform.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.code.Boxes.Box;
import dev.agentplatform.code.CodeResult.Status;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What code gives, and what the runner refuses. */
class SandboxesTest {
    @TempDir
    Path data;

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("dev.agentplatform.code.Boxes#allWithLanguages")
    void jsonGoesInAndOutUnchanged(Box box, Language language) {
        String json = "{\"a\":[1,2.5,-3,true,null,\"é\\u0000\\ud83d\\ude00\\n\"],\"b\":{\"c\":\"\"},\"d\":[],\"e\":{}}";
        CodeResult result = box.run(language, "result = payload", json, null);
        assertThat(result.completed()).as(String.valueOf(result)).isTrue();
        assertThat(result.result()).isEqualTo(Json.parse(json));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("dev.agentplatform.code.Boxes#allWithLanguages")
    void codeWithoutAnAnswerGivesNull(Box box, Language language) {
        CodeResult result = box.run(language, "x = 1", "[1]", null);
        assertThat(result.status()).isEqualTo(Status.COMPLETED);
        assertThat(result.result()).isEqualTo(Json.nothing());
        assertThat(result.output()).isEmpty();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("dev.agentplatform.code.Boxes#allWithLanguages")
    void aBigInputArrives(Box box, Language language) {
        String text = "x".repeat(3_000_000);
        String code = language == Language.PYTHON ? "result = len(payload)" : "result = payload.length";
        assertThat(box.run(language, code, "\"" + text + "\"", null).result().asInt())
                .isEqualTo(3_000_000);
    }

    @Test
    void whatIsPrintedKeepsItsOrder() {
        Box box = Boxes.best();
        String python = "import os, sys, subprocess\nprint('a')\nprint('b', file=sys.stderr, flush=True)\n"
                + "subprocess.run(['echo', 'c'])\nprint('d', end='')";
        assertThat(box.python(python).output()).isEqualTo("a\nb\nc\nd");
        String javascript = "console.log('a'); console.error('b'); process.stdout.write('c'); console.log('é')";
        assertThat(box.javascript(javascript).output()).isEqualTo("a\nb\ncé\n");
    }

    @Test
    void errorsNameTheLine() {
        Box box = Boxes.best();
        assertThat(box.python("def f():\n    return {}['x']\n\nf()").errorMessage())
                .isEqualTo("line 2: KeyError: 'x'");
        assertThat(box.python("if True:\nprint(1)").errorMessage()).startsWith("line 2: IndentationError: expected an");
        assertThat(box.javascript("const f = () => {\n  return x;\n};\nf()").errorMessage())
                .isEqualTo("line 2: ReferenceError: x is not defined");
        assertThat(box.javascript("let a = 1;\nlet a = 2;").errorMessage())
                .isEqualTo("line 2: SyntaxError: Identifier 'a' has already been declared");
        assertThat(box.javascript("await 1;\nthrow new Error('late')").errorMessage())
                .isEqualTo("line 2: Error: late");
        assertThat(box.javascript("Promise.reject(new Error('lost'))").errorMessage())
                .isEqualTo("line 1: Error: lost");
        assertThat(box.javascript("throw 'text'").errorMessage()).isEqualTo("string: text");
    }

    @Test
    void javascriptMayWait() {
        Box box = Boxes.best();
        assertThat(box.javascript("const a = await Promise.resolve(2);\nresult = a * 2")
                        .result()
                        .asInt())
                .isEqualTo(4);
        assertThat(box.javascript("result = Promise.resolve([1])").result()).isEqualTo(Json.parse("[1]"));
        assertThat(box.javascript("setTimeout(() => { result = 'later' }, 5)")
                        .result()
                        .asString(""))
                .isEqualTo("later");
        assertThat(box.javascript("const result = await 7").result().asInt()).isEqualTo(7);
        assertThat(box.javascript("let result = 8").result().asInt()).isEqualTo(8);
        assertThat(box.javascript("await new Promise(() => {})").errorCode()).isEqualTo("code_error");
    }

    @Test
    void requestsOutsideTheLimitsAreRefused() {
        Box box = Boxes.best();
        assertThatThrownBy(() -> box.python(" ")).isInstanceOf(Problem.class).hasMessageContaining("code");
        assertThatThrownBy(() -> box.python("#".repeat(Limits.CODE_BYTES + 1))).hasMessageContaining("code");
        assertThatThrownBy(() -> box.python("#" + "é".repeat(Limits.CODE_BYTES / 2)))
                .hasMessageContaining("code");
        String big = "\"" + "x".repeat(Limits.INPUT_BYTES) + "\"";
        assertThatThrownBy(() -> box.run(Language.PYTHON, "result = 1", big, null))
                .hasMessageContaining("input_json");
        for (Duration timeout : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(31))) {
            assertThatThrownBy(() -> box.run(Language.PYTHON, "result = 1", "1", timeout))
                    .hasMessageContaining("timeout_seconds");
        }
    }

    @Test
    void fiftySideBySide() throws Exception {
        Box box = Boxes.best();
        List<Future<CodeResult>> calls = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch go = new CountDownLatch(1);
            for (int i = 0; i < 50; i++) {
                Language language = Language.values()[i % 2];
                String input = String.valueOf(i);
                calls.add(callers.submit((Callable<CodeResult>) () -> {
                    go.await();
                    return box.run(language, "result = payload", input, Duration.ofSeconds(30));
                }));
            }
            go.countDown();
            for (int i = 0; i < 50; i++)
                assertThat(calls.get(i).get().result().asInt(-1)).isEqualTo(i);
        }
    }

    @Test
    void tooManyAreSentAway() throws Exception {
        Map<String, String> one =
                Map.of("AGENT_PLATFORM_CODE_CONCURRENCY", "1", "AGENT_PLATFORM_CODE_WAIT_MILLIS", "1");
        Box box = Boxes.start(Boxes.best().isolation(), data, one);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            box.sandboxes().check();
            Future<CodeResult> first =
                    callers.submit(() -> box.run(Language.PYTHON, "while True: pass", "1", Duration.ofSeconds(30)));
            HostProcesses.await(() -> box.sandboxes().running() == 1, "it did not start");
            assertThatThrownBy(() -> box.python("result = 1")).isInstanceOfSatisfying(Problem.class, problem -> {
                assertThat(problem.status()).isEqualTo(503);
                assertThat(problem.code()).isEqualTo("code_runner_busy");
                assertThat(problem.retryAfterSeconds()).isPositive();
            });
            // Stopping the runner ends what runs.
            box.sandboxes().stop();
            assertThat(first.get().errorCode()).isEqualTo("no_answer");
        }
    }

    @Test
    void whoeverStopsWaitingKillsTheCode() throws Exception {
        Box box = Boxes.best();
        String mark = HostProcesses.mark();
        Thread caller = Thread.ofVirtual().start(() -> {
            String code = "import subprocess\nsubprocess.run(['sh', '-c', 'while :; do sleep 1; done', payload])";
            assertThatThrownBy(() -> box.run(Language.PYTHON, code, "\"" + mark + "\"", Duration.ofSeconds(30)))
                    .hasCauseInstanceOf(InterruptedException.class);
        });
        HostProcesses.await(() -> HostProcesses.live(mark), "it did not start");
        caller.interrupt();
        caller.join();
        HostProcesses.endSoon(mark);
    }

    @Test
    void aHostWithoutIsolationRefuses() throws Exception {
        Sandboxes sandboxes = new Sandboxes(Boxes.settings(data, Map.of()));
        sandboxes.start(List.of());
        try {
            assertThatThrownBy(sandboxes::check).isInstanceOf(Sandboxes.SandboxUnavailable.class);
            assertThatThrownBy(() -> sandboxes.run(new CodeRequest(Language.PYTHON, "result = 1", null, null)))
                    .isInstanceOfSatisfying(Problem.class, problem -> {
                        assertThat(problem.status()).isEqualTo(503);
                        assertThat(problem.code()).isEqualTo("sandbox_unavailable");
                    });
        } finally {
            sandboxes.stop();
        }
    }

    @Test
    void aMissingLanguageIsRefusedAndTheOtherWorks() {
        Box box = Boxes.start(
                Boxes.best().isolation(),
                data,
                Map.of("AGENT_PLATFORM_NODE_BIN", "/nowhere/node", "AGENT_PLATFORM_CODE_WARM", "0"));
        try {
            assertThat(box.python("result = 1").completed()).isTrue();
            assertThatThrownBy(() -> box.javascript("result = 1"))
                    .isInstanceOfSatisfying(
                            Problem.class, problem -> assertThat(problem.code()).isEqualTo("sandbox_unavailable"));
        } finally {
            box.sandboxes().stop();
        }
    }

    /** Only on the operator's word: then there are limits and a folder of its own, and nothing else. */
    @Test
    void unsafeRunsWithoutIsolation() throws Exception {
        Sandboxes sandboxes = new Sandboxes(Boxes.settings(data, Map.of("AGENT_PLATFORM_CODE_UNSAFE", "true")));
        sandboxes.start(List.of());
        try {
            assertThat(sandboxes.check()).startsWith(Sandboxes.NO_ISOLATION);
            String code =
                    "import os\nopen('file', 'w').write('x')\nresult = [os.getcwd(), dict(os.environ)]\nprint('p')";
            CodeResult result = sandboxes.run(new CodeRequest(Language.PYTHON, code, null, null));
            assertThat(result.result().path(0).asString(""))
                    .startsWith(data.resolve("code").toRealPath().toString());
            assertThat(result.result().path(1)).isEqualTo(Json.object());
            assertThat(result.output()).isEqualTo("p\n");
            Path folder = Path.of(result.result().path(0).asString(""));
            HostProcesses.await(() -> !Files.exists(folder), "its folder is still there");
            CodeResult javascript = sandboxes.run(new CodeRequest(Language.JAVASCRIPT, "result = 2", null, null));
            assertThat(javascript.result().asInt()).isEqualTo(2);
        } finally {
            sandboxes.stop();
        }
    }

    @Test
    void stoppingLeavesNothing() throws Exception {
        Box box = Boxes.start(Boxes.best().isolation(), data, Map.of());
        box.python("result = 1");
        box.javascript("result = 1");
        List<ProcessHandle> before = sandboxes();
        box.sandboxes().stop();
        box.sandboxes().stop();
        // Those of the other runners in this test run stay.
        List<ProcessHandle> mine = before.stream()
                .filter(process -> process.info().commandLine().orElse("").contains(data.toString()))
                .toList();
        HostProcesses.await(() -> mine.stream().noneMatch(ProcessHandle::isAlive), "an interpreter lives on");
    }

    private static List<ProcessHandle> sandboxes() {
        try (Stream<ProcessHandle> children = ProcessHandle.current().descendants()) {
            return children.toList();
        }
    }
}

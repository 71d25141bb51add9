package dev.agentplatform.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.code.Boxes.Box;
import dev.agentplatform.code.CodeResult.Status;
import dev.agentplatform.kernel.Json;
import java.time.Duration;

/** Attempts to use up the host or to confuse the runner: the call ends, and the next one works. */
class ResourceEscapeTest {
    private static CodeResult seconds(Box box, int seconds, Language language, String code) {
        return box.run(language, code, "null", Duration.ofSeconds(seconds));
    }

    private static void next(Box box) {
        assertThat(box.python("result = 1").completed()).isTrue();
        assertThat(box.javascript("result = 1").completed()).isTrue();
    }

    private static void failed(CodeResult result, String... codes) {
        assertThat(result.status()).as(String.valueOf(result)).isNotEqualTo(Status.COMPLETED);
        assertThat(result.errorCode()).as(String.valueOf(result)).isIn((Object[]) codes);
        assertThat(result.result()).isEqualTo(Json.nothing());
    }

    // ---- memory

    @Escape
    void oneHugeAllocation(Box box) {
        failed(box.python("x = 1\nbytearray(10 ** 10)"), "memory_limit");
        failed(
                seconds(
                        box,
                        20,
                        Language.JAVASCRIPT,
                        "const all = [];\nwhile (true) all.push(new Array(1e5).fill(1.5));"),
                "memory_limit");
        next(box);
    }

    @Escape
    void memoryBesideTheHeap(Box box) {
        failed(
                seconds(
                        box,
                        20,
                        Language.JAVASCRIPT,
                        "const all = [];\nwhile (true) all.push(Buffer.alloc(1 << 20, 1));"),
                "memory_limit",
                "no_answer",
                "code_error");
        failed(
                seconds(
                        box,
                        20,
                        Language.PYTHON,
                        "import mmap\n"
                                + "kept = []\n"
                                + "while True:\n"
                                + "    m = mmap.mmap(-1, 1 << 20)\n"
                                + "    m.write(b'x' * (1 << 20))\n"
                                + "    kept.append(m)"),
                "memory_limit",
                "no_answer",
                "code_error");
    }

    @Escape
    void memoryOfManyProcessesTogether(Box box) {
        String code = """
            import os, time
            for _ in range(20):
                if os.fork() == 0:
                    kept = bytearray(60 * 1024 * 1024)
                    for at in range(0, len(kept), 4096): kept[at] = 1
                    time.sleep(60)
            time.sleep(60)
            """;
        failed(seconds(box, 25, Language.PYTHON, code), "memory_limit");
        next(box);
    }

    @Escape
    void memoryThatNobodyHasMapped(Box box) {
        String code = """
            import os
            got = 0
            try:
                while True:
                    file = os.memfd_create('x')
                    got += os.write(file, b'x' * (64 * 1024 * 1024))
            except OSError:
                result = got
            """;
        CodeResult result = seconds(box, 20, Language.PYTHON, code);
        if (result.completed()) {
            assertThat(result.result().asLong()).isLessThanOrEqualTo((long) Limits.OPEN_FILES * Limits.FILE_BYTES);
        }
        String segments = """
            import ctypes
            libc = ctypes.CDLL(None)
            got = 0
            while got < 1000 and libc.shmget(0, ctypes.c_size_t(1 << 24), 0o1600) >= 0: got += 1
            result = got
            """;
        // Root may set the kernel's limits for the sandbox; others cannot.
        CodeResult shared = box.python(segments);
        if (box.isolation() == Isolation.NAMESPACES)
            assertThat(shared.result().asInt()).isZero();
    }

    // ---- processor

    @Escape
    void endlessLoops(Box box) {
        failed(seconds(box, 1, Language.PYTHON, "while True: pass"), "code_timeout");
        failed(seconds(box, 1, Language.JAVASCRIPT, "while (true) {}"), "code_timeout");
        failed(
                seconds(box, 1, Language.JAVASCRIPT, "await new Promise(() => setInterval(() => 1, 1))"),
                "code_timeout");
        failed(seconds(box, 1, Language.PYTHON, "import re\nre.match('(a+)+$', 'a' * 40 + 'b')"), "code_timeout");
    }

    @Escape
    void whoeverCatchesEverythingStillEnds(Box box) {
        String code = """
            import signal, sys
            for number in range(1, 65):
                try: signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError): pass
            while True:
                try:
                    while True: pass
                except BaseException: pass
            """;
        failed(seconds(box, 1, Language.PYTHON, code), "code_timeout");
    }

    // ---- output

    @Escape
    void floodsOfOutput(Box box) {
        CodeResult much = box.python("for _ in range(100000): print('x' * 99)\nresult = 7");
        assertThat(much.completed()).isTrue();
        assertThat(much.result().asInt()).isEqualTo(7);
        assertThat(much.outputTruncated()).isTrue();
        assertThat(much.output()).hasSize(Limits.OUTPUT_BYTES);
        CodeResult errors = seconds(box, 1, Language.PYTHON, "import sys\nwhile True: sys.stderr.write('é' * 4096)");
        assertThat(errors.status()).isEqualTo(Status.TIMED_OUT);
        assertThat(errors.output())
                .hasSizeLessThanOrEqualTo(Limits.OUTPUT_BYTES)
                .doesNotContain("\uFFFD");
        CodeResult node = seconds(box, 1, Language.JAVASCRIPT, "while (true) console.log('x'.repeat(1e6))");
        assertThat(node.status()).isEqualTo(Status.TIMED_OUT);
        assertThat(node.output()).hasSize(Limits.OUTPUT_BYTES);
    }

    @Escape
    void hugeResults(Box box) {
        failed(box.python("result = 'x' * (2 * 1024 * 1024)"), "result_too_large");
        failed(box.javascript("result = 'x'.repeat(2 * 1024 * 1024)"), "result_too_large");
    }

    @Escape
    void resultsThatAreNoJson(Box box) {
        for (String value : new String[] {"float('nan')", "float('inf')", "{1, 2}", "object()", "b'x'", "lambda: 1"}) {
            failed(box.python("result = " + value), "result_not_json");
        }
        failed(box.python("result = []\nresult.append(result)"), "result_not_json");
        for (String value : new String[] {"NaN", "-Infinity", "10n", "() => 1", "Symbol('x')"}) {
            failed(box.javascript("result = {a: [" + value + "]}"), "result_not_json");
        }
        failed(box.javascript("result = {}; result.self = result"), "result_not_json");
    }

    @Escape
    void resultsThatAreTooDeep(Box box) {
        failed(box.python("result = []\nfor _ in range(100000): result = [result]"), "result_not_json");
        failed(box.python("result = []\nfor _ in range(500): result = [result]"), "result_not_json");
        failed(box.javascript("result = []; for (let i = 0; i < 500; i++) result = [result]"), "result_not_json");
    }

    @Escape
    void crashes(Box box) {
        failed(
                box.python("import sys\nsys.setrecursionlimit(10 ** 8)\ndef f(): f()\nf()"),
                "no_answer",
                "memory_limit",
                "code_error");
        failed(box.python("import ctypes\nctypes.string_at(0)"), "no_answer");
        failed(box.javascript("function f() { f() }\nf()"), "code_error");
        failed(box.javascript("process.abort()"), "no_answer");
        next(box);
    }

    // ---- the channels to the runner

    @Escape
    void leavingWithoutAnAnswer(Box box) {
        failed(box.python("import os\nos._exit(0)"), "no_answer");
        failed(box.python("import sys\nsys.exit(3)"), "code_exited");
        failed(box.javascript("process.exit(3)"), "code_exited");
        failed(box.javascript("process.reallyExit(0)"), "no_answer");
        assertThat(box.python("import sys\nresult = 1\nsys.exit()").result().asInt())
                .isEqualTo(1);
        assertThat(box.javascript("result = 1; process.exit()").result().asInt())
                .isEqualTo(1);
    }

    @Escape
    void closingEveryDescriptor(Box box) {
        failed(box.python("import os\nos.closerange(0, 64)\nresult = 1"), "no_answer");
        assertThat(box.python("import os\nos.close(0)\nos.close(1)\nos.close(2)\nresult = 1")
                        .result()
                        .asInt())
                .isEqualTo(1);
    }

    @Escape
    void garbageInTheAnswer(Box box) {
        for (String garbage :
                new String[] {"b'{\\n'", "b'\\x00\\xff\\n'", "b'[1]\\n'", "b'null\\n'", "b'ready\\n'", "b'\\n'"}) {
            failed(box.python("import os\nos.write(3, " + garbage + ")\nresult = 1"), "result_not_json");
        }
        failed(box.python("import os\nwhile True: os.write(3, b'x' * 65536)"), "result_too_large");
        failed(box.python("import os\nos.write(3, b'[' * 100000 + b'\\n')"), "result_not_json");
        // An answer by hand is an answer: the code could as well have assigned it.
        CodeResult forged =
                box.python("import os\nos.write(3, b'{\"result\": 5, \"status\": \"admin\"}\\n')\nwhile True: pass");
        assertThat(forged.result().asInt()).isEqualTo(5);
        failed(
                box.python("import os\nos.write(3, b'{\"error\": {}, \"line\": 1e99, \"message\": []}\\n')"),
                "code_error");
    }

    @Escape
    void changingTheRunnersTools(Box box) {
        failed(
                box.python("import json, os\njson.dumps = None\nos._exit = None\nos.write = None\nresult = {1, 2}"),
                "result_not_json",
                "no_answer");
        assertThat(box.javascript("JSON.stringify = null; Object.prototype.toJSON = () => 1; result = {a: 1}")
                        .errorCode())
                .isIn(null, "result_not_json");
        failed(box.python("import sys\nsys.settrace(lambda *a: 1 / 0)\ndef f(): pass\nf()"), "code_error");
        failed(box.python("class E(Exception):\n    def __str__(self): raise self\nraise E()"), "code_error");
        failed(box.javascript("throw { get message() { throw 1 } }"), "code_error");
        next(box);
    }

    @Escape
    void theRunnersInputHasNothingElse(Box box) {
        assertThat(box.python("import sys\nresult = sys.stdin.read()").result().asString("x"))
                .isEmpty();
        assertThat(box.javascript("result = require('fs').readFileSync(0, 'utf8')")
                        .result()
                        .asString("x"))
                .isEmpty();
    }
}

package dev.agentplatform.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.code.Boxes.Box;
import dev.agentplatform.code.CodeResult.Status;
import dev.agentplatform.kernel.Json;
import java.time.Duration;

/** Attempts at other processes, at more rights and at living on: all end inside. */
class ProcessEscapeTest {
    private static CodeResult run(Box box, Language language, String code, Object payload) {
        return box.run(language, code, Json.write(Json.tree(payload)), Duration.ofSeconds(2));
    }

    @Escape
    void childrenDieAtTheTimeout(Box box) {
        String mark = HostProcesses.mark();
        String code = """
            import subprocess, signal, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            subprocess.Popen(['sh', '-c', 'while :; do :; done', payload])
            print('started', flush=True)
            while True: time.sleep(1)
            """;
        CodeResult result = run(box, Language.PYTHON, code, mark);
        assertThat(result.status()).isEqualTo(Status.TIMED_OUT);
        assertThat(result.output()).contains("started");
        HostProcesses.endSoon(mark);
    }

    @Escape
    void daemonsDieWithTheCall(Box box) {
        String mark = HostProcesses.mark();
        String code = """
            import os, signal, time
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    for number in (1, 2, 3, 15): signal.signal(number, signal.SIG_IGN)
                    for descriptor in range(64):
                        try: os.close(descriptor)
                        except OSError: pass
                    os.execv('/bin/sh', ['sh', '-c', 'trap "" TERM HUP INT; while :; do sleep 1; done', payload])
                os._exit(0)
            time.sleep(0.2)
            result = 'done'
            """;
        CodeResult result = run(box, Language.PYTHON, code, mark);
        assertThat(result.result().asString("")).isEqualTo("done");
        HostProcesses.endSoon(mark);
    }

    @Escape
    void detachedChildrenOfNodeDieToo(Box box) {
        String mark = HostProcesses.mark();
        String code = """
            const child = require('child_process').spawn('sh', ['-c', 'while :; do sleep 1; done', payload],
                { detached: true, stdio: 'ignore' });
            child.unref();
            result = child.pid > 1;
            """;
        assertThat(run(box, Language.JAVASCRIPT, code, mark).result().asBoolean(false))
                .isTrue();
        HostProcesses.endSoon(mark);
    }

    @Escape
    void workerThreadsDieAtTheTimeout(Box box) {
        String code = """
            const { Worker } = require('worker_threads');
            new Worker('while (true) {}', { eval: true });
            while (true) {}
            """;
        assertThat(run(box, Language.JAVASCRIPT, code, null).status()).isEqualTo(Status.TIMED_OUT);
        assertThat(box.javascript("result = 1").completed()).isTrue();
    }

    @Escape
    void forkBombs(Box box) {
        String mark = HostProcesses.mark();
        String code = """
            import os, sys, time
            made = 0
            try:
                for _ in range(1000):
                    if os.fork() == 0:
                        time.sleep(60)
                        os._exit(0)
                    made += 1
            except OSError:
                pass
            result = made
            """;
        CodeResult result = run(box, Language.PYTHON, code, mark);
        // Before anything worse is tried: what is not counted here would be felt by the whole host.
        assertThat(result.completed()).as(String.valueOf(result)).isTrue();
        assertThat(result.result().asInt()).isLessThan(Limits.PROCESSES);
        String bomb = "require('child_process').execSync('f() { f | f & }; f; sleep 60 # ' + payload)";
        run(box, Language.JAVASCRIPT, bomb, mark);
        HostProcesses.endSoon(mark);
        assertThat(box.python("result = 1").completed()).isTrue();
    }

    @Escape
    void signalsToTheServerAndToEverybody(Box box) throws Exception {
        Process innocent = new ProcessBuilder("sleep", "60").start();
        try {
            String code = """
                import os, signal
                result = []
                # 0 is the process group, and groups reach across namespaces.
                for process in payload + [os.getppid(), 0, -os.getpgrp() or 0, -1]:
                    for number in (signal.SIGTERM, signal.SIGKILL):
                        try:
                            os.kill(process, number)
                            # To nobody, or to itself, which does not listen.
                        except OSError as error:
                            result.append(error.errno)
                """;
            long server = ProcessHandle.current().pid();
            run(box, Language.PYTHON, code, new long[] {server, innocent.pid()});
            String javascript = "for (const pid of payload) try { process.kill(pid, 'SIGKILL') } catch {}\nresult = 1";
            run(box, Language.JAVASCRIPT, javascript, new long[] {server, innocent.pid()});
            assertThat(innocent.isAlive()).isTrue();
        } finally {
            innocent.destroyForcibly();
        }
    }

    @Escape
    void debuggingOthers(Box box) {
        String code = """
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            PTRACE_ATTACH = 16
            result = [process for process in payload if libc.ptrace(PTRACE_ATTACH, process, 0, 0) == 0]
            """;
        CodeResult result = run(
                box, Language.PYTHON, code, new long[] {ProcessHandle.current().pid(), 1});
        assertThat(result.result()).isEqualTo(Json.array());
    }

    @Escape
    void newNamespacesAndMounts(Box box) {
        String code = """
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            done = []
            for name, flag in (('user', 0x10000000), ('mount', 0x20000), ('pid', 0x20000000), ('net', 0x40000000),
                               ('all', 0x10000000 | 0x20000 | 0x20000000)):
                if libc.unshare(flag) == 0: done.append(name)
            if libc.mount(b'tmpfs', b'/tmp', b'tmpfs', 0, None) == 0: done.append('tmpfs')
            if libc.mount(b'proc', b'/tmp', b'proc', 0, None) == 0: done.append('proc')
            if libc.mount(None, b'/', None, 32 | 4096, None) == 0: done.append('remount')
            if libc.umount2(b'/tmp', 2) == 0: done.append('umount')
            if libc.chroot(b'/tmp') == 0: done.append('chroot')
            if libc.syscall(155, b'/tmp', b'/tmp') == 0: done.append('pivot_root')
            result = done
            """;
        assertThat(run(box, Language.PYTHON, code, null).result()).isEqualTo(Json.array());
    }

    @Escape
    void moreRights(Box box) {
        String code = """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            before = (os.getresuid(), os.getresgid())
            for attempt in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]),
                            lambda: os.setresuid(65534, 65534, 65534)):
                try: attempt()
                except OSError: pass
            # PR_GET_NO_NEW_PRIVS, PR_CAPBSET_READ of CAP_SYS_ADMIN, PR_SET_SECUREBITS
            result = [libc.prctl(39, 0, 0, 0, 0), libc.prctl(23, 21, 0, 0, 0), libc.prctl(28, 0, 0, 0, 0),
                      before == (os.getresuid(), os.getresgid())]
            """;
        assertThat(Json.write(run(box, Language.PYTHON, code, null).result())).isEqualTo("[1,0,-1,true]");
    }

    @Escape
    void programsThatRunAsSomebodyElse(Box box) {
        String code = """
            import os, subprocess
            tried = []
            for program in ('su', 'sudo', 'passwd', 'mount', 'newgrp', 'pkexec', 'chsh', 'fusermount3'):
                for folder in ('/usr/bin/', '/usr/sbin/'):
                    if os.path.exists(folder + program):
                        tried.append(program)
                        subprocess.run([folder + program, '-c', 'id > /tmp/who'], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=5)
            result = [len(tried) > 0, os.path.exists('/tmp/who')]
            """;
        CodeResult result = box.run(Language.PYTHON, code, "null", Duration.ofSeconds(20));
        assertThat(Json.write(result.result())).isEqualTo("[true,false]");
    }

    @Escape
    void limitsCannotBeRaised(Box box) {
        String code = """
            import resource
            raised = []
            for name in ('NPROC', 'DATA', 'FSIZE', 'NOFILE', 'CPU', 'CORE', 'MEMLOCK'):
                which = getattr(resource, 'RLIMIT_' + name)
                soft, hard = resource.getrlimit(which)
                try:
                    resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                    raised.append(name)
                except (OSError, ValueError):
                    if hard == resource.RLIM_INFINITY: raised.append(name)
            result = raised
            """;
        assertThat(run(box, Language.PYTHON, code, null).result()).isEqualTo(Json.array());
    }

    @Escape
    void priorityCannotBeRaised(Box box) {
        CodeResult result = box.python("import os\ntry: os.nice(-15)\nexcept OSError: pass\nresult = os.nice(0) >= 5");
        assertThat(result.result().asBoolean(false)).isTrue();
    }

    @Escape
    void theKernel(Box box) {
        String code = """
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            done = []
            # reboot without its magic is refused for that; bpf, perf_event_open, add_key, init_module, kexec_load
            if libc.sethostname(b'escape', 6) == 0: done.append('sethostname')
            if libc.syscall(321, 5, None, 0) >= 0: done.append('bpf')
            if libc.syscall(175, None, 0, b'') == 0: done.append('init_module')
            if libc.syscall(246, 0, 0, None, 0) == 0: done.append('kexec_load')
            if libc.syscall(164, ctypes.byref((ctypes.c_long * 2)(0, 0)), None) == 0: done.append('settimeofday')
            if libc.syscall(167, b'/tmp/swap', 0) == 0: done.append('swapon')
            if libc.iopl(3) == 0: done.append('iopl')
            result = done
            """;
        assertThat(run(box, Language.PYTHON, code, null).result()).isEqualTo(Json.array());
    }

    @Escape
    void partsOfNodeThatReachTheSystem(Box box) {
        String code = """
            const done = [];
            try { process.setuid(0); if (payload) done.push('setuid'); } catch {}
            try { process.binding('spawn_sync').spawn({ file: '/bin/cat', args: ['cat', '/etc/shadow'],
                stdio: [{ type: 'pipe', readable: true }] }).output?.[0]?.length && done.push('spawn'); } catch {}
            try { process.dlopen({ exports: {} }, '/tmp/addon.node'); done.push('dlopen'); } catch {}
            try { require('inspector').open(0, '0.0.0.0'); } catch {}
            try { done.push(...require('fs').readdirSync('/proc')); } catch {}
            result = done;
            process.exit(0);
            """;
        boolean foreign = box.isolation() == Isolation.NAMESPACES;
        CodeResult result = run(box, Language.JAVASCRIPT, code, foreign);
        assertThat(result.result()).as(String.valueOf(result)).isEqualTo(Json.array());
    }

    @Escape
    void programsThatWereMadeHereDoNotRun(Box box) {
        String code = """
            import shutil, subprocess
            shutil.copy('/usr/bin/env', '/tmp/program')
            import os
            os.chmod('/tmp/program', 0o755)
            try:
                subprocess.run(['/tmp/program'])
                result = 'ran'
            except OSError as error:
                result = 'refused'
            """;
        CodeResult result = run(box, Language.PYTHON, code, null);
        // bubblewrap cannot forbid it; there it runs with the rights that the code has anyway.
        if (box.isolation() != Isolation.BUBBLEWRAP)
            assertThat(result.result().asString("")).isEqualTo("refused");
        else assertThat(result.completed()).isTrue();
    }

    @Escape
    void environmentOfTheServer(Box box) {
        assertThat(System.getenv()).isNotEmpty();
        assertThat(box.python("import os\nresult = dict(os.environ)").result()).isEqualTo(Json.object());
        assertThat(box.javascript("result = process.env").result()).isEqualTo(Json.object());
        String real = "import ctypes\nenviron = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), 'environ')\n"
                + "result = environ[0] is None if environ else True";
        assertThat(box.python(real).result().asBoolean(false)).isTrue();
        String child =
                "import subprocess\nresult = subprocess.run(['/usr/bin/env'], capture_output=True).stdout.decode()";
        assertThat(box.python(child).result().asString("x")).isEmpty();
    }
}

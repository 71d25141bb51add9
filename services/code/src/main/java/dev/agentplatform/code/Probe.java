package dev.agentplatform.code;

import dev.agentplatform.kernel.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Finds out what this host offers, by locking code in and letting it look around. */
final class Probe {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static final Map<Language, String> LOOK_AROUND = Map.of(Language.PYTHON, """
        import os, socket
        result = {
            'process': os.getpid(),
            'environment': len(os.environ),
            'networks': [name for _, name in socket.if_nameindex() if name != 'lo'],
            'seen': [path for path in payload if os.path.exists(path) and os.listdir(path)],
        }
        """, Language.JAVASCRIPT, """
        const fs = require('fs');
        result = {
            process: process.pid,
            environment: Object.keys(process.env).length,
            networks: Object.keys(require('os').networkInterfaces()).filter((name) => name !== 'lo'),
            seen: payload.filter((path) => {
                try { return fs.readdirSync(path).length > 0 } catch { return false }
            }),
        };
        """);

    private final CodeSettings settings;

    Probe(CodeSettings settings) {
        this.settings = settings;
    }

    /** Tries the isolations, the best first, with every language that is there. */
    Offer run() throws InterruptedException {
        return run(Isolation.candidates(Isolation.root()));
    }

    Offer run(List<Isolation> candidates) throws InterruptedException {
        Map<Language, Interpreter> interpreters = new EnumMap<>(Language.class);
        for (Language language : Language.values()) {
            Interpreter.find(language, settings).ifPresent(found -> interpreters.put(language, found));
        }
        if (interpreters.isEmpty()) return new Offer(null, Map.of(), List.of("neither Python nor Node.js was found"));
        List<String> refusals = new ArrayList<>();
        for (Isolation isolation : candidates) {
            Optional<String> refusal = refusal(isolation, interpreters);
            if (refusal.isEmpty()) return new Offer(isolation, interpreters, refusals);
            refusals.add(isolation.word() + ": " + refusal.get());
        }
        return new Offer(settings.unsafe() ? Isolation.NONE : null, interpreters, refusals);
    }

    /** Why code is not safe in it; empty when it is. */
    private Optional<String> refusal(Isolation isolation, Map<Language, Interpreter> interpreters)
            throws InterruptedException {
        try (Launcher launcher = new Launcher(settings, isolation, interpreters)) {
            for (Language language : interpreters.keySet()) {
                try (Sandbox sandbox = launcher.launch(language)) {
                    sandbox.awaitReady();
                    Optional<String> seen = judge(sandbox.run(LOOK_AROUND.get(language), hidden(), LIMIT));
                    if (seen.isPresent()) return seen;
                }
            }
            return Optional.empty();
        } catch (Sandbox.StartFailed failed) {
            return Optional.of(failed.getMessage());
        }
    }

    private String hidden() {
        List<String> paths = new ArrayList<>(List.of("/proc", "/sys", "/home", "/var", "/run"));
        settings.hidden().forEach(path -> paths.add(path.toAbsolutePath().toString()));
        return Json.write(Json.tree(paths));
    }

    private static Optional<String> judge(Sandbox.End end) {
        CodeResult result = Answers.result(end, LIMIT, 0);
        if (!result.completed()) return Optional.of("code did not run: " + result.errorMessage() + result.output());
        JsonNode seen = result.result();
        ObjectNode wanted = Json.object().put("process", 1).put("environment", 0);
        wanted.putArray("networks");
        wanted.putArray("seen");
        return seen.equals(wanted) ? Optional.empty() : Optional.of("code sees what it must not: " + Json.write(seen));
    }
}

package dev.agentplatform.web;

import dev.agentplatform.kernel.Problem;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The open event streams of a server: bounded in number, and told to end before the server stops. */
final class Streams {
    private final Set<Stream> open = ConcurrentHashMap.newKeySet();
    private final int max;
    private volatile boolean ending;

    Streams(int max) {
        this.max = max;
    }

    void add(Stream stream) {
        if (open.size() >= max) throw Problem.unavailable("There are already " + max + " event streams open.", 5);
        open.add(stream);
        // Looked at after the insert: a stream is either seen by endAll or ends itself here.
        if (ending) stream.end();
    }

    void remove(Stream stream) {
        open.remove(stream);
    }

    int count() {
        return open.size();
    }

    void endAll() {
        ending = true;
        open.forEach(Stream::end);
    }
}

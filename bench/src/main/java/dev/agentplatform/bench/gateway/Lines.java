package dev.agentplatform.bench.gateway;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Lines of HTTP. */
final class Lines {
    private Lines() {}

    static String read(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) throw new EOFException("connection closed");
            if (next != '\r') line.append((char) next);
        }
        return line.toString();
    }
}

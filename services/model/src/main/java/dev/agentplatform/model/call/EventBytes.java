package dev.agentplatform.model.call;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Splits bytes into server-sent events, wherever the bytes were cut. */
public final class EventBytes {
    static final int EVENT_BYTES_MAX = 4 * 1024 * 1024;

    /** Takes one event. */
    @FunctionalInterface
    public interface Events {
        /** @param name null when the event has none */
        void event(String name, String data) throws IOException;
    }

    /** An event beyond the limit. */
    public static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;

        TooLarge() {
            super("An event of the provider is larger than " + EVENT_BYTES_MAX + " bytes.");
        }
    }

    private final Events events;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    private final StringBuilder data = new StringBuilder();
    private String name;
    private boolean hasData;
    private boolean afterReturn;

    public EventBytes(Events events) {
        this.events = events;
    }

    /** @throws TooLarge when an event is larger than {@link #EVENT_BYTES_MAX} */
    public void feed(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            byte b = bytes[i];
            boolean secondHalf = b == '\n' && afterReturn && i == from && line.size() == 0;
            afterReturn = b == '\r';
            if (b != '\n' && b != '\r') continue;
            if (!secondHalf) {
                line.write(bytes, from, i - from);
                line();
            }
            from = i + 1;
        }
        line.write(bytes, from, end - from);
        if (line.size() + data.length() > EVENT_BYTES_MAX) throw new TooLarge();
    }

    private void line() throws IOException {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (text.isEmpty()) {
            dispatch();
        } else if (text.startsWith("data:")) {
            if (hasData) data.append('\n');
            data.append(text, value(text, 5), text.length());
            hasData = true;
        } else if (text.startsWith("event:")) {
            name = text.substring(value(text, 6));
        }
    }

    private static int value(String text, int at) {
        return at < text.length() && text.charAt(at) == ' ' ? at + 1 : at;
    }

    private void dispatch() throws IOException {
        String told = data.toString();
        String called = name;
        boolean any = hasData;
        data.setLength(0);
        name = null;
        hasData = false;
        if (any) events.event(called, told);
    }
}

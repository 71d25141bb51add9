package dev.agentplatform.search;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Where the words of a query stand in a text. */
public final class Highlights {
    /** From {@code start} to before {@code end}, in UTF-16 units of the text. */
    public record Span(int start, int end) {}

    private final Set<String> wanted = new HashSet<>();

    public Highlights(String query) {
        List<String> words = Words.of(query);
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            // One character of a run says little where the pair does not stand.
            if (Words.isPart(words, i)) continue;
            wanted.add(word);
        }
    }

    /** In the order of the text; neighbours are one. */
    public List<Span> in(String text, int most) {
        List<Span> spans = new ArrayList<>();
        int at = 0;
        while (at < text.length() && spans.size() <= most) {
            int character = text.codePointAt(at);
            int end = Words.end(text, at);
            if (end == at) at += Character.charCount(character);
            else if (Words.dense(character)) at = addDense(text, at, end, spans);
            else {
                if (hit(text.substring(at, end))) add(spans, at, end);
                at = end;
            }
        }
        return spans.size() > most ? List.copyOf(spans.subList(0, most)) : spans;
    }

    private boolean hit(String piece) {
        List<String> words = Words.of(piece);
        return !words.isEmpty() && wanted.contains(words.getLast());
    }

    private int addDense(String text, int from, int end, List<Span> spans) {
        int before = -1;
        for (int at = from; at < end; at += Character.charCount(text.codePointAt(at))) {
            int after = at + Character.charCount(text.codePointAt(at));
            if (before >= 0 && hit(text.substring(before, after))) add(spans, before, after);
            else if (hit(text.substring(at, after))) add(spans, at, after);
            before = at;
        }
        return end;
    }

    private static void add(List<Span> spans, int start, int end) {
        Span last = spans.isEmpty() ? null : spans.getLast();
        if (last == null || start > last.end()) spans.add(new Span(start, end));
        else spans.set(spans.size() - 1, new Span(last.start(), Math.max(last.end(), end)));
    }
}

package dev.agentplatform.model.published;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The text of a run as its client reads it: each piece once, in the order of the steps. Pure but for its memory.
 *
 * <p>Steps that speak side by side are told one after the other. What begins like JSON is held back, since it may be an
 * action of an agent and no answer. A step that is repeated after a crash says again what was told, and goes on behind
 * it; when it says something else, that is told from its beginning.
 */
final class AnswerText {
    private static final String FENCE = "```json";
    private static final String APART = "\n\n";

    private static final class Spoken {
        private final StringBuilder said = new StringBuilder();
        private String told = "";
        private boolean over;

        boolean isHeld() {
            String text = said.toString().stripLeading();
            return text.startsWith("{") || text.startsWith(FENCE) || FENCE.startsWith(text);
        }
    }

    private final Map<Integer, Spoken> steps = new LinkedHashMap<>();
    private final StringBuilder told = new StringBuilder();
    private String lastTold = "";

    /** The next piece of a step. @param offset characters of the step's text before it @return what to tell now */
    String said(int step, long offset, String piece) {
        Spoken spoken = steps.computeIfAbsent(step, no -> new Spoken());
        if (offset < spoken.said.length()) spoken.said.setLength((int) offset);
        spoken.said.append(piece);
        return tell();
    }

    /** A step has come to its end. @return what to tell now */
    String ended(int step) {
        Spoken spoken = steps.get(step);
        if (spoken == null) return "";
        spoken.over = true;
        return tell();
    }

    /** The run has come to its end. @return what of its answer was not told */
    String rest(String answer) {
        if (answer.contentEquals(told) || answer.equals(lastTold)) return "";
        String rest = unseen(lastTold, answer);
        told.append(rest);
        return rest;
    }

    private String tell() {
        StringBuilder now = new StringBuilder();
        var all = steps.values().iterator();
        while (all.hasNext()) {
            Spoken next = all.next();
            if (!next.isHeld()) {
                String text = next.said.toString();
                String more = next.told.startsWith(text) ? "" : unseen(next.told, text);
                now.append(more);
                told.append(more);
                if (!more.isEmpty()) {
                    next.told = text;
                    lastTold = text;
                }
            }
            // The next one waits until this one is over.
            if (!next.over) break;
            all.remove();
        }
        return now.toString();
    }

    /** What follows what was told; all of it, apart, when it does not begin with that. */
    private String unseen(String before, String text) {
        if (!before.isEmpty() && text.startsWith(before)) return text.substring(before.length());
        return told.isEmpty() || text.isEmpty() ? text : APART + text;
    }
}

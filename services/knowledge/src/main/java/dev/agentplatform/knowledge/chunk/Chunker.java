package dev.agentplatform.knowledge.chunk;

import dev.agentplatform.knowledge.extract.Block;
import dev.agentplatform.search.Words;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a document. A chunk never goes over a heading, and knows the headings above it. It ends with a paragraph where that
 * leaves it half full, else with a sentence; only a sentence longer than a chunk is cut itself.
 */
public final class Chunker {
    private final Chunking chunking;
    private final List<Piece> pieces = new ArrayList<>();
    private final List<Block.Heading> headings = new ArrayList<>();
    private final List<Unit> units = new ArrayList<>();
    private int words;
    /** Units at the beginning that the chunk before has too. */
    private int repeated;
    /** Whether the last heading has nothing below it yet. */
    private boolean bare;

    /** A sentence with the white space behind it. */
    private record Unit(String text, int words, int page) {}

    private Chunker(Chunking chunking) {
        this.chunking = chunking;
    }

    public static List<Piece> cut(List<Block> blocks, Chunking chunking) {
        Chunker chunker = new Chunker(chunking);
        for (Block block : blocks) {
            switch (block) {
                case Block.Heading heading -> chunker.heading(heading);
                case Block.Paragraph paragraph -> chunker.paragraph(paragraph);
            }
        }
        chunker.end();
        return chunker.pieces;
    }

    private void heading(Block.Heading heading) {
        // One below the last is its first part; any other leaves that one with nothing but its name.
        boolean deeper =
                !headings.isEmpty() && heading.level() > headings.getLast().level();
        if (deeper) flush();
        else end();
        while (!headings.isEmpty() && headings.getLast().level() >= heading.level()) headings.removeLast();
        headings.add(heading);
        bare = true;
    }

    /** The end of a section. A heading alone says something too. */
    private void end() {
        flush();
        if (!bare) return;
        Block.Heading last = headings.getLast();
        pieces.add(new Piece(names().subList(0, headings.size() - 1), last.text(), last.page()));
        bare = false;
    }

    private void paragraph(Block.Paragraph paragraph) {
        bare = false;
        List<Unit> sentences = units(paragraph);
        int size = sentences.stream().mapToInt(Unit::words).sum();
        if (words * 2 >= chunking.size() && words + size > chunking.size()) flush();
        if (!units.isEmpty()) endParagraph();
        for (Unit unit : sentences) {
            if (words + unit.words() > chunking.size() && units.size() > repeated) cutHere(unit);
            units.add(unit);
            words += unit.words();
        }
    }

    private void endParagraph() {
        Unit last = units.removeLast();
        units.add(new Unit(last.text().stripTrailing() + "\n\n", last.words(), last.page()));
    }

    private List<Unit> units(Block.Paragraph paragraph) {
        List<Unit> sentences = new ArrayList<>();
        for (String sentence : Sentences.of(paragraph.text())) {
            int count = Words.count(sentence);
            if (count <= chunking.size()) {
                sentences.add(new Unit(sentence, count, paragraph.page()));
                continue;
            }
            for (String part : Words.split(sentence, chunking.size())) {
                sentences.add(new Unit(part, Words.count(part), paragraph.page()));
            }
        }
        return sentences;
    }

    /** Ends a chunk within a paragraph: the next one begins with its last sentences. */
    private void cutHere(Unit next) {
        List<Unit> kept = new ArrayList<>();
        int overlap = 0;
        for (int i = units.size() - 1; i > 0; i--) {
            int more = overlap + units.get(i).words();
            if (more > chunking.overlap() || more + next.words() > chunking.size()) break;
            overlap = more;
            kept.addFirst(units.get(i));
        }
        flush();
        units.addAll(kept);
        words = overlap;
        repeated = kept.size();
    }

    private void flush() {
        if (units.size() > repeated) {
            StringBuilder text = new StringBuilder();
            for (Unit unit : units) text.append(unit.text());
            String clean = text.toString().strip();
            if (!clean.isEmpty())
                pieces.add(new Piece(names(), clean, units.getFirst().page()));
        }
        units.clear();
        words = 0;
        repeated = 0;
    }

    private List<String> names() {
        return headings.stream().map(Block.Heading::text).toList();
    }
}

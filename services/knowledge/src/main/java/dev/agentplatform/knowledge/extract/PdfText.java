package dev.agentplatform.knowledge.extract;

import dev.agentplatform.kernel.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;

/**
 * The text of a PDF, written as JSON lines. It is the program of a process of its own, see {@link PdfProcess}: a small
 * file can ask for any amount of memory and time.
 *
 * <p>A line that is set larger than the text is a heading.
 */
final class PdfText {
    static final int PAGES_MAX = 5_000;
    private static final double LARGER = 1.15;
    private static final int HEADING_LENGTH_MAX = 200;
    private static final Logger LIBRARY = Logger.getLogger("org.apache");

    private PdfText() {}

    private record Line(String text, int size, int page, boolean endsParagraph) {}

    /** Reads the file from standard input. */
    public static void main(String[] arguments) throws IOException {
        // Every font that is not quite right would be a line.
        LIBRARY.setLevel(Level.OFF);
        byte[] content = System.in.readAllBytes();
        try (PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8)) {
            try {
                write(content, out);
            } catch (Unreadable unreadable) {
                out.println(Json.write(
                        Json.object().put("error", unreadable.code()).put("message", unreadable.getMessage())));
            }
        }
    }

    private static void write(byte[] content, PrintStream out) {
        try (PDDocument document = Loader.loadPDF(content)) {
            int pages = document.getNumberOfPages();
            if (pages > PAGES_MAX) {
                throw new Unreadable("pdf_too_long", "The PDF has " + pages + " pages; at most " + PAGES_MAX + ".");
            }
            Lines lines = new Lines();
            lines.getText(document);
            String title = document.getDocumentInformation().getTitle();
            for (Block block : blocks(lines.found)) out.println(line(block));
            out.println(Json.write(Json.object().put("end", true).put("title", title)));
        } catch (InvalidPasswordException locked) {
            throw new Unreadable("pdf_encrypted", "The PDF needs a password.");
        } catch (IOException | IllegalArgumentException | IllegalStateException | ClassCastException damaged) {
            throw new Unreadable("pdf_damaged", "The file cannot be read as PDF.");
        }
    }

    private static String line(Block block) {
        int level = block instanceof Block.Heading heading ? heading.level() : 0;
        return Json.write(Json.object().put("h", level).put("p", block.page()).put("t", block.text()));
    }

    private static List<Block> blocks(List<Line> lines) {
        List<Integer> larger = largerSizes(lines);
        Extracted.Builder builder = new Extracted.Builder();
        StringBuilder paragraph = new StringBuilder();
        int page = 0;
        for (Line line : lines) {
            int level = larger.indexOf(line.size()) + 1;
            boolean heading = level > 0 && line.text().length() <= HEADING_LENGTH_MAX;
            if (heading || line.page() != page) {
                builder.paragraph(paragraph.toString(), page);
                paragraph.setLength(0);
                page = line.page();
            }
            if (heading) {
                builder.heading(level, line.text(), page);
                continue;
            }
            join(paragraph, line.text());
            if (line.endsParagraph()) {
                builder.paragraph(paragraph.toString(), page);
                paragraph.setLength(0);
            }
        }
        builder.paragraph(paragraph.toString(), page);
        return builder.build().blocks();
    }

    /** Sizes of type above that of most of the text, the largest first. */
    private static List<Integer> largerSizes(List<Line> lines) {
        Map<Integer, Integer> lengths = new TreeMap<>();
        for (Line line : lines) lengths.merge(line.size(), line.text().length(), Integer::sum);
        int usual = lengths.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(0);
        return lengths.keySet().stream()
                .filter(size -> size >= usual * LARGER)
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    /** Lines of a page become one line again: words that were parted at the end of a line, and Chinese without a blank. */
    private static void join(StringBuilder text, String line) {
        String next = line.strip();
        if (next.isEmpty()) return;
        if (text.isEmpty()) {
            text.append(next);
            return;
        }
        int last = text.codePointBefore(text.length());
        boolean parted = last == '-' && text.length() > 1 && Character.isLetter(text.charAt(text.length() - 2));
        if (parted && Character.isLowerCase(next.codePointAt(0))) text.setLength(text.length() - 1);
        else if (last < 0x2E80 || next.codePointAt(0) < 0x2E80) text.append(' ');
        text.append(next);
    }

    /** Gathers the lines that the library would write. */
    private static final class Lines extends PDFTextStripper {
        private final List<Line> found = new ArrayList<>();
        private final StringBuilder text = new StringBuilder();
        private int size;
        private long length;

        @Override
        protected void writeString(String words, List<TextPosition> positions) {
            text.append(words);
            for (TextPosition position : positions) size = Math.max(size, Math.round(position.getFontSizeInPt()));
            length += words.length();
            if (length > Extracted.LENGTH_MAX) {
                throw new Unreadable("text_too_long", "The PDF has more than " + Extracted.LENGTH_MAX + " characters.");
            }
        }

        @Override
        protected void writeWordSeparator() {
            text.append(' ');
        }

        @Override
        protected void writeLineSeparator() {
            end(false);
        }

        @Override
        protected void writeParagraphEnd() {
            end(true);
        }

        @Override
        protected void writePageEnd() {
            end(true);
        }

        private void end(boolean endsParagraph) {
            String line = text.toString().strip();
            text.setLength(0);
            if (!line.isEmpty()) found.add(new Line(line, size, getCurrentPageNo(), endsParagraph));
            else if (endsParagraph && !found.isEmpty()) {
                Line last = found.removeLast();
                found.add(new Line(last.text(), last.size(), last.page(), true));
            }
            size = 0;
        }
    }
}

package dev.agentplatform.knowledge.extract;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeVisitor;

/** The text of a page that a reader came for: no scripts, no navigation, nothing hidden. */
final class HtmlText {
    private static final String LEFT_OUT =
            "script, style, noscript, template, iframe, svg, canvas, nav, footer, aside, form, button,"
                    + " [hidden], [aria-hidden=true]";
    private static final Set<String> ENDS_A_LINE = Set.of("br", "li", "tr", "dt", "dd", "option");

    private HtmlText() {}

    static Extracted read(byte[] content, String charset) {
        Document page;
        try {
            String known = charset != null && Charset.isSupported(charset) ? charset : null;
            page = Jsoup.parse(new ByteArrayInputStream(content), known, "");
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        page.select(LEFT_OUT).remove();
        Extracted.Builder builder = new Extracted.Builder();
        builder.title(page.title());
        Element body = page.body();
        Element main = page.selectFirst("main, article");
        // A page may have a small article beside what matters.
        boolean whole = main == null || main.text().length() * 2 < body.text().length();
        Walk walk = new Walk(builder);
        (whole ? body : main).traverse(walk);
        walk.flush();
        return builder.build();
    }

    private static final class Walk implements NodeVisitor {
        private final Extracted.Builder builder;
        private final StringBuilder text = new StringBuilder();
        private int preformatted;

        private Walk(Extracted.Builder builder) {
            this.builder = builder;
        }

        @Override
        public void head(Node node, int depth) {
            if (node instanceof TextNode words) {
                if (preformatted > 0) text.append(words.getWholeText());
                else append(words.getWholeText());
                return;
            }
            if (!(node instanceof Element element)) return;
            String name = element.normalName();
            if (name.equals("pre")) preformatted++;
            if (name.equals("li")) line("- ");
            else if (name.equals("td") || name.equals("th")) cell();
            else if (startsBlock(element)) flush();
        }

        @Override
        public void tail(Node node, int depth) {
            if (!(node instanceof Element element)) return;
            String name = element.normalName();
            if (name.equals("pre")) preformatted--;
            if (name.matches("h[1-6]")) {
                builder.heading(name.charAt(1) - '0', text.toString(), 0);
                text.setLength(0);
            } else if (ENDS_A_LINE.contains(name)) line("");
            else if (startsBlock(element)) flush();
        }

        /** Rows and items of one table or list stay together. */
        private static boolean startsBlock(Element element) {
            String name = element.normalName();
            if (!element.isBlock() || ENDS_A_LINE.contains(name)) return false;
            return !name.equals("td") && !name.equals("th") && !name.equals("tbody") && !inItem(element);
        }

        private static boolean inItem(Element element) {
            Element parent = element.parent();
            if (parent == null) return false;
            String name = parent.normalName();
            return name.equals("li") || name.equals("td") || name.equals("th") || name.equals("dd");
        }

        private void append(String words) {
            for (int i = 0; i < words.length(); i++) {
                char c = words.charAt(i);
                boolean space = Character.isWhitespace(c) || c == '\u00A0';
                if (!space) text.append(c);
                else if (!text.isEmpty() && !Character.isWhitespace(text.charAt(text.length() - 1))) text.append(' ');
            }
        }

        private void cell() {
            if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n') text.append(" | ");
        }

        private void line(String beginning) {
            if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n') text.append('\n');
            text.append(beginning);
        }

        private void flush() {
            builder.paragraph(text.toString(), 0);
            text.setLength(0);
        }
    }
}

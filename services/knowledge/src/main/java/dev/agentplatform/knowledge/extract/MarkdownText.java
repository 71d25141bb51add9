package dev.agentplatform.knowledge.extract;

import java.util.regex.Pattern;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.jsoup.Jsoup;

/** Markdown: a list is one paragraph with a line for each item, code stays as it is. */
final class MarkdownText {
    /** Quotes in quotes and lists in lists beyond it are text. */
    private static final int NESTING_MAX = 50;

    private static final Parser PARSER =
            Parser.builder().maxOpenBlockParsers(NESTING_MAX).build();
    private static final Pattern FRONT_MATTER = Pattern.compile("\\A---\\R.*?\\R---\\s*(\\R|\\z)", Pattern.DOTALL);

    private MarkdownText() {}

    static Extracted read(String text) {
        Extracted.Builder builder = new Extracted.Builder();
        Node document = PARSER.parse(FRONT_MATTER.matcher(text).replaceFirst(""));
        Node block = document.getFirstChild();
        while (block != null) {
            if (block instanceof Heading heading) builder.heading(heading.getLevel(), inline(heading), 0);
            else builder.paragraph(inline(block), 0);
            block = block.getNext();
        }
        return builder.build();
    }

    /** Every text below a node. By hand and not by recursion: the depth is the writer's choice. */
    private static String inline(Node top) {
        StringBuilder text = new StringBuilder();
        Node node = top;
        while (node != null) {
            enter(node, text);
            if (node.getFirstChild() != null) {
                node = node.getFirstChild();
                continue;
            }
            while (node != top && node.getNext() == null) node = left(node, text);
            node = node == top ? null : next(node, text);
        }
        return text.toString();
    }

    private static Node left(Node node, StringBuilder text) {
        leave(node, text);
        return node.getParent();
    }

    private static Node next(Node node, StringBuilder text) {
        leave(node, text);
        return node.getNext();
    }

    private static void enter(Node node, StringBuilder text) {
        switch (node) {
            case Text words -> text.append(words.getLiteral());
            case Code code -> text.append(code.getLiteral());
            case SoftLineBreak line -> text.append('\n');
            case HardLineBreak line -> text.append('\n');
            case FencedCodeBlock code -> text.append(code.getLiteral());
            case IndentedCodeBlock code -> text.append(code.getLiteral());
            case HtmlBlock html -> text.append(Jsoup.parse(html.getLiteral()).text());
            case ListItem item -> text.append("- ");
            default -> {}
        }
    }

    private static void leave(Node node, StringBuilder text) {
        boolean ends = node instanceof Paragraph
                || node instanceof Heading
                || node instanceof ListItem
                || node instanceof BlockQuote
                || node instanceof HtmlBlock;
        if (ends && !text.isEmpty() && text.charAt(text.length() - 1) != '\n') text.append('\n');
    }
}

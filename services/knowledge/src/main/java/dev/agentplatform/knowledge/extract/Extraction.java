package dev.agentplatform.knowledge.extract;

import dev.agentplatform.kernel.Problem;

/** Reads documents of every format. */
public final class Extraction {
    private Extraction() {}

    /**
     * @param charset of a text, as its sender says; null when he does not
     * @throws Unreadable when it is damaged, not of this format, or beyond a limit
     * @throws Problem 503 when this process is stopped meanwhile
     */
    public static Extracted of(SourceType type, byte[] content, String charset) throws InterruptedException {
        Extracted extracted = switch (type) {
            case TEXT -> PlainText.read(Charsets.decode(content, charset));
            case MARKDOWN -> MarkdownText.read(Charsets.decode(content, charset));
            case HTML -> HtmlText.read(content, charset);
            case PDF -> PdfProcess.read(content);
            case DOCX -> DocxText.read(content);
        };
        if (extracted.blocks().isEmpty()) {
            throw new Unreadable("no_text", "There is no text in the document. Scanned pages are not recognised.");
        }
        return extracted;
    }
}

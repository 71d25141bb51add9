package dev.agentplatform.knowledge.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.knowledge.extract.Block.Heading;
import dev.agentplatform.knowledge.extract.Block.Paragraph;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDStream;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts.FontName;
import org.junit.jupiter.api.Test;

class ExtractionTest {
    private static final String W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

    // ---- texts

    @Test
    void emptyLinesPartParagraphs() throws Exception {
        assertThat(read(SourceType.TEXT, "One\ntwo\n \n\n三\r\n四\r\n").blocks())
                .containsExactly(new Paragraph("One\ntwo", 0), new Paragraph("三\n四", 0));
    }

    @Test
    void charsetsAreToldOrFound() throws Exception {
        String text = "退货地址在上海";
        for (String charset : new String[] {"UTF-8", "GB18030", "UTF-16LE", "UTF-16BE"}) {
            String marked = charset.startsWith("UTF-16") ? "\uFEFF" + text : text;
            assertThat(Charsets.decode(marked.getBytes(Charset.forName(charset)), null))
                    .as(charset)
                    .isEqualTo(text);
        }
        assertThat(Charsets.decode("Grüße".getBytes(StandardCharsets.ISO_8859_1), "iso-8859-1"))
                .isEqualTo("Grüße");
        assertThat(Charsets.decode("x".getBytes(StandardCharsets.UTF_8), "no-such"))
                .isEqualTo("x");
        refused("unknown_charset", SourceType.TEXT, new byte[] {(byte) 0x80, (byte) 0xFF, 1});
    }

    @Test
    void markdownHasHeadingsListsAndCode() throws Exception {
        String text = "---\n"
                + "title: x\n"
                + "---\n"
                + "# One *two*\n\n"
                + "Text with `code`\n"
                + "and a [link](http://x.org).\n\n"
                + "- a\n"
                + "- b\n"
                + "  - c\n\n"
                + "```\n"
                + "int x = 1;\n"
                + "```\n\n"
                + "> said\n\n"
                + "Sub\n"
                + "---\n"
                + "<div>html <b>text</b></div>\n";
        assertThat(read(SourceType.MARKDOWN, text).blocks())
                .containsExactly(
                        new Heading(1, "One two", 0),
                        new Paragraph("Text with code\nand a link.", 0),
                        new Paragraph("- a\n- b\n- c", 0),
                        new Paragraph("int x = 1;", 0),
                        new Paragraph("said", 0),
                        new Heading(2, "Sub", 0),
                        new Paragraph("html text", 0));
    }

    @Test
    void deepNestingIsNoTrouble() throws Exception {
        assertThat(read(SourceType.MARKDOWN, ">".repeat(100_000) + " deep").blocks())
                .isNotEmpty();
        assertThat(read(SourceType.MARKDOWN, "*a **b ".repeat(20_000)).blocks()).isNotEmpty();
        assertThat(read(SourceType.MARKDOWN, "[".repeat(50_000) + "x").blocks()).isNotEmpty();
        assertThat(read(SourceType.HTML, "<div>".repeat(100_000) + "deep").blocks())
                .isNotEmpty();
    }

    @Test
    void htmlKeepsWhatAReaderCameFor() throws Exception {
        String page = "<html><head><title> Opening  hours"
                + " </title><style>p{}</style></head><body><nav>Home</nav><main><h1>Hours</h1><p>Open&nbsp;from"
                + " <b>nine</b>\n"
                + " to five.</p><ul><li>Mon</li><li>Tue</li></ul>"
                + "<table><tr><th>Day</th><th>Time</th></tr><tr><td>Sun</td><td>10</td></tr></table><pre>a  b\n"
                + " c</pre><p hidden>secret</p><script>track()</script></main><footer>Imprint</footer></body></html>";
        Extracted extracted = read(SourceType.HTML, page);
        assertThat(extracted.title()).isEqualTo("Opening hours");
        assertThat(extracted.blocks())
                .containsExactly(
                        new Heading(1, "Hours", 0),
                        new Paragraph("Open from nine to five.", 0),
                        new Paragraph("- Mon\n- Tue", 0),
                        new Paragraph("Day | Time\nSun | 10", 0),
                        new Paragraph("a  b\n c", 0));
    }

    @Test
    void htmlSaysItsCharsetItself() throws Exception {
        byte[] page = "<html><head><meta charset='gbk'></head><body><p>保修两年</p></body></html>".getBytes("GBK");
        assertThat(Extraction.of(SourceType.HTML, page, null).blocks()).containsExactly(new Paragraph("保修两年", 0));
    }

    @Test
    void whatHasNoTextIsRefused() {
        refused("no_text", SourceType.TEXT, " \n".getBytes(StandardCharsets.UTF_8));
        refused("no_text", SourceType.HTML, "<script>x</script>".getBytes(StandardCharsets.UTF_8));
    }

    // ---- Word

    @Test
    void docxHasHeadingsTablesAndBreaks() throws Exception {
        String styles = "<w:styles xmlns:w='" + W + "'><w:style w:styleId='1'><w:name w:val='heading"
                + " 1'/></w:style><w:style w:styleId='x'><w:name"
                + " w:val='Own'/><w:pPr><w:outlineLvl"
                + " w:val='1'/></w:pPr></w:style></w:styles>";
        String body = paragraph("1", "说明书") + paragraph(null, "First<w:br/>line")
                + paragraph("x", "Second level")
                + "<w:tbl><w:tr><w:tc>" + paragraph(null, "a") + "</w:tc><w:tc>" + paragraph(null, "b")
                + "</w:tc></w:tr></w:tbl>"
                + "<w:p><w:r><w:t>kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>";
        Extracted extracted = Extraction.of(SourceType.DOCX, docx(document(body), styles), null);
        assertThat(extracted.blocks())
                .containsExactly(
                        new Heading(1, "说明书", 0),
                        new Paragraph("First\nline", 0),
                        new Heading(2, "Second level", 0),
                        new Paragraph("a | b |", 0),
                        new Paragraph("kept", 0));
    }

    @Test
    void bombsInArchivesAreRefused() throws Exception {
        byte[] zeros = new byte[DocxText.PART_BYTES_MAX + 1];
        refused("archive_too_large", SourceType.DOCX, zip(Map.of("word/document.xml", zeros)));
        Map<String, byte[]> many = new LinkedHashMap<>();
        for (int i = 0; i < 5; i++) many.put("media/" + i, zeros);
        refused("archive_too_large", SourceType.DOCX, zip(many));
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (int i = 0; i <= DocxText.ENTRIES_MAX; i++) entries.put("e" + i, new byte[0]);
        refused("archive_too_large", SourceType.DOCX, zip(entries));
    }

    @Test
    void entitiesAreNeitherExpandedNorFetched() throws Exception {
        String bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
                + document(paragraph(null, "&b;"));
        refused("docx_damaged", SourceType.DOCX, docx(bomb, null));
        String file = "<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>" + document(paragraph(null, "&f;"));
        refused("docx_damaged", SourceType.DOCX, docx(file, null));
        refused("docx_damaged", SourceType.DOCX, docx("<a>".repeat(10_000), null));
    }

    @Test
    void whatIsNoDocxIsRefused() throws Exception {
        refused("not_docx", SourceType.DOCX, "hello".getBytes(StandardCharsets.UTF_8));
        refused("not_docx", SourceType.DOCX, zip(Map.of("a.txt", new byte[] {1})));
        byte[] whole = docx(document(paragraph(null, "text ".repeat(2_000))), null);
        refused("docx_damaged", SourceType.DOCX, Arrays.copyOf(whole, whole.length / 2));
        refused("docx_damaged", SourceType.DOCX, docx("<w:document", null));
    }

    // ---- PDF

    @Test
    void pdfHasPagesParagraphsAndHeadings() throws Exception {
        Extracted extracted = Extraction.of(SourceType.PDF, pdf(null), null);
        assertThat(extracted.title()).isEqualTo("The manual");
        assertThat(extracted.blocks())
                .containsExactly(
                        new Heading(1, "Cleaning the tank", 1),
                        new Paragraph("Rinse it weekly with vinegar and never with soap.", 1),
                        new Paragraph("Second page.", 2));
    }

    @Test
    void aPdfThatNeedsAPasswordIsRefused() throws Exception {
        refused("pdf_encrypted", SourceType.PDF, pdf("secret"));
    }

    @Test
    void whatIsNoPdfIsRefused() throws Exception {
        refused("pdf_damaged", SourceType.PDF, "%PDF-1.7 nonsense".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aPdfThatUnpacksToGigabytesIsRefused() throws Exception {
        byte[] bomb = pdfBomb();
        assertThat(bomb.length).isLessThan(4_000_000);
        assertThatThrownBy(() -> Extraction.of(SourceType.PDF, bomb, null))
                .isInstanceOfSatisfying(
                        Unreadable.class,
                        refused -> assertThat(refused.code())
                                .isIn("pdf_too_large", "pdf_too_slow", "pdf_damaged", "no_text", "text_too_long"));
    }

    // ---- shorthands

    private static Extracted read(SourceType type, String text) throws InterruptedException {
        return Extraction.of(type, text.getBytes(StandardCharsets.UTF_8), null);
    }

    private static void refused(String code, SourceType type, byte[] content) {
        assertThatThrownBy(() -> Extraction.of(type, content, null))
                .isInstanceOfSatisfying(
                        Unreadable.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }

    private static String document(String body) {
        return "<w:document xmlns:w='" + W + "'><w:body>" + body + "</w:body></w:document>";
    }

    private static String paragraph(String style, String text) {
        String properties = style == null ? "" : "<w:pPr><w:pStyle w:val='" + style + "'/></w:pPr>";
        return "<w:p>" + properties + "<w:r><w:t>" + text.replace("<w:br/>", "</w:t><w:br/><w:t>")
                + "</w:t></w:r></w:p>";
    }

    private static byte[] docx(String document, String styles) throws IOException {
        Map<String, byte[]> parts = new LinkedHashMap<>();
        parts.put("[Content_Types].xml", "<x/>".getBytes(StandardCharsets.UTF_8));
        parts.put("word/document.xml", document.getBytes(StandardCharsets.UTF_8));
        if (styles != null) parts.put("word/styles.xml", styles.getBytes(StandardCharsets.UTF_8));
        return zip(parts);
    }

    private static byte[] zip(Map<String, byte[]> parts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> part : parts.entrySet()) {
                zip.putNextEntry(new ZipEntry(part.getKey()));
                zip.write(part.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] pdf(String password) throws IOException {
        PDFont font = new PDType1Font(FontName.HELVETICA);
        try (PDDocument document = new PDDocument()) {
            document.getDocumentInformation().setTitle("The manual");
            PDPage first = new PDPage();
            document.addPage(first);
            try (PDPageContentStream page = new PDPageContentStream(document, first)) {
                show(page, font, 20, 720, "Cleaning the tank");
                show(page, font, 10, 690, "Rinse it weekly with vine-");
                show(page, font, 10, 678, "gar and never with soap.");
            }
            PDPage second = new PDPage();
            document.addPage(second);
            try (PDPageContentStream page = new PDPageContentStream(document, second)) {
                show(page, font, 10, 700, "Second page.");
            }
            if (password != null) {
                document.protect(new StandardProtectionPolicy(password, password, new AccessPermission()));
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            document.save(bytes);
            return bytes.toByteArray();
        }
    }

    private static void show(PDPageContentStream page, PDFont font, int size, int y, String text) throws IOException {
        page.beginText();
        page.setFont(font, size);
        page.newLineAtOffset(72, y);
        page.showText(text);
        page.endText();
    }

    /** One page whose content is two gigabytes of blanks. */
    private static byte[] pdfBomb() throws IOException {
        try (PDDocument document = new PDDocument()) {
            PDPage page = new PDPage();
            document.addPage(page);
            PDStream stream = new PDStream(document);
            byte[] blanks = new byte[1 << 20];
            Arrays.fill(blanks, (byte) ' ');
            try (var out = stream.createOutputStream(COSName.FLATE_DECODE)) {
                for (int i = 0; i < 2_000; i++) out.write(blanks);
            }
            page.setContents(stream);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            document.save(bytes);
            return bytes.toByteArray();
        }
    }
}

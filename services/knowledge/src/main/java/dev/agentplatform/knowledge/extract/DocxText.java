package dev.agentplatform.knowledge.extract;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Word documents: a zip archive of XML. Only the text and the names of its styles are read. The archive may grow to
 * {@value #UNPACKED_BYTES_MAX} bytes, a part to {@value #PART_BYTES_MAX}; a document type in the XML is refused.
 */
final class DocxText {
    static final int PART_BYTES_MAX = 64 * 1024 * 1024;
    static final int UNPACKED_BYTES_MAX = 256 * 1024 * 1024;
    static final int ENTRIES_MAX = 10_000;

    private static final String TEXT_PART = "word/document.xml";
    private static final String STYLES_PART = "word/styles.xml";
    private static final int NESTING_MAX = 500;
    private static final XMLInputFactory XML = factory();

    private DocxText() {}

    static Extracted read(byte[] content) {
        try {
            Map<String, byte[]> parts = parts(content);
            byte[] text = parts.get(TEXT_PART);
            if (text == null) throw new Unreadable("not_docx", "The file has no " + TEXT_PART + ": it is no DOCX.");
            byte[] styles = parts.get(STYLES_PART);
            return text(text, styles == null ? Map.of() : headings(styles));
        } catch (ZipException damaged) {
            throw new Unreadable("docx_damaged", "The archive is damaged: " + damaged.getMessage() + ".");
        } catch (IOException | XMLStreamException damaged) {
            throw new Unreadable("docx_damaged", "The document cannot be read: its archive or its XML is damaged.");
        }
    }

    // ---- the archive

    private static Map<String, byte[]> parts(byte[] content) throws IOException {
        Map<String, byte[]> parts = new HashMap<>();
        long unpacked = 0;
        int entries = 0;
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(content))) {
            ZipEntry entry;
            while ((entry = zip.getNextEntry()) != null) {
                if (++entries > ENTRIES_MAX) throw bomb("has more than " + ENTRIES_MAX + " entries");
                boolean wanted =
                        entry.getName().equals(TEXT_PART) || entry.getName().equals(STYLES_PART);
                ByteArrayOutputStream part = new ByteArrayOutputStream();
                unpacked += copy(zip, wanted ? part : null, UNPACKED_BYTES_MAX - unpacked);
                if (wanted && parts.put(entry.getName(), part.toByteArray()) != null) {
                    throw new Unreadable("docx_damaged", "The archive has two parts " + entry.getName() + ".");
                }
            }
        }
        if (entries == 0) throw new Unreadable("not_docx", "The file is no zip archive, so it is no DOCX.");
        return parts;
    }

    /** @param part null for what is only passed over */
    private static long copy(ZipInputStream zip, ByteArrayOutputStream part, long most) throws IOException {
        byte[] buffer = new byte[16_384];
        long copied = 0;
        int n;
        while ((n = zip.read(buffer)) > 0) {
            copied += n;
            if (copied > most) throw bomb("unpacks to more than " + UNPACKED_BYTES_MAX + " bytes");
            if (part == null) continue;
            if (copied > PART_BYTES_MAX) throw bomb("has a text of more than " + PART_BYTES_MAX + " bytes");
            part.write(buffer, 0, n);
        }
        return copied;
    }

    private static Unreadable bomb(String what) {
        return new Unreadable("archive_too_large", "The archive " + what + ".");
    }

    // ---- the XML

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, false);
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
        return factory;
    }

    private static XMLStreamReader reader(byte[] xml) throws XMLStreamException {
        synchronized (XML) {
            return XML.createXMLStreamReader(new ByteArrayInputStream(xml));
        }
    }

    private static void refuse(int event) {
        if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
            throw new Unreadable("docx_damaged", "The XML has a document type or entities, which no DOCX needs.");
        }
    }

    /** Levels of headings by the id of their style. The ids are Word's choice, the names are in English mostly. */
    private static Map<String, Integer> headings(byte[] styles) throws XMLStreamException {
        Map<String, Integer> levels = new HashMap<>();
        XMLStreamReader xml = reader(styles);
        String style = null;
        while (xml.hasNext()) {
            int event = xml.next();
            refuse(event);
            if (event != XMLStreamConstants.START_ELEMENT) continue;
            switch (xml.getLocalName()) {
                case "style" -> style = attribute(xml, "styleId");
                case "name" -> {
                    int level = level(attribute(xml, "val"));
                    if (style != null && level > 0) levels.putIfAbsent(style, level);
                }
                case "outlineLvl" -> {
                    int level = outline(attribute(xml, "val"));
                    if (style != null && level > 0) levels.putIfAbsent(style, level);
                }
                default -> {}
            }
        }
        return levels;
    }

    private static int level(String name) {
        String lower = name == null ? "" : name.toLowerCase(Locale.ROOT).strip();
        if (lower.equals("title") || lower.equals("标题")) return 1;
        if (lower.matches("(heading|标题)\\s*[1-9]")) return lower.charAt(lower.length() - 1) - '0';
        return 0;
    }

    /** Word counts from 0, and 9 means none. */
    private static int outline(String text) {
        return text != null && text.matches("[0-8]") ? text.charAt(0) - '0' + 1 : 0;
    }

    private static Extracted text(byte[] document, Map<String, Integer> levels) throws XMLStreamException {
        Extracted.Builder builder = new Extracted.Builder();
        Paragraphs paragraphs = new Paragraphs(builder, levels);
        XMLStreamReader xml = reader(document);
        int depth = 0;
        int skipped = 0;
        while (xml.hasNext()) {
            int event = xml.next();
            refuse(event);
            if (event == XMLStreamConstants.START_ELEMENT) {
                if (++depth > NESTING_MAX) throw new Unreadable("docx_damaged", "The XML is nested too deeply.");
                // The same text once more, for programs that do not know the first form.
                if (skipped > 0 || xml.getLocalName().equals("Fallback")) skipped++;
                else paragraphs.begin(xml);
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                depth--;
                if (skipped > 0) skipped--;
                else paragraphs.end(xml.getLocalName());
            } else if (skipped == 0 && (event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.CDATA)) {
                paragraphs.characters(xml.getText());
            }
        }
        paragraphs.flush();
        return builder.build();
    }

    private static String attribute(XMLStreamReader xml, String name) {
        for (int i = 0; i < xml.getAttributeCount(); i++) {
            if (xml.getAttributeLocalName(i).equals(name)) return xml.getAttributeValue(i);
        }
        return null;
    }

    /** Paragraphs as their elements come; the cells of a row are one line. */
    private static final class Paragraphs {
        private final Extracted.Builder builder;
        private final Map<String, Integer> levels;
        private final StringBuilder text = new StringBuilder();
        private int level;
        private boolean inText;
        private int rows;

        private Paragraphs(Extracted.Builder builder, Map<String, Integer> levels) {
            this.builder = builder;
            this.levels = levels;
        }

        private void begin(XMLStreamReader xml) {
            switch (xml.getLocalName()) {
                case "t" -> inText = true;
                case "tab" -> text.append(' ');
                case "br", "cr" -> text.append('\n');
                case "tr" -> rows++;
                case "pStyle" -> {
                    String style = attribute(xml, "val");
                    level = levels.getOrDefault(style == null ? "" : style, level(style));
                }
                case "outlineLvl" -> level = outline(attribute(xml, "val"));
                default -> {}
            }
        }

        private void end(String name) {
            switch (name) {
                case "t" -> inText = false;
                case "p" -> {
                    if (rows == 0) flush();
                    else text.append(' ');
                }
                case "tc" -> text.append("| ");
                case "tr" -> {
                    rows--;
                    text.append('\n');
                }
                case "tbl" -> {
                    if (rows == 0) flush();
                }
                default -> {}
            }
        }

        private void characters(String words) {
            if (inText) text.append(words);
        }

        private void flush() {
            if (level > 0 && rows == 0) builder.heading(level, text.toString(), 0);
            else builder.paragraph(text.toString(), 0);
            text.setLength(0);
            level = 0;
        }
    }
}

package dev.agentplatform.app.flowtest;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Results in the XML that build servers read. */
public final class JunitReport {
    private JunitReport() {}

    public static void write(Path file, List<FlowTests.Result> results) throws IOException {
        if (file.toAbsolutePath().getParent() != null)
            Files.createDirectories(file.toAbsolutePath().getParent());
        try (Writer out = Files.newBufferedWriter(file)) {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(out);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuite");
            xml.writeAttribute("name", "agent-platform test");
            xml.writeAttribute("tests", String.valueOf(results.size()));
            xml.writeAttribute(
                    "failures",
                    String.valueOf(results.stream().filter(it -> !it.passed()).count()));
            for (FlowTests.Result result : results) testCase(xml, result);
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException failure) {
            throw new IOException("cannot write " + file, failure);
        }
    }

    private static void testCase(XMLStreamWriter xml, FlowTests.Result result) throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", result.file().getFileName().toString());
        xml.writeAttribute("name", result.name());
        xml.writeAttribute("time", "%.3f".formatted(result.millis() / 1000.0));
        if (!result.passed()) {
            xml.writeStartElement("failure");
            xml.writeAttribute("message", written(result.differences().getFirst()));
            xml.writeCharacters(written(String.join("\n", result.differences())));
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    /** XML has no place for most control characters. */
    private static String written(String text) {
        return text.replaceAll(
                "[^\\u0009\\u000A\\u000D\\u0020-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]", "\uFFFD");
    }
}

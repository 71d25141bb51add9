package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.knowledge.chunk.Chunker;
import dev.agentplatform.knowledge.chunk.Piece;
import dev.agentplatform.knowledge.extract.Block;
import dev.agentplatform.knowledge.extract.Extracted;
import dev.agentplatform.knowledge.extract.Extraction;
import dev.agentplatform.knowledge.extract.Unreadable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Chunks and vectors of a document. No database. */
record Cutting(Embedders embedders, Ids ids) {
    static final int CHUNKS_MAX = 20_000;
    static final int TITLE_LENGTH_MAX = 500;
    private static final String TITLE_USUAL = "Untitled";

    /** @param title the document's own when it has one, else what it says itself */
    record Cut(String title, List<Chunk> chunks) {}

    /**
     * @param byEmbedder vectors by embedder and chunk; those by hashed words are always there
     * @param error why those of the base's embedder are not; null when they are
     */
    record Embedded(Map<String, Map<UUID, byte[]>> byEmbedder, String error) {}

    /** @throws Unreadable also for a document of too many chunks */
    Cut cut(Document document, KnowledgeBase base, byte[] content) throws InterruptedException {
        Extracted extracted = Extraction.of(document.type(), content, document.charset());
        List<Piece> pieces = Chunker.cut(extracted.blocks(), base.chunking());
        if (pieces.size() > CHUNKS_MAX) {
            throw new Unreadable(
                    "too_many_chunks",
                    "The document gives " + pieces.size() + " chunks; at most " + CHUNKS_MAX
                            + ". Part it, or raise chunk_size.");
        }
        List<Chunk> chunks = new ArrayList<>(pieces.size());
        for (Piece piece : pieces) {
            int position = chunks.size() + 1;
            String text = clean(piece.text());
            List<String> headings =
                    piece.headings().stream().map(Cutting::clean).toList();
            chunks.add(new Chunk(ids.next(), document.id(), position, headings, text, piece.page()));
        }
        return new Cut(title(document, extracted), List.copyOf(chunks));
    }

    private static String title(Document document, Extracted extracted) {
        if (!document.title().isEmpty()) return document.title();
        String title = extracted.title();
        for (Block block : extracted.blocks()) {
            if (title == null && block instanceof Block.Heading heading) title = heading.text();
        }
        if (title == null) title = document.url() == null ? TITLE_USUAL : document.url();
        return clean(title.length() > TITLE_LENGTH_MAX ? title.substring(0, TITLE_LENGTH_MAX) : title);
    }

    /** PostgreSQL has no room for the character 0, nor for half a character. */
    private static String clean(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints()
                .filter(c -> c != 0 && !(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE))
                .forEach(kept::appendCodePoint);
        return kept.toString();
    }

    /** @throws EmbeddingModels.Failed when the model does not answer and nothing stands in for it */
    Embedded embed(KnowledgeBase base, String title, List<Chunk> chunks, Duration timeLimit)
            throws InterruptedException {
        String embedder = base.embedding().embedder();
        Embedded hashed = hashed(title, chunks);
        if (Embedders.local(embedder)) return hashed;
        try {
            List<byte[]> vectors = embedders.embed(base.workspaceId(), embedder, texts(title, chunks), timeLimit);
            Map<String, Map<UUID, byte[]>> both = new LinkedHashMap<>(hashed.byEmbedder());
            both.put(embedder, byChunk(chunks, vectors));
            return new Embedded(both, null);
        } catch (EmbeddingModels.Failed failed) {
            if (!embedders.fallback()) throw failed;
            return new Embedded(hashed.byEmbedder(), failed.getMessage());
        }
    }

    /** Only what every chunk has. */
    Embedded hashed(String title, List<Chunk> chunks) {
        return new Embedded(
                Map.of(Embedders.HASHED.label(), byChunk(chunks, Embedders.hash(texts(title, chunks)))), null);
    }

    private static List<String> texts(String title, List<Chunk> chunks) {
        return chunks.stream().map(chunk -> chunk.indexed(title)).toList();
    }

    static Map<UUID, byte[]> byChunk(List<Chunk> chunks, List<byte[]> vectors) {
        Map<UUID, byte[]> byChunk = new LinkedHashMap<>();
        for (int i = 0; i < vectors.size(); i++) byChunk.put(chunks.get(i).id(), vectors.get(i));
        return byChunk;
    }
}

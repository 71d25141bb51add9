package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.knowledge.chunk.Chunking;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Range;
import tools.jackson.databind.node.ObjectNode;

/** {@code chunking_json}. */
final class Chunkings {
    private Chunkings() {}

    record Wanted(
            @Alias({"size", "max_tokens"})
            @Range(min = Chunking.SIZE_MIN, max = Chunking.SIZE_MAX)
            @Doc("Words of a chunk; a Chinese character is a word; 220 by default")
            Integer chunkSize,

            @Alias("overlap")
            @Range(min = 0, max = Chunking.SIZE_MAX / 2)
            @Doc("Words that a chunk repeats when a paragraph was cut; 40 by default")
            Integer chunkOverlap) {
        Wanted {
            // Refused where its fields have names.
            if (chunkSize != null || chunkOverlap != null) of(chunkSize, chunkOverlap, Chunking.USUAL);
        }

        Chunking over(Chunking before) {
            return of(chunkSize, chunkOverlap, before);
        }

        private static Chunking of(Integer size, Integer overlap, Chunking before) {
            int wanted = size == null ? before.size() : size;
            int usual = Math.min(before.overlap(), wanted / 2);
            return new Chunking(wanted, overlap == null ? usual : overlap);
        }
    }

    static ObjectNode json(Chunking chunking) {
        return Json.object().put("chunk_size", chunking.size()).put("chunk_overlap", chunking.overlap());
    }
}

package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Settings;
import dev.agentplatform.search.HashEmbedding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Vectors of texts by the name of an embedder, which is stored beside each vector. Every chunk also has a vector by {@link
 * HashEmbedding}: it is what searches fall back to when a model does not answer, so that they never compare vectors of two
 * embedders.
 */
final class Embedders {
    static final String PROVIDER_SETTING = "AGENT_PLATFORM_EMBEDDING_PROVIDER";
    static final String MODEL_SETTING = "AGENT_PLATFORM_EMBEDDING_MODEL";
    static final String FALLBACK_SETTING = "AGENT_PLATFORM_EMBEDDING_FALLBACK";
    static final String HASH = "hash";

    /** What every chunk has. */
    static final HashEmbedding HASHED = HashEmbedding.V2;

    static final String HTTP = "http";

    /** What OpenAI's own server has; other servers want a name of theirs. */
    private static final String MODEL_USUAL = "text-embedding-3-small";

    /** The provider of the settings, as the gateway of models names it. */
    private static final String OPERATORS = "embedding/";

    private static final String OF_OPERATOR = "http:";
    private static final String OF_GATEWAY = "model:";
    private static final int BATCH_TEXTS = 64;
    private static final int BATCH_LENGTH_MAX = 100_000;

    private final EmbeddingModels models;
    private final String providerUsual;
    private final String modelOfOperator;
    private final boolean fallback;

    Embedders(Settings settings, EmbeddingModels models) {
        this.models = models;
        // Any word but hash means a server: which words there are, the room of models checks.
        providerUsual = settings.text(PROVIDER_SETTING, HASH).equals(HASH) ? HASH : HTTP;
        modelOfOperator = settings.text(MODEL_SETTING, MODEL_USUAL);
        fallback = settings.flag(true, FALLBACK_SETTING);
    }

    /** What a base has that names none. */
    String providerUsual() {
        return providerUsual;
    }

    /** Whether hashed words stand in when a model does not answer. */
    boolean fallback() {
        return fallback;
    }

    /** The name of the embedder that a provider stands for now. */
    String nameOf(String provider) {
        return switch (provider) {
            case HASH -> HASHED.label();
            case HTTP -> OF_OPERATOR + modelOfOperator;
            default -> OF_GATEWAY + provider;
        };
    }

    static boolean local(String embedder) {
        return embedder.equals(HASHED.label());
    }

    static List<byte[]> hash(List<String> texts) {
        return texts.stream().map(HASHED::of).toList();
    }

    /**
     * One vector for each text.
     *
     * @param timeLimit for all of them
     * @throws EmbeddingModels.Failed when a model does not answer
     */
    List<byte[]> embed(String workspaceId, String embedder, List<String> texts, Duration timeLimit)
            throws InterruptedException {
        if (local(embedder)) return hash(texts);
        long deadline = System.nanoTime() + timeLimit.toNanos();
        List<byte[]> vectors = new ArrayList<>(texts.size());
        while (vectors.size() < texts.size()) {
            List<String> batch = batch(texts.subList(vectors.size(), texts.size()));
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (left.isNegative()) throw new EmbeddingModels.Failed("The model takes too long.");
            List<float[]> some = models.embed(workspaceId, model(embedder), batch, left);
            if (some.size() != batch.size()) {
                throw new EmbeddingModels.Failed(
                        "The model gave " + some.size() + " vectors for " + batch.size() + ".");
            }
            for (float[] vector : some) vectors.add(HashEmbedding.quantized(vector));
        }
        return vectors;
    }

    private static String model(String embedder) {
        if (embedder.startsWith(OF_OPERATOR)) return OPERATORS + embedder.substring(OF_OPERATOR.length());
        return embedder.substring(OF_GATEWAY.length());
    }

    /** The first of the texts that go into one request. */
    private static List<String> batch(List<String> texts) {
        int size = 0;
        int length = 0;
        while (size < Math.min(BATCH_TEXTS, texts.size())) {
            length += texts.get(size).length();
            if (size > 0 && length > BATCH_LENGTH_MAX) break;
            size++;
        }
        return texts.subList(0, size);
    }
}

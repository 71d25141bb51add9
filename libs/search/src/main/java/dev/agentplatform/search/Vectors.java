package dev.agentplatform.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Eight-bit vectors of one embedder by slot, in blocks that hold one dimension after another. The products with a query
 * are then plain sums over arrays, which the compiler turns into wide instructions, and the dimensions in which the query
 * is 0 (most of them, with hashed words) are not touched at all.
 */
final class Vectors {
    /** Slots of a full block: their sums stay in the first cache. */
    static final int BLOCK = 1_024;

    private static final int BLOCK_FIRST = 8;

    private final int dimensions;

    /** Null for a block without vectors. */
    private final List<byte[]> blocks = new ArrayList<>();

    private float[] norms = new float[BLOCK_FIRST];

    Vectors(int dimensions) {
        this.dimensions = dimensions;
    }

    int dimensions() {
        return dimensions;
    }

    /** Once for each slot. A vector of zeros has no direction: its cosines are 0, as those of slots without a vector. */
    void set(int slot, byte[] vector) {
        if (vector.length != dimensions) {
            throw new IllegalArgumentException(vector.length + " dimensions instead of " + dimensions);
        }
        if (norms.length <= slot) norms = Arrays.copyOf(norms, Math.max(slot + 1, norms.length * 2));
        norms[slot] = norm(vector);
        byte[] block = room(slot);
        int width = block.length / dimensions;
        for (int d = 0; d < dimensions; d++) block[d * width + slot % BLOCK] = vector[d];
    }

    /** Null when the slot has no direction. */
    byte[] get(int slot) {
        if (slot >= norms.length || norms[slot] == 0) return null;
        byte[] block = blocks.get(slot / BLOCK);
        int width = block.length / dimensions;
        byte[] vector = new byte[dimensions];
        for (int d = 0; d < dimensions; d++) vector[d] = block[d * width + slot % BLOCK];
        return vector;
    }

    /** The block of a slot, made or widened: a scope of few texts shall not pay for a thousand. */
    private byte[] room(int slot) {
        int number = slot / BLOCK;
        int within = slot % BLOCK;
        while (blocks.size() <= number) blocks.add(null);
        byte[] block = blocks.get(number);
        if (block == null) block = new byte[dimensions * (number == 0 ? BLOCK_FIRST : BLOCK)];
        int width = block.length / dimensions;
        int wider = width;
        while (wider <= within) wider = Math.min(BLOCK, wider * 2);
        if (wider > width) {
            byte[] wide = new byte[dimensions * wider];
            for (int d = 0; d < dimensions; d++) System.arraycopy(block, d * width, wide, d * wider, width);
            block = wide;
        }
        blocks.set(number, block);
        return block;
    }

    /** A query, ready to be asked of block after block. Not for several threads. */
    final class Query {
        private final int[] used;
        private final int[] weights;
        private final float norm;
        private final int[] sums = new int[BLOCK];

        /** @param vector of another length or null: nothing is near it */
        Query(byte[] vector) {
            boolean fits = vector != null && vector.length == dimensions;
            int[] found = new int[dimensions];
            int size = 0;
            for (int d = 0; fits && d < dimensions; d++) if (vector[d] != 0) found[size++] = d;
            used = Arrays.copyOf(found, size);
            weights = new int[size];
            for (int i = 0; i < size; i++) weights[i] = vector[used[i]];
            norm = fits ? norm(vector) : 0;
        }

        /** Computes the products with all vectors of a block; to be called before {@link #cosine} for its slots. */
        void at(int block) {
            byte[] values = block < blocks.size() ? blocks.get(block) : null;
            if (values == null) return;
            Arrays.fill(sums, 0);
            int width = values.length / dimensions;
            for (int i = 0; i < used.length; i++) add(sums, values, used[i] * width, width, weights[i]);
        }

        double cosine(int slot) {
            float both = slot < norms.length ? norm * norms[slot] : 0;
            return both == 0 ? 0 : sums[slot % BLOCK] / (double) both;
        }
    }

    private static void add(int[] sums, byte[] values, int from, int count, int weight) {
        for (int i = 0; i < count; i++) sums[i] += weight * values[from + i];
    }

    static float norm(byte[] vector) {
        int sum = 0;
        for (byte value : vector) sum += value * value;
        return (float) Math.sqrt(sum);
    }

    long bytes() {
        long bytes = 4L * norms.length;
        for (byte[] block : blocks) if (block != null) bytes += block.length;
        return bytes;
    }
}

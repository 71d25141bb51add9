package dev.agentplatform.memory.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Eight-bit vectors by slot, in blocks that hold one dimension after another. The products with a query are then plain
 * sums over arrays, which the compiler turns into wide instructions, and the dimensions in which the query is 0 (most of
 * them, with hashed words) are not touched at all.
 */
final class Vectors {
    /** Slots of a full block: their sums stay in the first cache. */
    static final int BLOCK = 1_024;

    private static final int BLOCK_FIRST = 8;

    private final int dimensions;
    private final List<byte[]> blocks = new ArrayList<>();
    private float[] norms = new float[BLOCK_FIRST];
    private int size;

    Vectors(int dimensions) {
        this.dimensions = dimensions;
    }

    /** Takes the next slot. @param vector null or a vector of zeros has no direction: its cosines are 0 */
    void add(byte[] vector) {
        if (vector != null && vector.length != dimensions) {
            throw new IllegalArgumentException(vector.length + " dimensions instead of " + dimensions);
        }
        int slot = size++;
        if (norms.length < size) norms = Arrays.copyOf(norms, size * 2);
        norms[slot] = vector == null ? 0 : norm(vector);
        byte[] block = room(slot);
        if (vector == null) return;
        int width = block.length / dimensions;
        for (int d = 0; d < dimensions; d++) block[d * width + slot % BLOCK] = vector[d];
    }

    /** Null when the slot has no direction. */
    byte[] get(int slot) {
        if (norms[slot] == 0) return null;
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
        if (number == blocks.size()) blocks.add(new byte[dimensions * (number == 0 ? BLOCK_FIRST : BLOCK)]);
        byte[] block = blocks.get(number);
        int width = block.length / dimensions;
        if (within < width) return block;
        int wider = Math.min(BLOCK, width * 2);
        byte[] wide = new byte[dimensions * wider];
        for (int d = 0; d < dimensions; d++) System.arraycopy(block, d * width, wide, d * wider, width);
        blocks.set(number, wide);
        return wide;
    }

    /** A query, ready to be asked of block after block. Not for several threads. */
    final class Query {
        private final int[] used;
        private final int[] weights;
        private final float norm;
        private final int[] sums = new int[BLOCK];

        Query(byte[] vector) {
            int[] found = new int[dimensions];
            int count = 0;
            for (int d = 0; vector != null && d < dimensions; d++) if (vector[d] != 0) found[count++] = d;
            used = Arrays.copyOf(found, count);
            weights = new int[count];
            for (int i = 0; i < count; i++) weights[i] = vector[used[i]];
            norm = vector == null ? 0 : norm(vector);
        }

        /** Computes the products with all vectors of a block; to be called before {@link #cosine} for its slots. */
        void at(int block) {
            Arrays.fill(sums, 0);
            byte[] values = blocks.get(block);
            int width = values.length / dimensions;
            for (int i = 0; i < used.length; i++) add(sums, values, used[i] * width, width, weights[i]);
        }

        double cosine(int slot) {
            float both = norm * norms[slot];
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

    int size() {
        return size;
    }

    long bytes() {
        long bytes = 4L * norms.length;
        for (byte[] block : blocks) bytes += block.length;
        return bytes;
    }
}

package dev.agentplatform.memory.index;

import java.util.Arrays;

/** The slots that have a word, ascending, and how often each has it. */
final class Postings {
    /** Beyond it a word is just frequent. */
    static final int COUNT_MAX = 127;

    private int[] slots = new int[2];
    private byte[] counts = new byte[2];
    private int size;

    /** Slots come in ascending order. */
    void add(int slot, int count) {
        if (size == slots.length) {
            slots = Arrays.copyOf(slots, size * 2);
            counts = Arrays.copyOf(counts, size * 2);
        }
        slots[size] = slot;
        counts[size++] = (byte) Math.min(count, COUNT_MAX);
    }

    int size() {
        return size;
    }

    int slot(int i) {
        return slots[i];
    }

    int count(int i) {
        return counts[i];
    }

    /** How many there is room for. */
    int capacity() {
        return slots.length;
    }
}

package dev.agentplatform.store;

/** One row to insert, update or delete in a group commit. The array is not copied: do not change it. */
public record RowWrite(Shape shape, Object[] values) {}

package dev.agentplatform.web;

import java.util.UUID;

/**
 * The hold of a request on its {@code Idempotency-Key}.
 *
 * @param reservedId a run id that is the same each time the request is executed, so that what it creates under this id
 *     is found again after a crash
 * @param again true when an earlier execution died before its answer was stored
 */
public record Reservation(UUID reservedId, boolean again) {}

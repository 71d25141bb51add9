package dev.agentplatform.kernel;

import java.util.Optional;
import java.util.UUID;

/**
 * Which page of a list that is ordered by id, which is the order of creation.
 *
 * @param after id of the last row of the page before, null for the first page
 * @param ascending oldest first
 * @param limit rows of the page
 */
public record PageRequest(UUID after, boolean ascending, int limit) {
    public static final PageRequest FIRST = new PageRequest(null, false, Page.LIMIT_DEFAULT);

    /**
     * Reads what a client sent; newest first when it names no order.
     *
     * @throws Problem 400 for a cursor that is none, or a sort other than {@code created_time} and {@code -created_time}
     */
    public static PageRequest of(Optional<String> cursor, Optional<String> sort, int limit) {
        boolean ascending = switch (sort.orElse("-created_time")) {
            case "created_time" -> true;
            case "-created_time" -> false;
            default -> throw Problem.malformed("malformed_parameter", "sort", "must be created_time or -created_time");
        };
        UUID after = cursor.map(PageRequest::id).orElse(null);
        return new PageRequest(after, ascending, limit);
    }

    private static UUID id(String key) {
        return Ids.parse(key)
                .orElseThrow(() -> Problem.malformed(
                        "malformed_parameter", "cursor", "is not a cursor that this list has returned"));
    }
}

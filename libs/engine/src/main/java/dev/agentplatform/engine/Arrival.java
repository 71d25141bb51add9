package dev.agentplatform.engine;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a waiting step waited for. */
public sealed interface Arrival {
    /** A person completed the task: {@code {status, response}}. */
    record Answer(JsonNode body) implements Arrival {}

    record Signal(String name, JsonNode payload) implements Arrival {}

    /** Children of this step that ended since the last arrival. */
    record Children(List<Child> ended) implements Arrival {}

    record Child(int index, String status) {}

    /** The time that the step named has come. */
    record TimeUp() implements Arrival {}
}

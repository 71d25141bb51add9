package dev.agentplatform.agent;

import dev.agentplatform.human.StepQuestions;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.model.Models;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;

/**
 * What programs of agents work with.
 *
 * @param sources of capabilities by name
 * @param memory null when this server has none
 * @param questions puts approvals to people
 * @param userOf the user of a session of a workspace; null when it has none
 * @param mockOnly whether a workspace's model of this name, or its default for null, is the built-in mock
 */
public record AgentParts(
        Models models,
        AgentMemory memory,
        Map<String, CapabilitySource> sources,
        StepQuestions questions,
        BiFunction<String, UUID, String> userOf,
        BiPredicate<String, String> mockOnly) {
    public AgentParts {
        sources = Map.copyOf(sources);
    }

    Optional<CapabilitySource> source(String name) {
        return Optional.ofNullable(sources.get(name));
    }

    /** @throws Problem when this server has no such source */
    CapabilitySource require(String name) {
        return source(name)
                .orElseThrow(() ->
                        new Problem(422, name + "_not_available", "This server has nothing of the kind " + name + "."));
    }
}

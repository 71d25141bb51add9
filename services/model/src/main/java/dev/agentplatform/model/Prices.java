package dev.agentplatform.model;

import java.util.Optional;

/** Known prices of models for which the provider's entry names none. */
@FunctionalInterface
public interface Prices {
    Prices UNKNOWN = (kind, model) -> Optional.empty();

    /** @param kind of the provider, {@code openai} … @param model the provider's name of it */
    Optional<Price> of(String kind, String model);
}

package dev.agentplatform.model.call;

import dev.agentplatform.model.provider.Kind;
import dev.agentplatform.model.provider.Limits;
import dev.agentplatform.model.provider.ModelEntry;
import java.util.List;
import java.util.Optional;

/**
 * A provider that can be called, its key opened.
 *
 * @param keyBroken true when there is a key and it cannot be opened
 * @param guarded true for what users registered: its address must be one that they may reach
 */
record Source(
        String name,
        Kind kind,
        String baseUrl,
        String key,
        boolean keyBroken,
        boolean guarded,
        List<ModelEntry> models,
        Limits limits,
        List<String> fallback) {

    Optional<ModelEntry> entry(String model) {
        return models.stream().filter(entry -> entry.name().equals(model)).findFirst();
    }

    /** Shows no key. */
    @Override
    public String toString() {
        return name + " at " + baseUrl;
    }
}

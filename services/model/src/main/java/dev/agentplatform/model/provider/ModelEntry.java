package dev.agentplatform.model.provider;

import dev.agentplatform.model.Price;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.Required;
import java.util.List;

/** A model of a provider as the workspace knows it. All but the name may be null. */
public record ModelEntry(
        @Required @Length(min = 1, max = 200) @Doc("What callers say")
        String name,

        @Length(min = 1, max = 200) @Doc("What the provider says; without it the same")
        String upstreamName,

        @Doc("Of a million tokens, in millionths of a US dollar")
        Price price,

        Limits limits,
        @Doc("Names of models to try when this one fails") List<String> fallback) {

    public String upstream() {
        return upstreamName == null ? name : upstreamName;
    }
}

package dev.agentplatform.model.wire;

/**
 * Where a call goes.
 *
 * @param baseUrl without a slash at its end, the version included ({@code https://api.openai.com/v1})
 * @param apiKey null when the provider wants none
 * @param model the provider's name of it
 */
public record WireTarget(String baseUrl, String apiKey, String model) {
    /** Shows no key. */
    @Override
    public String toString() {
        return model + " at " + baseUrl;
    }
}

package dev.agentplatform.model.call;

import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Settings.WrongSetting;
import dev.agentplatform.model.mock.MockProvider;
import dev.agentplatform.model.provider.Kind;
import dev.agentplatform.model.provider.Limits;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;

/** The providers that the settings name, for all workspaces: {@code default}, {@code embedding} and the {@code mock}. */
public final class OperatorProviders {
    private static final String BASE_URL = "AGENT_PLATFORM_PROVIDER_BASE_URL";
    private static final String API_KEY = "AGENT_PLATFORM_PROVIDER_API_KEY";
    private static final String KIND = "AGENT_PLATFORM_PROVIDER_KIND";
    private static final String EMBEDDING_BASE_URL = "AGENT_PLATFORM_EMBEDDING_BASE_URL";
    private static final String EMBEDDING_API_KEY = "AGENT_PLATFORM_EMBEDDING_API_KEY";
    private static final String EMBEDDING_KIND = "AGENT_PLATFORM_EMBEDDING_PROVIDER";

    /** Two spellings, the first wins. */
    private static final List<String> DEFAULT_MODEL =
            List.of("AGENT_PLATFORM_DEFAULT_MODEL", "AGENT_PLATFORM_PROVIDER_DEFAULT_MODEL");

    private static final Source MOCK = source("mock", Kind.MOCK, MockProvider.BASE_URL, null);

    private final boolean configured;
    private final Source main;
    private final Optional<Source> embedding;
    private final Optional<String> model;
    private final Optional<String> embeddingModel;

    private OperatorProviders(
            boolean configured,
            Source main,
            Optional<Source> embedding,
            Optional<String> model,
            Optional<String> embeddingModel) {
        this.configured = configured;
        this.main = main;
        this.embedding = embedding;
        this.model = model;
        this.embeddingModel = embeddingModel;
    }

    /** @throws WrongSetting for an address that is no URL, or a kind that there is not */
    public static OperatorProviders from(Settings settings) {
        Optional<Source> named = named(settings, "default", BASE_URL, API_KEY, KIND);
        Optional<Source> embedding =
                named(settings, "embedding", EMBEDDING_BASE_URL, EMBEDDING_API_KEY, EMBEDDING_KIND);
        Source main = named.orElse(source("default", Kind.MOCK, MockProvider.BASE_URL, null));
        boolean mock = main.kind() == Kind.MOCK;
        Optional<String> model = settings.text(DEFAULT_MODEL.toArray(new String[0]));
        Optional<String> embeddingModel = settings.text("AGENT_PLATFORM_EMBEDDING_MODEL");
        return new OperatorProviders(
                named.isPresent(),
                main,
                embedding,
                model.or(() -> mock ? Optional.of("mock") : Optional.empty()),
                embeddingModel.or(() -> mock ? Optional.of("mock-embedding") : Optional.empty()));
    }

    private static Optional<Source> named(
            Settings settings, String name, String urlSetting, String keySetting, String kindSetting) {
        Optional<String> url = settings.text(urlSetting).map(text -> checked(urlSetting, text));
        Optional<String> key = settings.secret(keySetting).map(String::strip);
        Optional<Kind> kind = settings.text(kindSetting)
                .map(word -> Kind.of(word)
                        .orElseThrow(() -> new WrongSetting(kindSetting, word, String.join(", ", Kind.words()))));
        if (url.isEmpty() && kind.isEmpty() && key.isEmpty()) return Optional.empty();
        Kind of = kind.orElseGet(() -> url.map(Kind::detect).orElse(Kind.OPENAI));
        return Optional.of(source(name, of, url.orElse(of.baseUrl()), key.orElse(null)));
    }

    private static String checked(String setting, String url) {
        String text = url.strip();
        while (text.endsWith("/")) text = text.substring(0, text.length() - 1);
        if (text.startsWith(MockProvider.BASE_URL)) return MockProvider.BASE_URL;
        try {
            URI uri = new URI(text);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (http && uri.getHost() != null && uri.getRawUserInfo() == null) return text;
        } catch (URISyntaxException malformed) {
            // told below
        }
        throw new WrongSetting(setting, url, "a URL such as https://api.openai.com/v1, without a password");
    }

    private static Source source(String name, Kind kind, String url, String key) {
        return new Source(name, kind, url, key, false, false, List.of(), Limits.NONE, List.of());
    }

    /** False when the mock stands in because nothing is set. */
    boolean configured() {
        return configured;
    }

    Source main() {
        return main;
    }

    Optional<Source> embedding() {
        return embedding;
    }

    Source of(Operation operation) {
        return operation == Operation.EMBEDDINGS ? embedding.orElse(main) : main;
    }

    Optional<String> defaultModel(Operation operation) {
        return operation == Operation.EMBEDDINGS ? embeddingModel : model;
    }

    /** By the name before the slash. */
    Optional<Source> named(String name) {
        return switch (name) {
            case "default" -> Optional.of(main);
            case "embedding" -> embedding;
            case "mock" -> Optional.of(MOCK);
            default -> Optional.empty();
        };
    }
}

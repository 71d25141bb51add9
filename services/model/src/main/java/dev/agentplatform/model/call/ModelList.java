package dev.agentplatform.model.call;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.provider.ModelEntry;
import dev.agentplatform.model.upstream.Cancel;
import dev.agentplatform.model.upstream.Patience;
import dev.agentplatform.model.upstream.UpstreamAnswer;
import dev.agentplatform.model.upstream.UpstreamError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The models that a workspace can ask for, as OpenAI lists them. What providers say is asked again after a minute. */
public final class ModelList {
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Duration TIME_LIMIT = Duration.ofSeconds(5);
    private static final int SOURCES_MAX = 1_000;
    private static final int MODELS_MAX = 2_000;
    private static final int NAME_CHARS_MAX = 200;

    private record Asked(List<String> names, long atNanos) {}

    private final Directory directory;
    private final Map<Source, Asked> asked = new ConcurrentHashMap<>();

    public ModelList(Directory directory) {
        this.directory = directory;
    }

    /** OpenAI's list. */
    public ObjectNode list(String workspaceId) {
        ObjectNode list = Json.object().put("object", "list");
        ArrayNode data = list.putArray("data");
        named(workspaceId).values().forEach(data::add);
        return list;
    }

    /** One of the list. */
    public Optional<ObjectNode> find(String workspaceId, String name) {
        return Optional.ofNullable(named(workspaceId).get(name));
    }

    private Map<String, ObjectNode> named(String workspaceId) {
        Map<String, ObjectNode> models = new LinkedHashMap<>();
        for (Source source : directory.sources(workspaceId)) {
            for (String name : names(source)) {
                if (models.size() < MODELS_MAX) models.putIfAbsent(name, json(name, source));
            }
        }
        return models;
    }

    private static ObjectNode json(String name, Source source) {
        return Json.object()
                .put("id", name)
                .put("object", "model")
                .put("created", 0)
                .put("owned_by", source.name());
    }

    private List<String> names(Source source) {
        if (!source.models().isEmpty())
            return source.models().stream().map(ModelEntry::name).toList();
        long now = System.nanoTime();
        Asked known = asked.get(source);
        if (known != null && now - known.atNanos() < KEPT_NANOS) return known.names();
        List<String> names = ask(source);
        if (asked.size() >= SOURCES_MAX) asked.clear();
        asked.put(source, new Asked(names, now));
        return names;
    }

    /** Nothing when it cannot tell: a list without it is better than none. */
    private List<String> ask(Source source) {
        Candidate candidate = directory.candidate(source);
        try (UpstreamAnswer answer =
                candidate.upstream().send(candidate.listRequest(), Patience.of(TIME_LIMIT), new Cancel())) {
            if (answer.status() != 200) return List.of();
            JsonNode json = Bodies.json(Bodies.whole(answer));
            if (candidate.wire().isPresent()) return candidate.wire().get().modelNames(json);
            List<String> names = new ArrayList<>();
            for (JsonNode model : json.path("data")) {
                String name = model.path("id").asString("");
                if (!name.isEmpty() && name.length() <= NAME_CHARS_MAX) names.add(name);
            }
            return names;
        } catch (UpstreamError unreachable) {
            return List.of();
        }
    }
}

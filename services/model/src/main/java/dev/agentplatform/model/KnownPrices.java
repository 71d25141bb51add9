package dev.agentplatform.model;

import dev.agentplatform.kernel.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * List prices of well-known models, from {@code prices.json}, which says how old they are. A model that is not there has
 * no price: a wrong one would be worse.
 */
public final class KnownPrices implements Prices {
    private static final String FILE = "prices.json";
    private static final String ALL = "*";

    /** Of one kind of providers. @param beginnings of names, the {@code *} left out */
    private record Table(Map<String, Price> names, TreeMap<String, Price> beginnings) {
        Optional<Price> of(String model) {
            Price exact = names.get(model);
            if (exact != null) return Optional.of(exact);
            // Beginnings of one name sort by their length: the last that fits is the longest.
            return beginnings.headMap(model, true).descendingMap().entrySet().stream()
                    .filter(entry -> model.startsWith(entry.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst();
        }
    }

    private final Map<String, Table> tables = new HashMap<>();

    KnownPrices(JsonNode file) {
        for (Map.Entry<String, JsonNode> kind : file.path("prices").properties()) {
            Table table = new Table(new HashMap<>(), new TreeMap<>());
            for (Map.Entry<String, JsonNode> model : kind.getValue().properties()) {
                String name = model.getKey();
                Price price = new Price(
                        model.getValue().get(0).longValue(),
                        model.getValue().get(1).longValue());
                if (name.endsWith(ALL)) table.beginnings().put(name.substring(0, name.length() - 1), price);
                else table.names().put(name, price);
            }
            tables.put(kind.getKey(), table);
        }
    }

    public static KnownPrices load() {
        return new KnownPrices(file());
    }

    static JsonNode file() {
        try (InputStream file = KnownPrices.class.getResourceAsStream(FILE)) {
            return Json.parse(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public Optional<Price> of(String kind, String model) {
        Table table = tables.get(kind);
        if (table == null) return Optional.empty();
        int slash = model.lastIndexOf('/');
        return table.of(slash < 0 ? model : model.substring(slash + 1));
    }
}

package dev.agentplatform.auth;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Lists of rights as people send them: a text of words with blanks or commas between them, or a list of texts. */
public final class Words {
    /** Rights of one role, or scopes of one key. */
    public static final int COUNT_MAX = 200;

    private Words() {}

    /** Each as it was sent, once. @throws Problem 422 that names {@code path} and the word */
    public static List<String> rights(String path, JsonNode sent) {
        Set<String> words = new LinkedHashSet<>();
        if (sent.isString()) {
            for (String word : sent.stringValue().split("[\\s,]+")) if (!word.isEmpty()) words.add(word);
        } else if (sent.isArray()) {
            for (int i = 0; i < sent.size(); i++) {
                if (!sent.get(i).isString()) throw Problem.invalid(path + "." + i, "must be a text");
                words.add(sent.get(i).stringValue());
            }
        } else {
            throw Problem.invalid(path, "must be a list of texts, or a text of words");
        }
        if (words.size() > COUNT_MAX) throw Problem.invalid(path, "must have at most " + COUNT_MAX + " entries");
        for (String word : words) {
            if (Permission.parse(word).isPresent()) continue;
            String shown = word.length() > 60 ? word.substring(0, 60) + "…" : word;
            throw Problem.invalid(path, "'" + shown + "' is no right; write *, agent:read or gateway:agents:*");
        }
        return new ArrayList<>(words);
    }

    public static ArrayNode json(Collection<String> words) {
        ArrayNode list = Json.array();
        words.forEach(list::add);
        return list;
    }

    /** What {@link #json} made. */
    public static List<String> read(JsonNode stored) {
        return stored.valueStream().map(JsonNode::stringValue).toList();
    }
}

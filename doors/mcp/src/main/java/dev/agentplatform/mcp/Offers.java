package dev.agentplatform.mcp;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.DefinitionFilter;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.mcp.Offer.Kind;
import dev.agentplatform.mcp.Offer.Name;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/** What a workspace has published, a page at a time: one kind after the other, the oldest first. */
final class Offers {
    static final int PAGE = 50;

    private final Catalog catalog;

    Offers(Catalog catalog) {
        this.catalog = catalog;
    }

    /** Behind which definition of which kind a page begins. @param after null for the first of its kind */
    private record Position(Kind kind, UUID after) {
        String cursor() {
            String text = kind.word() + " " + (after == null ? "" : after);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }

        static Optional<Position> parse(String cursor) {
            try {
                String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
                for (Kind kind : Kind.values()) {
                    if (!text.startsWith(kind.word() + " ")) continue;
                    String after = text.substring(kind.word().length() + 1);
                    if (after.isEmpty()) return Optional.of(new Position(kind, null));
                    return Ids.parse(after).map(id -> new Position(kind, id));
                }
            } catch (IllegalArgumentException noBase64) {
                // Not one of ours.
            }
            return Optional.empty();
        }
    }

    /**
     * @param cursor empty for the first page
     * @param may which kinds the caller may use
     * @throws Message.Refused for a cursor that no page gave
     */
    Page<Offer> list(String workspaceId, String cursor, Predicate<Kind> may) throws Message.Refused {
        Position position = cursor.isEmpty()
                ? new Position(Kind.AGENT, null)
                : Position.parse(cursor)
                        .orElseThrow(() -> new Message.Refused(
                                Message.INVALID_PARAMS, "cursor: is not one that this list has returned"));
        List<Offer> offers = new ArrayList<>();
        while (true) {
            Page<Definition> page =
                    may.test(position.kind()) ? page(workspaceId, position) : new Page<>(List.of(), null);
            for (Definition definition : page.items()) {
                if (definition.publishedVersionId() == null) continue;
                offers.add(offer(position.kind(), definition));
            }
            if (page.nextCursor() != null) {
                position = new Position(position.kind(), page.items().getLast().id());
            } else if (position.kind().ordinal() + 1 < Kind.values().length) {
                position = new Position(Kind.values()[position.kind().ordinal() + 1], null);
            } else {
                return new Page<>(offers, null);
            }
            if (offers.size() >= PAGE) return new Page<>(offers, position.cursor());
        }
    }

    private Page<Definition> page(String workspaceId, Position position) {
        return catalog.list(
                workspaceId,
                new DefinitionFilter(position.kind().word(), null, null, null),
                new PageRequest(position.after(), true, PAGE));
    }

    /** Empty when nothing published has this name. */
    Optional<Offer> find(String workspaceId, Name name) {
        Optional<Definition> definition = name.id() == null
                ? catalog.findByCode(workspaceId, name.kind().word(), name.code())
                : byId(workspaceId, name);
        return definition.filter(it -> it.publishedVersionId() != null).map(it -> offer(name.kind(), it));
    }

    private Optional<Definition> byId(String workspaceId, Name name) {
        try {
            return Optional.of(catalog.find(workspaceId, name.kind().word(), name.id()));
        } catch (Problem missing) {
            return Optional.empty();
        }
    }

    private Offer offer(Kind kind, Definition definition) {
        return new Offer(
                kind, definition, catalog.body(definition.workspaceId(), kind.word(), definition.publishedVersionId()));
    }
}

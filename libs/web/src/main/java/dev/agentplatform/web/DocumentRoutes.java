package dev.agentplatform.web;

import dev.agentplatform.kernel.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** {@code /openapi.json} and {@code /docs}, a page that shows it and tries it and fetches nothing from elsewhere. */
public final class DocumentRoutes {
    private static final String PAGE = "docs.html";
    private static final String PAGE_POLICY =
            "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final byte[] document;
    private final Routes routes = new Routes("document", "This description");

    /** Describes {@code services} and itself. */
    public DocumentRoutes(String title, String version, List<Routes> services) {
        routes.get("/openapi.json", "The API as OpenAPI 3.1")
                .operational()
                .answers(200, ObjectNode.class, "The document")
                .handle(request -> document());
        routes.get("/docs", "The API as a page")
                .operational()
                .answers(200, "The page")
                .handle(request -> Reply.bytes(200, "text/html; charset=utf-8", page())
                        .header("Content-Security-Policy", PAGE_POLICY));
        List<Routes> all = new ArrayList<>(services);
        all.add(routes);
        document = Json.mapper().writeValueAsBytes(OpenApi.document(title, version, all));
    }

    public Routes routes() {
        return routes;
    }

    private Reply document() {
        return Reply.bytes(200, Reply.JSON, document);
    }

    static byte[] page() {
        try (InputStream in = DocumentRoutes.class.getResourceAsStream(PAGE)) {
            return in.readAllBytes();
        } catch (IOException damaged) {
            throw new UncheckedIOException(damaged);
        }
    }
}

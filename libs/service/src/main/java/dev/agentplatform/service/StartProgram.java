package dev.agentplatform.service;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.Range;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** What all bodies have in common that start a run of a program; which definition it is, the room's own field says. */
public record StartProgram(
        @Length(max = 200) @Doc("Free text of the caller") String appId,
        @Doc("A session of this workspace") UUID sessionId,
        @Length(max = 1_000_000) @Doc("What is asked for") String inputText,

        @Alias("input") @Doc("What is given beside the text")
        JsonNode inputJson,

        @Range(min = -100, max = 100) @Doc("Higher goes first, -100 to 100")
        Integer priority,

        @Doc("false: only a caller drives the run") Boolean autoStart,

        @Range(min = 1, max = 31_536_000) @Doc("Time limit of the whole run")
        Integer timeoutSeconds,

        @Doc("true: nothing outside is called") Boolean dryRun,

        @Alias("metadata") @Doc("Kept and shown") JsonNode metadataJson) {

    RunInput input() {
        return new RunInput(inputText == null ? "" : inputText, inputJson == null ? Json.nothing() : inputJson);
    }
}

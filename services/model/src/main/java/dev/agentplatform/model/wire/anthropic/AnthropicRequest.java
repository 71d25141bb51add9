package dev.agentplatform.model.wire.anthropic;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.model.wire.openai.AnswerFormat;
import dev.agentplatform.model.wire.openai.Block;
import dev.agentplatform.model.wire.openai.ChatRequest;
import dev.agentplatform.model.wire.openai.ChatRequest.Effort;
import dev.agentplatform.model.wire.openai.ToolChoice;
import dev.agentplatform.model.wire.openai.ToolDefinition;
import dev.agentplatform.model.wire.openai.Turn;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a request. A wanted JSON Schema becomes a tool that the model has to call; its input is the answer. All models
 * know that, and it stands beside other tools.
 */
final class AnthropicRequest {
    /** The tool that takes the answer. */
    static final String ANSWER_TOOL = "structured_answer";

    private static final Set<String> IMAGES = Set.of("image/jpeg", "image/png", "image/gif", "image/webp");
    private static final String JSON_ONLY = "Answer with one JSON object and with nothing else, no code fence either.";

    private final String model;
    private final ChatRequest chat;
    private final boolean structured;

    AnthropicRequest(String model, ChatRequest chat) {
        this.model = model;
        this.chat = chat;
        // A tool that must be called now comes first; the answer follows in a later request.
        structured = chat.format().schema() != null && chat.toolChoice().mode() != ToolChoice.Mode.ONE;
    }

    ObjectNode body() {
        ObjectNode body = Json.object();
        body.put("model", model);
        boolean thinks = thinking(body);
        AnswerFormat format = chat.format();
        String system = format.json() && format.schema() == null ? chat.systemAnd(JSON_ONLY) : chat.system();
        if (!system.isEmpty()) body.put("system", system);
        messages(body.putArray("messages"));
        tools(body);
        if (!chat.stop().isEmpty()) stops(body.putArray("stop_sequences"));
        if (!thinks) sampling(body);
        if (chat.user() != null && !chat.user().isBlank())
            body.putObject("metadata").put("user_id", chat.user());
        if (chat.stream()) body.put("stream", true);
        return body;
    }

    /** Newer models take only one of the two. */
    private void sampling(ObjectNode body) {
        Double temperature = chat.sampling().temperature();
        if (temperature != null) body.put("temperature", Math.min(temperature, 1.0));
        else if (chat.sampling().topP() != null)
            body.put("top_p", chat.sampling().topP());
    }

    /** Sets the limit of tokens too: what is thought counts against it. */
    private boolean thinking(ObjectNode body) {
        Thinking ability = Thinking.of(model);
        int answer = chat.maxTokens() == null ? ability.answerTokens() : chat.maxTokens();
        int budget = Thinking.budget(chat.effort());
        boolean thinks = ability.kind() != Thinking.Kind.NONE && budget > 0 && mayThink();
        if (!thinks) {
            body.put("max_tokens", answer);
            return false;
        }
        if (ability.kind() == Thinking.Kind.ADAPTIVE) {
            body.put("max_tokens", answer);
            body.putObject("thinking").put("type", "adaptive");
            body.putObject("output_config").put("effort", Thinking.level(chat.effort()));
        } else {
            body.put("max_tokens", answer + budget);
            body.putObject("thinking").put("type", "enabled").put("budget_tokens", budget);
        }
        return true;
    }

    /** A forced tool and thinking exclude each other; and a turn that goes on needs what was thought in it. */
    private boolean mayThink() {
        ToolChoice.Mode mode = chat.toolChoice().mode();
        if (structured || mode == ToolChoice.Mode.ANY || mode == ToolChoice.Mode.ONE) return false;
        if (chat.effort() == Effort.UNSAID) return false;
        List<Turn> turns = chat.turns();
        if (turns.size() < 2 || !(turns.getLast().blocks().getFirst() instanceof Block.ToolResult)) return true;
        return turns.get(turns.size() - 2).blocks().getFirst() instanceof Block.Thinking;
    }

    private void messages(ArrayNode messages) {
        for (Turn turn : chat.turns()) {
            ObjectNode message = messages.addObject();
            message.put("role", turn.user() ? "user" : "assistant");
            ArrayNode content = message.putArray("content");
            for (Block block : turn.blocks()) block(content, block);
        }
        Turn last = chat.turns().getLast();
        // The model goes on from these very characters, and none may be a space.
        if (!last.user() && last.blocks().getLast() instanceof Block.Text text) {
            ArrayNode content = (ArrayNode) messages.get(messages.size() - 1).get("content");
            ((ObjectNode) content.get(content.size() - 1))
                    .put("text", text.text().stripTrailing());
        }
    }

    private static void block(ArrayNode content, Block block) {
        switch (block) {
            case Block.Text text -> content.addObject().put("type", "text").put("text", text.text());
            case Block.Media media -> media(content, media);
            case Block.Thinking thought -> content.add(thought.raw());
            case Block.ToolUse use -> {
                ObjectNode call = content.addObject().put("type", "tool_use");
                call.put("id", use.id()).put("name", use.name());
                call.set("input", use.arguments());
            }
            case Block.ToolResult result -> {
                ObjectNode answer = content.addObject().put("type", "tool_result");
                answer.put("tool_use_id", result.id());
                if (!result.content().isEmpty()) {
                    ArrayNode inner = answer.putArray("content");
                    for (Block one : result.content()) block(inner, one);
                }
                if (result.error()) answer.put("is_error", true);
            }
        }
    }

    private static void media(ArrayNode content, Block.Media media) {
        ObjectNode block = content.addObject();
        switch (media.kind()) {
            case IMAGE -> {
                if (media.data() != null && !IMAGES.contains(media.mediaType())) {
                    throw Problem.invalid(media.field(), "must be a JPEG, PNG, GIF or WebP image");
                }
                block.put("type", "image");
            }
            case FILE -> {
                if (media.data() != null && !media.mediaType().equals("application/pdf")) {
                    throw Problem.invalid(media.field(), "must be a PDF");
                }
                block.put("type", "document");
            }
            case AUDIO -> throw Problem.invalid(media.field(), "holds audio, which this provider does not take");
        }
        ObjectNode source = block.putObject("source");
        if (media.data() == null) source.put("type", "url").put("url", media.url());
        else source.put("type", "base64").put("media_type", media.mediaType()).put("data", media.data());
    }

    private void tools(ObjectNode body) {
        if (chat.tools().isEmpty() && !structured) return;
        ArrayNode tools = body.putArray("tools");
        for (ToolDefinition tool : chat.tools()) {
            if (tool.name().equals(ANSWER_TOOL)) throw Problem.invalid("tools", "must not be named " + ANSWER_TOOL);
            ObjectNode one = tools.addObject().put("name", tool.name());
            if (tool.description() != null) one.put("description", tool.description());
            one.set("input_schema", tool.parameters());
        }
        if (structured) answerTool(tools);
        ObjectNode choice = body.putObject("tool_choice");
        boolean onlyAnswer =
                structured && (chat.tools().isEmpty() || chat.toolChoice().mode() == ToolChoice.Mode.NONE);
        if (onlyAnswer) choice.put("type", "tool").put("name", ANSWER_TOOL);
        else choice(choice);
        boolean oneAtATime = !chat.parallelTools() || onlyAnswer;
        if (oneAtATime && !choice.path("type").asString("").equals("none"))
            choice.put("disable_parallel_tool_use", true);
    }

    private void answerTool(ArrayNode tools) {
        String described = chat.format().description();
        String purpose = "Gives the final answer to the user, once and in full.";
        ObjectNode tool = tools.addObject().put("name", ANSWER_TOOL);
        tool.put("description", described == null || described.isBlank() ? purpose : purpose + " " + described);
        tool.set("input_schema", chat.format().schema());
    }

    private void choice(ObjectNode choice) {
        switch (chat.toolChoice().mode()) {
            // Whatever it does, it calls something: a tool, or the one that takes the answer.
            case AUTO -> choice.put("type", structured ? "any" : "auto");
            case ANY -> choice.put("type", "any");
            case NONE -> choice.put("type", "none");
            case ONE -> choice.put("type", "tool").put("name", chat.toolChoice().name());
        }
    }

    private void stops(ArrayNode stops) {
        for (String stop : chat.stop()) {
            if (stop.isBlank())
                throw Problem.invalid("stop", "must not be only spaces or line ends with this provider");
            stops.add(stop);
        }
    }
}

package dev.agentplatform.model.wire.openai;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Reads the content of a message: a text, or a list of parts. Blank texts are left out: not all providers take them. */
final class Content {
    private static final String BASE64 = ";base64,";

    private Content() {}

    static List<Block> read(String path, JsonNode content) {
        List<Block> blocks = new ArrayList<>();
        if (Json.isNothing(content)) return blocks;
        if (content.isString()) {
            addText(blocks, content.stringValue());
        } else if (content.isArray()) {
            for (int i = 0; i < content.size(); i++) part(blocks, path + "." + i, content.get(i));
        } else {
            throw Problem.invalid(path, "must be a text or a list of parts");
        }
        return blocks;
    }

    private static void part(List<Block> blocks, String path, JsonNode part) {
        switch (part.path("type").asString("")) {
            case "text" -> addText(blocks, part.path("text").asString(""));
            case "refusal" -> addText(blocks, part.path("refusal").asString(""));
            case "image_url" -> {
                JsonNode image = part.path("image_url");
                // Some clients give the URL alone.
                String url = image.isString()
                        ? image.stringValue()
                        : image.path("url").asString("");
                blocks.add(media(path + ".image_url.url", Block.Kind.IMAGE, url));
            }
            case "input_audio" -> {
                JsonNode audio = part.path("input_audio");
                String format = audio.path("format").asString("");
                if (!format.equals("wav") && !format.equals("mp3")) {
                    throw Problem.invalid(path + ".input_audio.format", "must be wav or mp3");
                }
                String data = audio.path("data").asString("");
                if (data.isEmpty()) throw Problem.invalid(path + ".input_audio.data", "must not be empty");
                blocks.add(new Block.Media(path, Block.Kind.AUDIO, "audio/" + format, data, null));
            }
            case "file" -> {
                String url = part.path("file").path("file_data").asString("");
                if (url.isEmpty()) {
                    throw Problem.invalid(
                            path + ".file.file_data", "is needed; ids of files mean nothing to this provider");
                }
                blocks.add(media(path + ".file.file_data", Block.Kind.FILE, url));
            }
            default ->
                throw Problem.invalid(
                        path + ".type", "must be text, image_url, input_audio or file with this provider");
        }
    }

    private static Block media(String path, Block.Kind kind, String url) {
        if (url.regionMatches(true, 0, "data:", 0, 5)) {
            int at = url.indexOf(BASE64);
            String type = at < 0 ? "" : url.substring(5, at).toLowerCase(Locale.ROOT);
            int parameters = type.indexOf(';');
            if (parameters >= 0) type = type.substring(0, parameters);
            String data = at < 0 ? "" : url.substring(at + BASE64.length());
            if (type.isEmpty() || data.isEmpty())
                throw Problem.invalid(path, "must be data:<media type>;base64,<data>");
            return new Block.Media(path, kind, type, data, null);
        }
        if (url.regionMatches(true, 0, "https://", 0, 8)) return new Block.Media(path, kind, null, null, url);
        throw Problem.invalid(path, "must begin with data: or https://");
    }

    private static void addText(List<Block> blocks, String text) {
        if (!text.isBlank()) blocks.add(new Block.Text(text));
    }
}

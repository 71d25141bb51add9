package dev.agentplatform.model.wire.openai;

/** Whether the model calls tools. @param name the one it must call, for {@link Mode#ONE} only */
public record ToolChoice(Mode mode, String name) {
    public static final ToolChoice AUTO = new ToolChoice(Mode.AUTO, null);
    public static final ToolChoice NONE = new ToolChoice(Mode.NONE, null);
    public static final ToolChoice ANY = new ToolChoice(Mode.ANY, null);

    public enum Mode {
        AUTO,
        NONE,
        ANY,
        ONE
    }
}

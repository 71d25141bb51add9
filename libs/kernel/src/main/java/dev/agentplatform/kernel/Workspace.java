package dev.agentplatform.kernel;

import java.util.regex.Pattern;

/** The unit of isolation. Both spellings, {@code workspace_id} and {@code tenant_id}, name it. */
public record Workspace(String id) {
    public static final int LENGTH_MAX = 128;

    // Before PUBLIC: its constructor needs the pattern.
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._:@-]{1," + LENGTH_MAX + "}");

    public static final Workspace PUBLIC = new Workspace("public");

    public Workspace {
        if (id == null || !ALLOWED.matcher(id).matches()) {
            throw Problem.invalid(
                    "workspace_id", "must be 1 to " + LENGTH_MAX + " letters, digits or any of . _ : @ -");
        }
    }

    @Override
    public String toString() {
        return id;
    }
}

package dev.agentplatform.app;

import java.util.Optional;

/** What the build wrote about itself into the jar. */
public final class Build {
    private Build() {}

    /** The version of the jar's manifest; {@code development} when the classes do not come from a jar. */
    public static String version() {
        return Optional.ofNullable(Build.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}

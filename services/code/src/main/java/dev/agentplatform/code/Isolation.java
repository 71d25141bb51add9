package dev.agentplatform.code;

import java.util.List;

/** The ways to lock code in, and the words for them. */
enum Isolation {
    /** Namespaces made by root, a root folder of its own, and a user that owns nothing. */
    NAMESPACES("namespaces"),
    /** The program {@code bwrap}. */
    BUBBLEWRAP("bubblewrap"),
    /** As {@link #NAMESPACES}, inside a user namespace: for servers that do not run as root. */
    USER_NAMESPACE("user-namespace"),
    /** None but resource limits: only on the operator's explicit word. */
    NONE("none");

    private final String word;

    Isolation(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    /**
     * What to try, the best first. Root needs no user namespace, with which code could reach less of the kernel; in a
     * container without that right it may still have one of the others.
     */
    static List<Isolation> candidates(boolean root) {
        return root ? List.of(NAMESPACES, BUBBLEWRAP, USER_NAMESPACE) : List.of(BUBBLEWRAP, USER_NAMESPACE);
    }

    static boolean root() {
        return new com.sun.security.auth.module.UnixSystem().getUid() == 0;
    }

    /** The whole command that starts an interpreter. */
    List<String> command(SandboxCommand command) {
        return switch (this) {
            case NAMESPACES -> command.namespaces();
            case USER_NAMESPACE -> command.userNamespace();
            case BUBBLEWRAP -> command.bubblewrap();
            case NONE -> command.bare();
        };
    }
}

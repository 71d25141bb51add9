package dev.agentplatform.team.modes;

/** One of a team. @param agent id or code @param version id of the version; null for the latest published one */
public record Member(String key, String agent, String version, String role, String responsibility) {
    private static final String LEADER = "supervisor";

    boolean leads() {
        return role.equalsIgnoreCase(LEADER);
    }

    /** As others are told of it. */
    String described() {
        String does = responsibility.isBlank() ? role : responsibility;
        return does.isBlank() ? key : key + ": " + does;
    }
}

package dev.agentplatform.team.modes;

/** A member was asked and answered. @param no counts the turns of the run from 1 */
public record Turn(int no, String member, String asked, String answer) {}

package dev.agentplatform.knowledge.chunk;

import java.util.List;

/** A chunk of a document. @param headings above it, the highest first @param page where it begins; 0 for none */
public record Piece(List<String> headings, String text, int page) {}

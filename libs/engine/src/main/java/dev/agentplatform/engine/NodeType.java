package dev.agentplatform.engine;

import tools.jackson.databind.JsonNode;

/** A type of node that this server can execute. */
public interface NodeType {
    String name();

    /**
     * Whether it touches the world. Effects begin only after the commit that names their step; nodes that
     * only compute are folded into the commit of the outcome that reached them, and must be quick.
     */
    boolean effect();

    /**
     * Prepares one node of a version, once: parse templates here, not at each execution. Null leaves the node to an
     * executor outside.
     */
    NodeWork prepare(JsonNode config);
}

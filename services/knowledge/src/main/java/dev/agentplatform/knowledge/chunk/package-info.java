/** Documents in pieces that can be found: pure. Start reading at {@link dev.agentplatform.knowledge.chunk.Chunker}. */
package dev.agentplatform.knowledge.chunk;

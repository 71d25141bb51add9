/** Knowledge bases: documents, chunks, and search over them. */
package dev.agentplatform.knowledge;

/** What agents remember, and how it is found again. */
package dev.agentplatform.memory;

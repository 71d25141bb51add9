/** Tools that runs may use: definitions, bindings, credentials, and how they are invoked. */
package dev.agentplatform.tool;

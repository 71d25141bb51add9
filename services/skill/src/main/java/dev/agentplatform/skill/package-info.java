/** Skills: small things that agents can do, in several runtimes. */
package dev.agentplatform.skill;

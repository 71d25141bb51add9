/** Jobs that fire at a time, again and again, or when an event comes. */
package dev.agentplatform.scheduler;

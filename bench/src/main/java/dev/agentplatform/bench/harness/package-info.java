/**
 * What the measurements share: load, latencies, processor time, a PostgreSQL, the program as a child process.
 * Uses the JDK only, so that drivers of other products can stand on it without our libraries.
 */
package dev.agentplatform.bench.harness;

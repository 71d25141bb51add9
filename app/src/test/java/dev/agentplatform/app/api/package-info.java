/**
 * The API as its users see it: the real server on both databases, asked over HTTP.
 *
 * <p>One server runs for each database during all tests; each test has a workspace of its own. Start reading at
 * {@link dev.agentplatform.app.api.Api}, then at any of the tests.
 */
package dev.agentplatform.app.api;

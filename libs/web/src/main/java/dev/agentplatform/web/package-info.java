/**
 * The HTTP edge: a route table, the steps of a request, bodies, problems, streams and the API document.
 *
 * <p>Rooms declare {@link dev.agentplatform.web.Routes}; {@link dev.agentplatform.web.HttpServer} serves them. The life
 * of a request is the list of steps in {@link dev.agentplatform.web.Pipeline}: start reading there. The servlet types
 * of the server underneath stay inside {@code HttpServer}, {@code Pipeline}, {@code Request} and {@code Stream}.
 */
package dev.agentplatform.web;

/**
 * Sessions: conversations, their messages, and the requests for runs that come out of them. Start reading at
 * {@link dev.agentplatform.session.Sessions} and {@link dev.agentplatform.session.RunRequests}; the paths stand in
 * {@link dev.agentplatform.session.SessionRoutes}.
 */
package dev.agentplatform.session;

/**
 * HTTP/1.1 to providers: blocking, with connections that are kept, and nothing that a call does not need. An answer is
 * handed on as its bytes arrive.
 *
 * <p>A provider is a stranger: heads, bodies and times are limited, redirects are not followed, and what users
 * registered is reached at addresses that were checked. Start reading at {@link
 * dev.agentplatform.model.upstream.HttpUpstream}.
 */
package dev.agentplatform.model.upstream;

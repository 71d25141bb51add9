/** Users, roles, and what they may do. */
package dev.agentplatform.auth;

/**
 * Users, roles, what they may do, and how they sign in. Start at {@link dev.agentplatform.auth.Permission}, the algebra
 * of rights, and {@link dev.agentplatform.auth.Permissions}, which asks the database.
 */
package dev.agentplatform.auth;

/** Model gateway: the OpenAI wire format in and out, in front of many providers. */
package dev.agentplatform.model;

/** Code runner: Python and JavaScript in isolated processes. */
package dev.agentplatform.code;

/**
 * What tests of all rooms share: both databases, a settable clock, waiting without sleeping.
 *
 * <p>The tests of the store stand in this module too, since they need both databases. Start reading at
 * {@link dev.agentplatform.testkit.OnBothDatabases}.
 */
package dev.agentplatform.testkit;

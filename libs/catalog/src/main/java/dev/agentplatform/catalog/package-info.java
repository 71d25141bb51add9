/**
 * Definitions and their immutable, numbered versions, for every kind of thing that can be run or used. Start reading at
 * {@link dev.agentplatform.catalog.Catalog}. What a body means is the business of the kind's own room: nothing here
 * looks into it.
 */
package dev.agentplatform.catalog;

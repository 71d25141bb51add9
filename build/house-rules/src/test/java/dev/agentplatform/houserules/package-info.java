/**
 * The house rules as tests that read the source tree: who may import whom, sizes of files, words that must not be
 * committed, SQL that names its workspace, a {@code package-info.java} everywhere, the layout of the code.
 *
 * <p>Each rule is a pure function from {@link dev.agentplatform.houserules.SourceFile}s to
 * {@link dev.agentplatform.houserules.Finding}s, tested on small samples; one test per rule, tagged {@code tree}, asks it
 * about the whole repository ({@code ./mvnw -Dgates=true verify}). Exceptions are tables with a reason for each row, and
 * a row that is not needed any more fails. Start reading at {@link dev.agentplatform.houserules.FloorsTest}.
 */
package dev.agentplatform.houserules;

package dev.agentplatform.houserules;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words that must not be committed, and what to do instead. */
final class Words {
    private record Word(Pattern pattern, Predicate<SourceFile> where, String mend) {
        Word(String regex, Predicate<SourceFile> where, String mend) {
            this(Pattern.compile(regex), where, mend);
        }
    }

    private static final Predicate<SourceFile> EVERYWHERE = _ -> true;

    private static final List<Word> WORDS = List.of(
            new Word("\\b(?:TODO|FIXME|XXX)\\b", EVERYWHERE, "Do it now, or leave it out and say so in an issue"),
            new Word("\\.printStackTrace\\(\\s*\\)", SourceFile::isJava, "Log it with its cause, or throw it"),
            new Word(
                    "\\bThread\\.sleep\\(",
                    SourceFile::isTestJava,
                    "Wait for a named signal of the code, or move the clock that it was given"),
            new Word(
                    "\\bSystem\\.currentTimeMillis\\(",
                    file -> file.isJava()
                            && !file.path().startsWith("app/")
                            && !file.path().startsWith("bench/"),
                    "Ask the Clock that was handed in"),
            new Word("@Disabled\\b", SourceFile::isJava, "Mend the test or delete it"),
            new Word(
                    "(?<![\\w/.}$-])/(?:work|Users/\\w+)/|/tmp/\\w+_jobs",
                    EVERYWHERE,
                    "Use a path relative to the repository, or a temporary folder that is asked for"));

    private Words() {}

    static List<Finding> check(List<SourceFile> files) {
        List<Finding> findings = new ArrayList<>();
        for (SourceFile file : files) {
            // This file and its test name the words.
            if (file.path().matches(".*/houserules/Words(Test)?\\.java")) continue;
            for (Word word : WORDS) {
                if (!word.where().test(file)) continue;
                Matcher match = word.pattern().matcher(file.text());
                while (match.find()) {
                    findings.add(new Finding(
                            file.path(), file.lineOf(match.start()), "contains '" + match.group() + "'", word.mend()));
                }
            }
        }
        return findings;
    }
}

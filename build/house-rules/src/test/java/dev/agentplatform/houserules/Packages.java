package dev.agentplatform.houserules;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Every package of the main sources says in {@code package-info.java} what lives there. */
final class Packages {
    private Packages() {}

    static List<Finding> check(List<SourceFile> files) {
        Set<String> described = files.stream()
                .map(SourceFile::path)
                .filter(path -> path.endsWith("/package-info.java"))
                .map(Packages::folder)
                .collect(Collectors.toSet());
        Set<String> folders = files.stream()
                .filter(SourceFile::isMainJava)
                .map(file -> folder(file.path()))
                .collect(Collectors.toCollection(TreeSet::new));
        List<Finding> findings = new ArrayList<>();
        for (String folder : folders) {
            if (!described.contains(folder)) {
                findings.add(new Finding(
                        folder,
                        0,
                        "has no package-info.java",
                        "Write one: what lives here, what does not, where to start reading"));
            }
        }
        for (SourceFile file : files) {
            if (file.path().endsWith("/package-info.java") && !file.text().contains("/**")) {
                findings.add(
                        new Finding(file.path(), 1, "says nothing", "Say what lives here and where to start reading"));
            }
        }
        return findings;
    }

    private static String folder(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }
}

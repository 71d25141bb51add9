package dev.agentplatform.code;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What code sees of the host's files, all of it read-only: the system's programs and libraries, the interpreter, three
 * devices. Besides that there is {@code /tmp}.
 *
 * @param folders shown at their own place
 * @param links names at the top and where they point
 * @param files shown at their own place
 * @param hidden folders below a shown one that are shown empty
 */
record Jail(List<Path> folders, Map<String, String> links, List<Path> files, List<Path> hidden) {
    private static final List<String> TOP = List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");

    /** What makes the code's own world; each of these is a place to write to nowhere else. */
    static final List<Path> DEVICES = List.of(Path.of("/dev/null"), Path.of("/dev/zero"), Path.of("/dev/urandom"));

    static Jail of(Interpreter interpreter, List<Path> hidden) {
        List<Path> folders = new ArrayList<>(List.of(Path.of("/usr")));
        Map<String, String> links = new LinkedHashMap<>();
        for (String name : TOP) {
            Path place = Path.of("/", name);
            if (Files.isSymbolicLink(place)) links.put(name, target(place));
            else if (Files.isDirectory(place)) folders.add(place);
        }
        folders.addAll(interpreter.prefixes());
        List<Path> files = new ArrayList<>();
        Path libraries = Path.of("/etc/ld.so.cache");
        if (Files.exists(libraries)) files.add(libraries);
        List<Path> covered = hidden.stream()
                .map(Jail::real)
                .filter(Files::isDirectory)
                .filter(path -> folders.stream().anyMatch(path::startsWith))
                .toList();
        return new Jail(folders, links, files, covered);
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException notThere) {
            return path.toAbsolutePath().normalize();
        }
    }
}

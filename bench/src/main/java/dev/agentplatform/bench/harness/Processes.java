package dev.agentplatform.bench.harness;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Processor time and memory of processes, as Linux tells them in {@code /proc}. */
public final class Processes {
    /** Linux counts in ticks of 10 ms. */
    private static final long TICK_MS = 10;

    private Processes() {}

    public static double ownCpuMs() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime() / 1e6;
    }

    /** A process and all children it has or had, in milliseconds; NaN when it is not to be seen. */
    public static double familyCpuMs(long parent) {
        Ticks own = ticks(parent);
        if (own == null) return Double.NaN;
        long ticks = own.own() + own.deadChildren();
        for (long pid : all()) {
            Ticks child = ticks(pid);
            if (child != null && child.parent() == parent) ticks += child.own();
        }
        return ticks * TICK_MS;
    }

    /** A field of {@code /proc/PID/status} in KB, such as {@code VmRSS}. */
    public static long statusKb(long pid, String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith(field + ":")) return Long.parseLong(line.replaceAll("\\D", ""));
        }
        throw new IOException("process " + pid + " has no " + field);
    }

    private record Ticks(long parent, long own, long deadChildren) {}

    private static Ticks ticks(long pid) {
        try {
            String text = Files.readString(Path.of("/proc/" + pid + "/stat"));
            // The name of the program stands in brackets and may hold blanks.
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            return new Ticks(
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[11]) + Long.parseLong(fields[12]),
                    Long.parseLong(fields[13]) + Long.parseLong(fields[14]));
        } catch (IOException gone) {
            return null;
        }
    }

    private static List<Long> all() {
        try (Stream<Path> folders = Files.list(Path.of("/proc"))) {
            return folders.map(folder -> folder.getFileName().toString())
                    .filter(name -> name.chars().allMatch(Character::isDigit))
                    .map(Long::valueOf)
                    .toList();
        } catch (IOException noProc) {
            return List.of();
        }
    }
}

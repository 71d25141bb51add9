package dev.agentplatform.code;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The command lines of each isolation. All of them end when the thread that started them does, take the job on
 * descriptor 0, give output on 1 and 2 and answer on 3, which is the descriptor 2 of the caller.
 */
record SandboxCommand(Interpreter interpreter, Jail jail, long cpuSeconds, boolean root, int slot) {
    /** Users for code, one for each sandbox, so that they cannot signal each other and each has its own counts. */
    private static final int USER_MIN = 64_000;

    /** Where the new root is built. Exists everywhere, and nothing that is needed meanwhile is below it. */
    private static final String STAGE = "/sys";

    private static final String CHANNELS = "exec \"$@\" 3>&2 2>&1";

    private static final List<String> DIES_WITH_PARENT = List.of("--pdeathsig", "KILL");

    private static final List<String> NEW_NAMESPACES = List.of(
            "--mount", "--pid", "--net", "--ipc", "--uts", "--propagation", "private", "--fork", "--kill-child=KILL");

    List<String> namespaces() {
        return unshared(begun(false), List.of(), user());
    }

    /** Root inside, which is the server's user outside; without any capability, and unable to get one back. */
    List<String> userNamespace() {
        return unshared(
                begun(root), List.of("--user", "--map-root-user"), List.of("--securebits=+noroot,+noroot_locked"));
    }

    private List<String> user() {
        String user = String.valueOf(USER_MIN + slot);
        return List.of("--reuid", user, "--regid", user, "--clear-groups");
    }

    /**
     * Ends with its parent, and leaves the processor to the server when there is not enough for both.
     *
     * @param drop whether it is another user from here on: the kernel counts no processes of root
     */
    private List<String> begun(boolean drop) {
        List<String> command = new ArrayList<>(List.of("nice", "-n", "5", "setpriv"));
        if (drop) command.addAll(user());
        command.addAll(DIES_WITH_PARENT);
        return command;
    }

    private List<String> unshared(List<String> begun, List<String> namespaces, List<String> identity) {
        List<String> command = new ArrayList<>(begun);
        command.add("unshare");
        command.addAll(namespaces);
        command.addAll(NEW_NAMESPACES);
        command.addAll(List.of("--", "sh", "-c", script(), "sandbox", mounts()));
        command.addAll(List.of("chroot", "/jail", "env", "-i", "-C", "/tmp"));
        // A process group reaches across namespaces: without one of its own, a signal to the group is one to the
        // server.
        command.addAll(List.of("setsid", "setpriv"));
        command.addAll(identity);
        command.addAll(List.of("--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"));
        command.addAll(DIES_WITH_PARENT);
        command.addAll(limited());
        return command;
    }

    /**
     * Builds the new root, goes there and drops the old one. The last step is a chroot besides: the kernel refuses user
     * namespaces to those who are in one, and with them the way to new capabilities.
     */
    private String script() {
        String names = Stream.concat(
                        jail.links().keySet().stream(),
                        jail.folders().stream().map(SandboxCommand::top).distinct())
                .map(name -> "jail/" + name)
                .collect(Collectors.joining(" "));
        List<String> lines = new ArrayList<>();
        lines.add("set -e; umask 022");
        lines.add("mount -t tmpfs -o mode=755,size=1m,nr_inodes=1k,nosuid,nodev sandbox " + STAGE);
        lines.add("cd " + STAGE);
        lines.add("mkdir -p old jail/dev jail/etc jail/tmp"
                + jail.folders().stream()
                        .map(folder -> " " + quoted("jail" + folder))
                        .collect(Collectors.joining()));
        lines.addAll(links());
        // Until the old root is gone, the tools that remove it need the libraries and the mount table.
        lines.add("ln -s " + names + " jail/etc old/proc .");
        for (Path file : files()) lines.add(": > " + quoted("jail" + file));
        lines.add("printf %s \"$1\" > mounts; shift");
        lines.add("mount -a -T mounts");
        // Memory that no process has mapped: there are other ways to share some.
        for (String limit : List.of("shmall", "shmmni", "msgmni")) {
            lines.add("[ ! -w /proc/sys/kernel/" + limit + " ] || echo 0 > /proc/sys/kernel/" + limit);
        }
        lines.add("pivot_root . old; cd /");
        lines.add("mount -o remount,bind,ro /");
        lines.add("umount -l /old");
        lines.add(CHANNELS);
        return String.join("\n", lines);
    }

    /** One command for all links that keep the name of their target, which on most systems is all of them. */
    private List<String> links() {
        List<String> lines = new ArrayList<>();
        StringBuilder named = new StringBuilder();
        for (Map.Entry<String, String> link : jail.links().entrySet()) {
            if (link.getValue().endsWith("/" + link.getKey())) named.append(" ").append(quoted(link.getValue()));
            else lines.add("ln -s " + quoted(link.getValue()) + " jail/" + link.getKey());
        }
        if (!named.isEmpty()) lines.add("ln -s" + named + " jail");
        return lines;
    }

    /** The mounts, in the format of fstab, for the script's {@code mount -a}. */
    private String mounts() {
        StringBuilder table = new StringBuilder();
        for (Path folder : jail.folders()) table.append(bind(folder, "bind,ro,nosuid,nodev"));
        for (Path file : jail.files()) table.append(bind(file, "bind,ro,nosuid,nodev,noexec"));
        for (Path device : Jail.DEVICES) table.append(bind(device, "bind,nosuid,noexec"));
        for (Path hidden : jail.hidden()) {
            table.append(mount("tmpfs", hidden, "tmpfs", "mode=000,size=4k,ro,nosuid,nodev,noexec"));
        }
        String folder = "mode=1777,size=" + Limits.FOLDER_BYTES + ",nr_inodes=" + Limits.FOLDER_FILES;
        table.append(mount("tmpfs", Path.of("/tmp"), "tmpfs", folder + ",nosuid,nodev,noexec"));
        return table.toString();
    }

    private static String bind(Path path, String options) {
        return mount(escaped(path.toString()), path, "none", options);
    }

    private static String mount(String source, Path place, String type, String options) {
        return source + " " + escaped(STAGE + "/jail" + place) + " " + type + " " + options + " 0 0\n";
    }

    List<String> bubblewrap() {
        List<String> command = new ArrayList<>(begun(root));
        command.addAll(List.of("bwrap", "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent"));
        command.addAll(List.of("--new-session", "--as-pid-1", "--clearenv", "--cap-drop", "ALL"));
        command.addAll(List.of("--uid", String.valueOf(USER_MIN), "--gid", String.valueOf(USER_MIN)));
        for (Path folder : jail.folders()) command.addAll(List.of("--ro-bind", folder.toString(), folder.toString()));
        jail.links().forEach((name, target) -> command.addAll(List.of("--symlink", target, "/" + name)));
        for (Path file : jail.files()) command.addAll(List.of("--ro-bind", file.toString(), file.toString()));
        for (Path device : Jail.DEVICES) {
            command.addAll(List.of("--dev-bind", device.toString(), device.toString()));
        }
        for (Path hidden : jail.hidden()) command.addAll(List.of("--tmpfs", hidden.toString()));
        command.addAll(List.of("--size", String.valueOf(Limits.FOLDER_BYTES), "--tmpfs", "/tmp"));
        command.addAll(List.of("--remount-ro", "/", "--chdir", "/tmp", "--", "sh", "-c", CHANNELS, "sandbox"));
        command.addAll(List.of("env", "-i"));
        command.addAll(limited());
        return command;
    }

    List<String> bare() {
        List<String> command = new ArrayList<>(begun(false));
        command.addAll(List.of("sh", "-c", CHANNELS, "sandbox", "setsid", "env", "-i"));
        command.addAll(limited());
        // The limit counts all processes of a user, and here that is the server's.
        command.removeIf(word -> word.startsWith("--nproc="));
        return command;
    }

    /** The interpreter under its limits. */
    private List<String> limited() {
        List<String> command = new ArrayList<>(List.of(
                "prlimit",
                "--core=0",
                "--cpu=" + cpuSeconds,
                "--data=" + interpreter.dataBytes(),
                "--fsize=" + Limits.FILE_BYTES,
                "--memlock=0",
                "--msgqueue=0",
                "--nofile=" + Limits.OPEN_FILES,
                "--nproc=" + Limits.PROCESSES,
                "--sigpending=256",
                interpreter.binary().toString()));
        command.addAll(interpreter.arguments());
        return command;
    }

    private List<Path> files() {
        return Stream.concat(jail.files().stream(), Jail.DEVICES.stream()).toList();
    }

    private static String top(Path folder) {
        return folder.getName(0).toString();
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** As fstab wants it. */
    private static String escaped(String path) {
        return path.replace("\\", "\\134").replace(" ", "\\040").replace("\t", "\\011");
    }
}

package dev.agentplatform.store;

import dev.agentplatform.kernel.Ids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Says that this process alone uses a data folder, until it closes the lock or dies.
 *
 * <p>{@code instance.lock} names the process ({@code pid=}) and the instance ({@code instance=}), an id
 * that stays with the folder: a process that starts with it may take over what its predecessor owned.
 */
public final class InstanceLock implements AutoCloseable {
    public static final String FILE = "instance.lock";
    // Behind the text, so that the text can be read while the lock is held, on every system.
    private static final long LOCKED_BYTE = 1L << 40;
    private static final int TEXT_BYTES_MAX = 1_024;
    // POSIX drops a lock as soon as its process closes any descriptor of the file. So a folder that this
    // process holds is not even opened again, and the text is only read through the locked channel.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;
    private final UUID instance;

    private InstanceLock(Path file, FileChannel channel, UUID instance) {
        this.file = file;
        this.channel = channel;
        this.instance = instance;
    }

    /** Another process uses the folder. */
    public static final class FolderInUse extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FolderInUse(Path folder, String pid) {
            super("the data folder " + folder + " is in use by process " + pid
                    + "; stop that process or choose another folder");
        }
    }

    /** Creates the folder when it is missing; {@code ids} makes the id of a new folder. */
    public static InstanceLock acquire(Path folder, Ids ids) {
        try {
            Files.createDirectories(folder);
            Path file = folder.toRealPath().resolve(FILE);
            if (!HELD.add(file)) throw new FolderInUse(folder, ownPid());
            try {
                return lock(folder, file, ids);
            } catch (IOException | RuntimeException failure) {
                HELD.remove(file);
                throw failure;
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot lock the data folder " + folder, failure);
        }
    }

    private static InstanceLock lock(Path folder, Path file, Ids ids) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            // Closing the channel releases it.
            FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
            String text = read(channel);
            if (lock == null) throw new FolderInUse(folder, value(text, "pid").orElse("unknown"));
            UUID instance = value(text, "instance").flatMap(Ids::parse).orElseGet(ids::next);
            write(channel, "instance=" + instance + "\npid=" + ownPid() + "\n");
            return new InstanceLock(file, channel, instance);
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    /** Stable for the data folder. */
    public UUID instance() {
        return instance;
    }

    /** The file stays, as it holds the id. May be called twice. */
    @Override
    public void close() {
        if (!channel.isOpen()) return;
        try {
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot release the data folder", failure);
        } finally {
            HELD.remove(file);
        }
    }

    private static String ownPid() {
        return String.valueOf(ProcessHandle.current().pid());
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(TEXT_BYTES_MAX);
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {}
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
    }

    private static void write(FileChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) channel.write(bytes, bytes.position());
        channel.truncate(text.length());
        channel.force(true);
    }

    private static Optional<String> value(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst();
    }
}

package dev.agentplatform.store;

import dev.agentplatform.kernel.Ids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;

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

    private final FileChannel channel;
    private final UUID instance;

    private InstanceLock(FileChannel channel, UUID instance) {
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
        Path file = folder.toAbsolutePath().normalize().resolve(FILE);
        try {
            Files.createDirectories(file.getParent());
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw new FolderInUse(file.getParent(), value(file, "pid").orElse("unknown"));
            }
            UUID instance = value(file, "instance").flatMap(Ids::parse).orElseGet(ids::next);
            write(channel, instance);
            return new InstanceLock(channel, instance);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot lock the data folder " + folder, failure);
        }
    }

    /** Stable for the data folder. */
    public UUID instance() {
        return instance;
    }

    /** The file stays, as it holds the id. May be called twice. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot release the data folder", failure);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            // Closing the channel releases it.
            FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
            return lock != null;
        } catch (OverlappingFileLockException sameProcess) {
            return false;
        }
    }

    private static void write(FileChannel channel, UUID instance) throws IOException {
        String text = "instance=" + instance + "\npid=" + ProcessHandle.current().pid() + "\n";
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        channel.position(0);
        while (bytes.hasRemaining()) channel.write(bytes);
        channel.truncate(text.length());
        channel.force(true);
    }

    private static Optional<String> value(Path file, String name) throws IOException {
        return Files.readAllLines(file, StandardCharsets.US_ASCII).stream()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst();
    }
}

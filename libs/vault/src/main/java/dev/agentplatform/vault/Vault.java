package dev.agentplatform.vault;

import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Settings.WrongSetting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Seals secrets with AES-256-GCM and opens them again. Immutable, for all threads.
 *
 * <p>A sealed text is {@code v1.<key id>.<base64 of nonce and ciphertext>}. It opens only under the context it was
 * sealed for (say {@code workspace/credential id}), so a row that is copied elsewhere in the database is worth nothing.
 *
 * <p>The first key seals; the others only open what was sealed before, so that keys can be changed one after the other.
 */
public final class Vault {
    public static final String SETTING = "AGENT_PLATFORM_CREDENTIAL_KEY";
    private static final String VERSION = "v1";
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final List<VaultKey> keys;

    private Vault(List<VaultKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * Reads the keys from the setting; without it from a file in the data folder, which is made with owner-only rights.
     *
     * @param embedded false when several machines may share the database: a key file of one is no use to the others, so
     *     without the setting nothing can be sealed then
     * @throws WrongSetting for a key that is not 32 bytes
     */
    public static Vault from(Settings settings, Path dataFolder, boolean embedded) {
        Optional<String> named = settings.secret(SETTING);
        if (named.isPresent()) return new Vault(VaultKey.parseAll(SETTING, named.get()));
        return embedded ? new Vault(List.of(KeyFile.in(dataFolder))) : new Vault(List.of());
    }

    /** For tests and tools: with these keys, each 32 bytes. */
    public static Vault of(byte[]... keys) {
        return new Vault(Arrays.stream(keys).map(VaultKey::of).toList());
    }

    /** @throws Problem 503 when the operator gave no key */
    public String seal(String context, String secret) {
        VaultKey key = sealingKey();
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        byte[] ciphertext = crypt(Cipher.ENCRYPT_MODE, key, nonce, context, secret.getBytes(StandardCharsets.UTF_8), 0);
        byte[] both = Arrays.copyOf(nonce, NONCE_BYTES + ciphertext.length);
        System.arraycopy(ciphertext, 0, both, NONCE_BYTES, ciphertext.length);
        return VERSION + "." + key.id() + "." + Base64.getEncoder().encodeToString(both);
    }

    /** @throws SealBroken when the key is gone, the text was changed, or it was sealed for another context */
    public String open(String context, String sealed) {
        String[] parts = sealed.split("\\.", 3);
        if (parts.length != 3 || !parts[0].equals(VERSION))
            throw new SealBroken("The secret is not in a known format.");
        VaultKey key = keys.stream()
                .filter(one -> one.id().equals(parts[1]))
                .findFirst()
                .orElseThrow(() -> new SealBroken("The key " + parts[1] + " of the secret is not in " + SETTING + "."));
        byte[] both = Base64.getDecoder().decode(parts[2]);
        byte[] nonce = Arrays.copyOf(both, NONCE_BYTES);
        byte[] secret = crypt(Cipher.DECRYPT_MODE, key, nonce, context, both, NONCE_BYTES);
        return new String(secret, StandardCharsets.UTF_8);
    }

    /** Whether it is sealed with the key that seals now; false asks for {@link #seal sealing} it again. */
    public boolean isCurrent(String sealed) {
        return !keys.isEmpty()
                && sealed.startsWith(VERSION + "." + keys.getFirst().id() + ".");
    }

    /** False when nothing can be sealed because no key was given. */
    public boolean hasKey() {
        return !keys.isEmpty();
    }

    private VaultKey sealingKey() {
        if (!keys.isEmpty()) return keys.getFirst();
        throw new Problem(
                503, "credential_key_missing", "Secrets cannot be stored until the operator sets " + SETTING + ".");
    }

    private static byte[] crypt(int mode, VaultKey key, byte[] nonce, String context, byte[] input, int from) {
        try {
            Cipher cipher = Cipher.getInstance(CIPHER);
            cipher.init(mode, key.secret(), new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(input, from, input.length - from);
        } catch (GeneralSecurityException broken) {
            throw new SealBroken("The secret cannot be opened: it was changed, or sealed for something else.");
        }
    }

    /** A sealed secret that does not open. The message names no secret. */
    public static final class SealBroken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SealBroken(String message) {
            super(message);
        }
    }
}

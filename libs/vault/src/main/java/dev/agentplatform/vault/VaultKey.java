package dev.agentplatform.vault;

import dev.agentplatform.kernel.Settings.WrongSetting;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** One key with its id, which is the beginning of its hash and tells nothing about it. */
record VaultKey(String id, SecretKey secret) {
    static final int BYTES = 32;
    private static final String ALLOWED = "keys of 32 bytes in base64 or hex, separated by commas; the first seals";

    static VaultKey of(byte[] bytes) {
        if (bytes.length != BYTES) throw new IllegalArgumentException("A key has 32 bytes.");
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new VaultKey(HexFormat.of().formatHex(hash, 0, 4), new SecretKeySpec(bytes, "AES"));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The message of a wrong setting shows nothing of the key. */
    static List<VaultKey> parseAll(String setting, String text) {
        List<VaultKey> keys = new ArrayList<>();
        for (String part : text.split(",")) keys.add(parse(setting, part.strip()));
        return keys;
    }

    private static VaultKey parse(String setting, String text) {
        try {
            byte[] bytes = text.matches("[0-9a-fA-F]{64}")
                    ? HexFormat.of().parseHex(text)
                    : Base64.getDecoder().decode(text);
            return of(bytes);
        } catch (IllegalArgumentException notAKey) {
            throw new WrongSetting(setting, "****", ALLOWED);
        }
    }
}

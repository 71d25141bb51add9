package dev.agentplatform.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** Texts that nobody can guess, of which only the hash is kept. */
public final class Secret {
    /** Letters and digits only, so that a double click selects all of it: 40 of them are 238 bits. */
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static final int CHARACTERS = 40;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Secret() {}

    public static String random(String prefix) {
        StringBuilder text = new StringBuilder(prefix.length() + CHARACTERS).append(prefix);
        for (int i = 0; i < CHARACTERS; i++) text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        return text.toString();
    }

    /** Whether a text has the form of what {@link #random} gives; that costs less than to look for it. */
    public static boolean looksLike(String prefix, String text) {
        if (text.length() != prefix.length() + CHARACTERS || !text.startsWith(prefix)) return false;
        for (int i = prefix.length(); i < text.length(); i++) {
            if (ALPHABET.indexOf(text.charAt(i)) < 0) return false;
        }
        return true;
    }

    /** A random text needs no salt and no slow hash. */
    public static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every JDK has SHA-256.", impossible);
        }
    }
}

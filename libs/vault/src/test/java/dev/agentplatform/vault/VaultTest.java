package dev.agentplatform.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.kernel.Settings.WrongSetting;
import dev.agentplatform.vault.Vault.SealBroken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaultTest {
    private static final byte[] OLD = key(1);
    private static final byte[] NEW = key(2);

    @Test
    void opensWhatItSealedAndNeverSealsTheSameTwice() {
        Vault vault = Vault.of(OLD);
        String once = vault.seal("acme/1", "s3cret-é");
        String again = vault.seal("acme/1", "s3cret-é");
        assertThat(vault.open("acme/1", once)).isEqualTo("s3cret-é");
        assertThat(once).isNotEqualTo(again).doesNotContain("s3cret");
    }

    @Test
    void refusesAnotherContextAndEveryChangedByte() {
        Vault vault = Vault.of(OLD);
        String sealed = vault.seal("acme/1", "s3cret");
        assertThatThrownBy(() -> vault.open("acme/2", sealed)).isInstanceOf(SealBroken.class);
        int text = sealed.lastIndexOf('.') + 1;
        byte[] bytes = Base64.getDecoder().decode(sealed.substring(text));
        for (int i = 0; i < bytes.length; i++) {
            byte[] changed = bytes.clone();
            changed[i] ^= 1;
            String forged = sealed.substring(0, text) + Base64.getEncoder().encodeToString(changed);
            assertThatThrownBy(() -> vault.open("acme/1", forged)).isInstanceOf(SealBroken.class);
        }
    }

    @Test
    void opensOldSecretsWhileANewKeySeals() {
        String old = Vault.of(OLD).seal("c", "s3cret");
        Vault both = Vault.of(NEW, OLD);
        assertThat(both.open("c", old)).isEqualTo("s3cret");
        assertThat(both.isCurrent(old)).isFalse();
        String renewed = both.seal("c", both.open("c", old));
        assertThat(both.isCurrent(renewed)).isTrue();
        assertThat(Vault.of(NEW).open("c", renewed)).isEqualTo("s3cret");
        assertThatThrownBy(() -> Vault.of(NEW).open("c", old))
                .isInstanceOf(SealBroken.class)
                .hasMessageContaining(Vault.SETTING);
    }

    @Test
    void readsKeysFromTheSettingInBothSpellings() {
        String hex = "01".repeat(32);
        String base64 = Base64.getEncoder().encodeToString(NEW);
        Vault vault = Vault.from(new Settings(Map.of(Vault.SETTING, hex + ", " + base64)), Path.of("unused"), false);
        assertThat(vault.open("c", Vault.of(NEW).seal("c", "x"))).isEqualTo("x");
        assertThat(Vault.of(OLD).open("c", vault.seal("c", "y"))).isEqualTo("y");
    }

    @Test
    void saysWhatAKeyMustBeWithoutShowingIt() {
        Settings settings = new Settings(Map.of(Vault.SETTING, "short-secret"));
        assertThatThrownBy(() -> Vault.from(settings, Path.of("unused"), true))
                .isInstanceOf(WrongSetting.class)
                .hasMessageContaining("32 bytes")
                .hasMessageNotContaining("short-secret");
    }

    @Test
    void keepsAKeyFileOfItsOwnWhenEmbedded(@TempDir Path folder) throws IOException {
        String sealed = Vault.from(new Settings(Map.of()), folder, true).seal("c", "s3cret");
        assertThat(Vault.from(new Settings(Map.of()), folder, true).open("c", sealed))
                .isEqualTo("s3cret");
        Path file = folder.resolve("credential.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(folder).isDirectoryContaining(path -> path.equals(file));
    }

    @Test
    void sealsNothingOnASharedDatabaseWithoutTheSetting(@TempDir Path folder) {
        Vault vault = Vault.from(new Settings(Map.of()), folder, false);
        assertThat(vault.hasKey()).isFalse();
        assertThatThrownBy(() -> vault.seal("c", "x"))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo("credential_key_missing"));
    }

    private static byte[] key(int value) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) value);
        return key;
    }
}

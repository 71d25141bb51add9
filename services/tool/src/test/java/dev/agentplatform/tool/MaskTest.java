package dev.agentplatform.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MaskTest {
    private static final String SECRET = "p\"a/s+s w\u00f6rd=";
    private final Mask mask = Mask.of(List.of(SECRET, "12345678", "abc"));

    @Test
    void hidesEachSpelling() {
        byte[] bytes = SECRET.getBytes(StandardCharsets.UTF_8);
        String encoded = URLEncoder.encode(SECRET, StandardCharsets.UTF_8);
        for (String spelling : List.of(
                SECRET,
                Json.write(Json.text(SECRET)).replaceAll("^\"|\"$", ""),
                encoded,
                encoded.replace("+", "%20"),
                Pattern.compile("%..")
                        .matcher(encoded)
                        .replaceAll(escape -> escape.group().toLowerCase(Locale.ROOT)),
                Base64.getEncoder().encodeToString(bytes),
                Base64.getUrlEncoder().withoutPadding().encodeToString(bytes))) {
            String masked = mask.text("before " + spelling + " after");
            assertThat(masked).as(spelling).startsWith("before ****").endsWith(" after");
        }
    }

    @Test
    void hidesInTreesWhereverItStands() {
        String json = "{\"12345678\":[12345678,\"x12345678y\",{\"a\":\"abc\"}],\"n\":5}";
        assertThat(Json.write(mask.tree(Json.parse(json))))
                .isEqualTo("{\"****\":[\"****\",\"x****y\",{\"a\":\"abc\"}],\"n\":5}");
    }

    @Test
    void aSecretWithinAnotherLeavesNoRest() {
        Mask both = Mask.of(List.of("secret", "secret-and-more"));
        assertThat(both.text("secret-and-more secret")).isEqualTo("**** ****");
        assertThat(Mask.NONE.with(List.of("later")).text("now later")).isEqualTo("now ****");
    }

    @Test
    void nothingToHideChangesNothing() {
        assertThat(Mask.of(List.of("abc", "")).isNone()).isTrue();
        assertThat(Mask.NONE.text(null)).isNull();
    }
}

package dev.agentplatform.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void takesWhatIsGivenAndElseTheUsual() {
        Options options = Options.parse(List.of("n=5", "stores=a,b"));
        assertThat(options.number("n", 9)).isEqualTo(5);
        assertThat(options.number("rounds", 9)).isEqualTo(9);
        assertThat(options.list("stores", "c")).containsExactly("a", "b");
        options.complete();
    }

    @Test
    void refusesANameThatNobodyAsksFor() {
        Options options = Options.parse(List.of("round=5"));
        options.number("rounds", 9);
        assertThatThrownBy(options::complete).hasMessageContaining("[round]").hasMessageContaining("[rounds]");
    }

    @Test
    void refusesWhatIsNoOption() {
        assertThatThrownBy(() -> Options.parse(List.of("fast"))).hasMessageContaining("fast");
    }
}

package dev.agentplatform.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Settings;
import java.net.InetAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.1.2.3",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.170",
                "192.0.2.1",
                "192.168.0.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.7",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "192.88.99.1",
                "::",
                "::1",
                "::7f00:1",
                "::ffff:127.0.0.1",
                "fe80::1",
                "fec0::1",
                "fc00::1",
                "fd00:ec2::254",
                "ff02::1",
                "2001:db8::1",
                "2001::1",
                "3fff::1",
                "2002:7f00:1::",
                "2002:a9fe:a9fe::1",
                "64:ff9b::127.0.0.1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "100::1",
                "5f00::1",
                "::ffff:0:127.0.0.1"
            })
    void forbidsWhatIsNotPublic(String address) {
        assertThat(Targets.publicOnly().permits("host", 80, InetAddress.ofLiteral(address)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.1",
                "169.253.255.255",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "223.255.255.255",
                "2606:4700::1111",
                "2a00:1450::1",
                "2002:101:101::1",
                "64:ff9b::8.8.8.8",
                "2001:4860:4860::8888"
            })
    void permitsWhatIsPublic(String address) {
        assertThat(Targets.publicOnly().permits("host", 80, InetAddress.ofLiteral(address)))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*                   | any           | 1    | 169.254.169.254   | true",
                "10.0.0.0/8          | any           | 80   | 10.9.9.9          | true",
                "10.0.0.0/8          | any           | 80   | 10.255.255.255    | true",
                "10.0.0.0/8          | any           | 80   | 192.168.1.1       | false",
                "10.0.0.0/9          | any           | 80   | 10.128.0.0        | false",
                "10.0.0.0/8          | any           | 80   | 64:ff9b::10.1.1.1 | true",
                "fd00::/8            | any           | 80   | fd12::1           | true",
                "fd00::/8            | any           | 80   | fe80::1           | false",
                "0.0.0.0/0           | any           | 80   | ::1               | false",
                "tools.local         | Tools.Local.  | 99   | 10.0.0.1          | true",
                "tools.local         | a.tools.local | 99   | 10.0.0.1          | false",
                "tools.local:8080    | tools.local   | 8080 | 10.0.0.1          | true",
                "tools.local:8080    | tools.local   | 8081 | 10.0.0.1          | false",
                "a.b, 127.0.0.1      | 127.0.0.1     | 80   | 127.0.0.1         | true",
                "127.0.0.1           | evil.test     | 80   | 127.0.0.1         | false",
                "[::1]:80            | 0:0:0:0:0:0:0:1 | 80 | ::1               | true",
                "[::1]:80            | ::1           | 81   | ::1               | false",
                "::1                 | ::1           | 81   | ::1               | true",
                "my_service:80       | my_service    | 80   | 172.18.0.2        | true",
            })
    void followsTheOperator(String list, String host, int port, String address, boolean permitted) {
        assertThat(Targets.allowing(list).permits(host, port, InetAddress.ofLiteral(address)))
                .isEqualTo(permitted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a.b", "10.0.0.0/33", "10.0.0/8", "a:0", "a:70000", "[::1", "[zz]", "a b", "a/8"})
    void refusesAnEntryThatIsNone(String entry) {
        assertThatThrownBy(() -> Targets.allowing(entry)).isInstanceOf(Settings.WrongSetting.class);
    }

    @Test
    void allowsLoopbackByDefaultOnlyWhileTheSettingIsAbsent() {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        Settings absent = new Settings(Map.of());
        Settings present = new Settings(Map.of(Targets.SETTING, "tools.local"));

        assertThat(Targets.from(absent, true).permits("localhost", 80, loopback))
                .isTrue();
        assertThat(Targets.from(absent, true).permits("x", 80, InetAddress.ofLiteral("10.0.0.1")))
                .isFalse();
        assertThat(Targets.from(absent, false).permits("localhost", 80, loopback))
                .isFalse();
        assertThat(Targets.from(present, true).permits("localhost", 80, loopback))
                .isFalse();
    }
}

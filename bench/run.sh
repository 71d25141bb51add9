#!/usr/bin/env bash
# Builds what is needed and runs one measurement: bench/run.sh <name> [option=value ...]. See bench/README.md.
# BENCH_BUILD=off uses what is built; BENCH_JAVA_OPTS go to the JVM of the load generator.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

find_java() {
    local home
    for home in "${AGENT_PLATFORM_JAVA:-}" "${JAVA_HOME:-}" /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
        [ -x "$home/bin/javac" ] || continue
        [ "$("$home/bin/javac" -version 2>&1 | sed 's/^javac \([0-9]*\).*/\1/')" -ge 25 ] && { echo "$home"; return; }
    done
    echo "bench: no JDK 25 or newer found; set JAVA_HOME" >&2
    return 1
}

java_home=$(find_java)
if [ "${BENCH_BUILD:-on}" != off ]; then
    JAVA_HOME=$java_home ./mvnw -q -B -Dmaven.test.skip=true -Derrorprone=off -pl bench -am package
    # These measure the program itself, in a process of its own.
    case "${1:-}" in http | followers | start) ./agent-platform --train ;; esac
fi
# shellcheck disable=SC2086
exec "$java_home/bin/java" -Xms1g -Xmx1g -XX:+UseCompactObjectHeaders --enable-native-access=ALL-UNNAMED \
    -Djdk.virtualThreadScheduler.parallelism=4 -Djava.util.logging.config.file=build/test-logging.properties ${BENCH_JAVA_OPTS:-} \
    -cp "bench/target/classes:bench/target/lib/*" dev.agentplatform.bench.Main "$@"

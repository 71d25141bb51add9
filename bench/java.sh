# Read by the scripts beside it. find_java sets java_home; build_bench compiles the measurements.

find_java() {
    local version
    for java_home in "${AGENT_PLATFORM_JAVA:-}" "${JAVA_HOME:-}" /usr/lib/jvm/* \
        "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/*; do
        [ -x "$java_home/bin/javac" ] || continue
        version=$("$java_home/bin/javac" -version 2>&1 | sed 's/^javac \([0-9]*\).*/\1/')
        if [ "$version" -ge 25 ]; then return; fi
    done
    echo "bench: no JDK 25 or newer found; set JAVA_HOME" >&2
    exit 2
}

build_bench() {
    JAVA_HOME=$java_home ./mvnw -q -B -Dmaven.test.skip=true -Derrorprone=off -pl bench -am package
}

# BENCH_JAVA_OPTS go to the JVM of the load generator. Four carriers, as the program has on two cores.
jvm_options="-Xms1g -Xmx1g -XX:+UseCompactObjectHeaders --enable-native-access=ALL-UNNAMED"
jvm_options="$jvm_options -Djdk.virtualThreadScheduler.parallelism=4"
jvm_options="$jvm_options -Djava.util.logging.config.file=build/test-logging.properties ${BENCH_JAVA_OPTS:-}"

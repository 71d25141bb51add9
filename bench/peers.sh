#!/usr/bin/env bash
# Runs another product beside ours, alternating, on one PostgreSQL: bench/peers.sh dbos [option=value ...]
# Options are those of "runs" (n, warm, alone, callers, postgres=host:port); rounds is how often both take a turn.
# Each turn is a process of its own. Without postgres=… each turn makes a temporary cluster.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

peer=${1:?usage: bench/peers.sh dbos [option=value ...]}
shift
case $peer in
    dbos) main=dev.agentplatform.bench.dbos.DbosRuns ;;
    *) echo "bench: no driver for $peer" >&2; exit 2 ;;
esac

rounds=3
options=()
for option in "$@"; do
    case $option in rounds=*) rounds=${option#rounds=} ;; *) options+=("$option") ;; esac
done

# shellcheck source=bench/java.sh
. bench/java.sh
find_java
if [ "${BENCH_BUILD:-on}" != off ]; then build_bench; fi

libraries=bench/target/peers/$peer/lib
classes=bench/target/peers/$peer/classes
if [ ! -d "$libraries" ]; then
    JAVA_HOME=$java_home ./mvnw -q -B -f "bench/peers/$peer/pom.xml" dependency:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$PWD/$libraries"
fi
mkdir -p "$classes"
"$java_home/bin/javac" -parameters -nowarn -d "$classes" -cp "bench/target/classes:$libraries/*" \
    $(find "bench/peers/$peer" -name '*.java')

for ((round = 1; round <= rounds; round++)); do
    # shellcheck disable=SC2086
    "$java_home/bin/java" $jvm_options -Dorg.slf4j.simpleLogger.defaultLogLevel=error \
        -cp "$classes:bench/target/classes:$libraries/*" "$main" "${options[@]}"
    BENCH_BUILD=off bench/run.sh runs stores=postgresql rounds=1 "${options[@]}"
done

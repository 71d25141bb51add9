#!/usr/bin/env bash
# Builds what is needed and runs one measurement: bench/run.sh <name> [option=value ...]. See bench/README.md.
# BENCH_BUILD=off uses what is built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=bench/java.sh
. bench/java.sh
find_java
if [ "${BENCH_BUILD:-on}" != off ]; then
    build_bench
    # These measure the program itself, in a process of its own.
    case "${1:-}" in http | followers | start | code | audit) ./agent-platform --train ;; esac
fi
# shellcheck disable=SC2086
exec "$java_home/bin/java" $jvm_options -cp "bench/target/classes:bench/target/lib/*" dev.agentplatform.bench.Main "$@"

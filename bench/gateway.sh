#!/usr/bin/env bash
# The model gateway between a cheap provider and a load generator, in turns with the provider alone and, when PORTKEY is
# a folder with node_modules/@portkey-ai/gateway, with Portkey: bench/gateway.sh [seconds] [rounds]
# WARM=seconds of load before the first round; STREAMS=n ends with n slow streams at once through our server.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=bench/java.sh
. bench/java.sh
find_java
if [ "${BENCH_BUILD:-on}" != off ]; then
    build_bench
    ./agent-platform --train
fi
seconds=${1:-3}
rounds=${2:-3}
provider=4301
ours=4302
peer=4303
data=$(mktemp -d)
started=()
stop() {
    kill "${started[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$data"
}
trap stop EXIT

java="$java_home/bin/java -XX:+UseCompactObjectHeaders -cp bench/target/classes:bench/target/lib/*"
load() { $java -Xmx512m dev.agentplatform.bench.gateway.GatewayLoad "$@"; }

$java -Xmx256m dev.agentplatform.bench.gateway.CheapProvider $provider &
started+=($!)
AGENT_PLATFORM_BUILD=off AGENT_PLATFORM_DATA=$data AGENT_PLATFORM_JAVA=$java_home LOG_LEVEL=warn \
    AGENT_PLATFORM_PROVIDER_BASE_URL=http://127.0.0.1:$provider/v1 ./agent-platform serve --port $ours >"$data/log" &
ours_pid=$!
started+=($ours_pid)
until curl -sf -o /dev/null "http://127.0.0.1:$ours/ready"; do sleep 0.1; done
headers=()
if [ -n "${PORTKEY:-}" ]; then
    node "$PORTKEY/node_modules/@portkey-ai/gateway/build/start-server.js" --port=$peer --headless >"$data/peer.log" 2>&1 &
    peer_pid=$!
    started+=($peer_pid)
    headers=("x-portkey-provider:openai" "authorization:Bearer x" "x-portkey-custom-host:http://127.0.0.1:$provider/v1")
    until curl -s -o /dev/null "http://127.0.0.1:$peer/"; do sleep 0.1; done
fi

for kind in plain stream; do load warm $ours 64 "${WARM:-5}" $kind 0 >/dev/null; done
for ((round = 1; round <= rounds; round++)); do
    for kind in plain stream; do
        for connections in 1 64; do
            load direct $provider $connections "$seconds" $kind 0
            load ours $ours $connections "$seconds" $kind $ours_pid
            if [ -n "${PORTKEY:-}" ]; then
                load portkey $peer $connections "$seconds" $kind $peer_pid "${headers[@]}"
            fi
        done
    done
done
if [ -n "${STREAMS:-}" ]; then load ours $ours "$STREAMS" "$seconds" slow $ours_pid; fi

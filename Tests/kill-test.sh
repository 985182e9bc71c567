#!/usr/bin/env bash
# Kills the program (SIGKILL) at random moments of a run, lets the same command go on to the end, and compares what it
# made with what an undisturbed run made: the output's SHA-256 and the report's spans.
#
#   Tests/kill-test.sh [kills, default 5]
#
# HYPERAUDIO: the program; INPUT: the programme; SEED: for the moments. The models must be installed.
set -euo pipefail

kills=${1:-5}
program=${HYPERAUDIO:-$(dirname "$0")/../.build/release/hyperaudio}
input=${INPUT:-$("$program" models path sample-call)/sample.wav}
RANDOM=${SEED:-$$}
home=$(mktemp -d)
child=
trap '[ -z "$child" ] || kill -KILL "$child" 2>/dev/null || true; rm -rf "$home"' EXIT

# Starts a run that writes $1.wav and works in the folder $1.
start() {
    "$program" replace "$input" --voice jf_alpha -o "$home/$1.wav" --work-dir "$home/$1" --quiet \
        >"$home/$1.log" 2>&1 &
    child=$!
}

finish() {
    if ! wait "$child"; then
        cat "$home/$1.log"
        exit 1
    fi
    child=
}

# What must be the same: the file, and where it differs from the input.
outcome() {
    sha256sum <"$home/$1.wav"
    sed -n '/^  "spans"/,/^  \]/p' "$home/$1"/*/report.json
}

began=$(date +%s%N)
start whole
finish whole
milliseconds=$((($(date +%s%N) - began) / 1000000))
expected=$(outcome whole)
echo "undisturbed: $((milliseconds / 1000)) s, ${expected%% *}"

killed=0
identical=0
while [ "$killed" -lt "$kills" ]; do
    name=run$killed
    # Two numbers of 15 bits give one large enough for any run.
    moment=$(((RANDOM * 32768 + RANDOM) % milliseconds))
    start "$name"
    sleep "$((moment / 1000)).$(printf %03d $((moment % 1000)))"
    if ! kill -KILL "$child" 2>/dev/null; then
        # It was faster than the undisturbed one.
        finish "$name"
        rm -rf "${home:?}/$name"*
        continue
    fi
    wait "$child" 2>/dev/null || true
    done=$(find "$home/$name" -name result.json 2>/dev/null | wc -l)
    start "$name"
    finish "$name"
    killed=$((killed + 1))
    if [ "$(outcome "$name")" = "$expected" ]; then
        identical=$((identical + 1))
        echo "killed after $moment ms with $done results finished: identical"
    else
        echo "killed after $moment ms with $done results finished: DIFFERENT"
    fi
    rm -rf "${home:?}/$name"*
done
echo "$killed kills, $identical identical"
[ "$identical" -eq "$killed" ]

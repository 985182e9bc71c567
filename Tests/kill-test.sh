#!/usr/bin/env bash
# Kills the program (SIGKILL) at random moments of a run, lets the same command go on to the end, and compares what it
# made with what an undisturbed run made: the output's SHA-256 and the report's spans.
#
#   Tests/kill-test.sh [kills, default 5]
#
# HYPERAUDIO: the program; INPUT: the programme; SEED: for the moments (printed, so that a run can be repeated). The
# models must be installed. A run that ends before its moment comes is not counted, one that ends by itself with an error
# ends the test.
set -euo pipefail

kills=${1:-5}
program=${HYPERAUDIO:-$(dirname "$0")/../.build/release/hyperaudio}
input=${INPUT:-$("$program" models path sample-call)/sample.wav}
seed=${SEED:-$$}
RANDOM=$seed
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
echo "undisturbed: $((milliseconds / 1000)) s, ${expected%% *}; seed $seed"
# There must be something to compare.
grep -q startSample <<<"$expected"

killed=0
identical=0
while [ "$killed" -lt "$kills" ]; do
    name=run$killed
    # Two numbers of 15 bits give one large enough for any run.
    moment=$(((RANDOM * 32768 + RANDOM) % milliseconds))
    start "$name"
    sleep "$((moment / 1000)).$(printf %03d $((moment % 1000)))"
    # A process that has ended and was not waited for can be killed, too: only its status tells.
    kill -KILL "$child" 2>/dev/null || true
    status=0
    wait "$child" 2>/dev/null || status=$?
    child=
    if [ "$status" -eq 0 ]; then
        rm -rf "${home:?}/$name"*
        continue
    elif [ "$status" -ne 137 ]; then
        echo "ended by itself with $status:"
        cat "$home/$name.log"
        exit 1
    fi
    results=$({ find "$home/$name" -name result.json 2>/dev/null || true; } | wc -l)
    delivered=$([ -e "$home/$name.wav" ] && echo ", the file delivered" || true)
    start "$name"
    finish "$name"
    killed=$((killed + 1))
    if [ "$(outcome "$name")" = "$expected" ]; then
        identical=$((identical + 1))
        echo "killed after $moment ms with $results results finished$delivered: identical"
    else
        echo "killed after $moment ms with $results results finished$delivered: DIFFERENT"
    fi
    rm -rf "${home:?}/$name"* "${home:?}/.draft-$name"*
done
echo "$killed kills, $identical identical"
[ "$identical" -eq "$killed" ]

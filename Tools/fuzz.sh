#!/usr/bin/env bash
# Fuzzes the readers of files from elsewhere with libFuzzer.
#
#   Tools/fuzz.sh [reader ...]
#
# FUZZ_SECONDS for each (60); what was learnt is kept in .build-fuzz/corpus, what broke in .build-fuzz/found. A reader
# is "media" or one of Tests/MutantTests/Readers.swift.
set -euo pipefail
cd "$(dirname "$0")/.."

readers=("$@")
((${#readers[@]})) || readers=(pickle pt npz zip wave onnx ctranslate2 rttm report results edits transcript
    configuration recipe suite "imported csv" "imported srt" media)

export HYPERAUDIO_FUZZ=1
build=(swift build -c release --scratch-path .build-fuzz -Xswiftc -enable-testing
    -Xswiftc -sanitize=fuzzer --product fuzz)
"${build[@]}"
program=.build-fuzz/release/fuzz
mkdir -p .build-fuzz/found
for reader in "${readers[@]}"; do
    corpus=".build-fuzz/corpus/$reader"
    mkdir -p "$corpus"
    echo "$reader"
    FUZZ_READER=$reader FUZZ_CORPUS=$corpus "$program" "$corpus" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 \
        -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 -artifact_prefix=".build-fuzz/found/${reader// /-}-" \
        2>&1 | grep -E "stat::number_of_executed|ERROR|SUMMARY|Fatal|found/|^#[0-9]+.*DONE" || true
done
if [ -n "$(ls .build-fuzz/found)" ]; then
    echo "Found: $(ls .build-fuzz/found)"
    exit 1
fi

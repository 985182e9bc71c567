#!/usr/bin/env bash
# Address sanitizer over the tests that need no models, thread sanitizer over the pure ones.
#
#   Tools/sanitize.sh [address|thread ...]
#
# Left out: tests with real models (minutes become hours), and the leak check (the Swift runtime keeps what it makes once);
# from the thread sanitizer, which makes all some ten times slower, what must end within a time and whole jobs.
# The child process that decodes has no limit of memory here: a sanitizer takes terabytes of address space.
set -euo pipefail
cd "$(dirname "$0")/.."

kinds=("$@")
((${#kinds[@]})) || kinds=(address thread)
# Optimised, with checks: debug builds of signal processing are 20-50 times slower.
flags=(-c release -Xswiftc -enable-testing)
for kind in "${kinds[@]}"; do
    scratch=.build-$kind
    swift build "${flags[@]}" --scratch-path "$scratch" --sanitize="$kind" --build-tests
    case $kind in
        address)
            export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1
            HYPERAUDIO_MODELS=/nonexistent MUTANTS=${MUTANTS:-300} \
                swift test "${flags[@]}" --scratch-path "$scratch" --sanitize="$kind" --skip-build \
                --skip 'itIsBoundAndLeavesNothingBehind|tooMuchMemoryIsSaid'
            ;;
        thread)
            export TSAN_OPTIONS=halt_on_error=1
            HYPERAUDIO_MODELS=/nonexistent \
                swift test "${flags[@]}" --scratch-path "$scratch" --sanitize="$kind" --skip-build \
                --filter 'AudioCoreTests|FilesTests|PipelineTests|StoreTests|CommandsTests.Batch' \
                --skip 'manyItemsAreClusteredInTime|alignsTwentyFiveSecondsQuickly' \
                --skip 'EditedRunTests|ReplaceJobTests|PlaygroundTests|ProjectExportTests|ListeningTests|TwoMicrophonesTests' \
                --skip 'VoiceFitJobTests|VoiceAnalysisTests|ReportPageTests'
            ;;
    esac
done

#!/usr/bin/env bash
# Goes through the commands as a new user would and writes down what they said: docs/tour.md, or the file named.
# Every command must end as it should; a file with a blank and an umlaut in its name takes part.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${HYPERAUDIO:-$PWD/.build/release/hyperaudio}
page=$(realpath -m "${1:-docs/tour.md}")
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export XDG_CACHE_HOME=$home/cache
talk="Frühstück mit Anna.wav"

mkdir "$home/work" && cp "$("$program" models path sample-call)/sample.wav" "$home/work/$talk"
cd "$home/work"
: > "$home/page"

say() { printf '%s\n\n' "$*" >> "$home/page"; }

# What a command prints, at most 24 lines, without what differs on every machine.
# tour 'COMMAND' [EXIT CODE]
tour() {
    local code=0 wanted=${2:-0}
    echo "\$ $1" >&2
    (PATH=$home/bin:$PATH eval "$1") > "$home/out" 2> "$home/err" < /dev/null || code=$?
    if [ "$code" != "$wanted" ]; then
        echo "ended with $code, not $wanted:" >&2
        cat "$home/out" "$home/err" >&2
        exit 1
    fi
    {
        printf '```\n$ %s\n' "$1"
        [ -s "$home/out" ] || cp "$home/err" "$home/out"
        sed -e "s#$home/work#.#g; s#$home/cache#~/.cache#g; s#$HOME#~#g" "$home/out" | cut -c1-150 > "$home/cut"
        head -n 24 "$home/cut"
        [ "$(wc -l < "$home/cut")" -le 24 ] || echo "... ($(($(wc -l < "$home/cut") - 24)) more lines)"
        [ "$code" = 0 ] || echo "(exit code $code)"
        printf '```\n\n'
    } >> "$home/page"
}

mkdir "$home/bin" && ln -s "$program" "$home/bin/hyperaudio"

say "# A tour"
say "Written by \`Tools/tour.sh\`, which continuous integration runs: every command below was run, in this order, on half a
minute of a real telephone talk, and ended as it should. Long outputs are cut."

say "## Who speaks, and what"
tour 'hyperaudio doctor'
tour "hyperaudio diarize '$talk'"
tour "hyperaudio transcribe '$talk' -o talk.srt --quiet && head -8 talk.srt"

tour "hyperaudio separate '$talk' --output-dir stems --quiet"
tour "hyperaudio analyse '$talk' --quiet | head -12"

say "## Another voice"
tour 'hyperaudio voices list'
tour 'hyperaudio models list'
tour "hyperaudio replace '$talk' --voice Speaker_A=jf_alpha -o 'neue Folge.flac' --quiet"
tour "hyperaudio report '$talk' --plots pictures && ls pictures | head -3"

say "## Corrected by hand"
tour "hyperaudio transcript export '$talk' -o words.csv && head -4 words.csv"
tour "hyperaudio speakers rename '$talk' Speaker_A Anna"
tour "hyperaudio edits keep '$talk' --from 8 --to 9.5 --label laugh"
tour "hyperaudio edits show '$talk'"
tour "hyperaudio replace '$talk' --voice Anna=jf_alpha -o 'neue Folge.flac' --force --quiet"
tour "hyperaudio edits undo '$talk'"
sed 's/Chicago/Boston/' words.csv > corrected.csv
tour "hyperaudio transcript import '$talk' corrected.csv"
tour "hyperaudio speakers split '$talk' Speaker_B --turns 1 --name Carl"
tour "hyperaudio speakers merge '$talk' Speaker_B Carl"
tour "hyperaudio speakers reassign '$talk' --turns 3 --to Speaker_A"
tour "hyperaudio edits take '$talk' --turn 0 --take 2"
tour "hyperaudio edits move '$talk' --turn 2 --to 9.8"
tour "hyperaudio edits mute '$talk' --from 22 --to 22.5"
tour "hyperaudio edits replace '$talk' --from 10 --to 10.6"
tour "hyperaudio edits show '$talk'"
tour "hyperaudio edits clear '$talk'"
tour "hyperaudio project export '$talk' --for audacity -o audacity && ls audacity"
tour "hyperaudio project export '$talk' --for reaper -o reaper && ls reaper"

say "## One stage at a time"
tour 'hyperaudio stage list'
tour "hyperaudio stage run --stage recognizer --input '$talk' --auto --set recognizer.beams=1 --quiet"
tour "hyperaudio stage run --stage recognizer --input '$talk' --auto --quiet"
tour 'hyperaudio stage list --stage any'
tour "hyperaudio stage profile --stage separator --input '$talk' --repeat 2 --quiet"
tour 'hyperaudio stage inspect --input "$(ls -d dev_cache/recognizer_* | head -1)" --no-files'
tour 'hyperaudio stage compare $(ls -d dev_cache/recognizer_* | head -2)'
tour "timeout --preserve-status -s INT 10 hyperaudio stage watch --stage preprocessor --input '$talk' --quiet" 130

say "## Configuration"
printf 'threads: 2\nrecognizer:\n  beams: 4\n' > hyperaudio.yaml
tour 'cat hyperaudio.yaml'
tour 'HYPERAUDIO_SYNTHESIZER_OVERLAP=mute hyperaudio config show --preset draft'
tour 'hyperaudio config reference | head -12'
printf 'recognizer:\n  beems: 4\n' > wrong.yaml
tour 'hyperaudio config show --config wrong.yaml' 65
rm hyperaudio.yaml wrong.yaml

say "## Many programmes, people known by voice"
tour "hyperaudio speakers learn Anna --from '$talk:Speaker_A' --store book.sqlite"
tour "hyperaudio speakers find '$talk' --store book.sqlite"
mkdir season && : > season/3.mp3
ffmpeg -v error -i "$talk" -t 16 season/1.wav
ffmpeg -v error -ss 12 -i "$talk" season/2.wav
printf 'people:\n  Anna: jm_kumo\noutputDir: new\n' > recipe.yaml
tour 'hyperaudio batch season/* --recipe recipe.yaml --store book.sqlite' 1
tour 'ls new'
mkdir incoming && cp season/1.wav incoming
tour 'hyperaudio batch --resume --store book.sqlite' 1
tour 'timeout --preserve-status -s INT 30 hyperaudio batch --watch incoming --recipe recipe.yaml --store book.sqlite'

say "## What was done"
tour 'hyperaudio runs list --store book.sqlite'
tour "hyperaudio runs show '$talk' --store book.sqlite"
tour "hyperaudio runs compare '$talk' season/1.wav --store book.sqlite"
tour 'hyperaudio runs trends --store book.sqlite'

say "## How good it is"
tour 'hyperaudio evaluate --help | head -12'
tour "hyperaudio evaluate listen '$talk' -o listen.html && ls listen.html"
tour "hyperaudio evaluate listen '$talk' -o listen.html" 73
tour "hyperaudio provenance 'neue Folge.flac' | head -8"
tour 'hyperaudio runs remove season/1.wav --store book.sqlite'

cp "$home/page" "$page"
echo "Wrote $page" >&2

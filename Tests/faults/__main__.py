"""Tries faults on the real program and counts what it survives.

    python3 Tests/faults [kind ...] [--kills 100] [--write docs/measurements.md]

Kinds: kills, edit-kills, full-disk, read-only, two, clocks, checkpoints, models, documents, memory, programmes, thirty, long;
all but the last by default. The models must be installed. What cannot be tried here (no root, no libfaketime) is said. Results
are kept in --results, so that kinds can be tried one by one; --write puts the table of all of them between the markers
of a file.
"""

import argparse
import datetime
import json
import pathlib
import random
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from bench import Bench, Skipped  # noqa: E402
from faults import ALL  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", choices=[*ALL, []], metavar="kind")
    parser.add_argument("--program", default=ROOT / ".build/release/hyperaudio")
    parser.add_argument("--audio", help="evaluation recordings, for music and 30 readers")
    parser.add_argument("--folder", default="/tmp", help="where to work")
    parser.add_argument("--results", default=ROOT / ".build/faults.json")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--hours", type=float, default=3, help="of the long programme")
    parser.add_argument("--start", type=float, default=6.6, help="where the cut of the sample call begins, s")
    parser.add_argument("--seconds", type=float, default=8.1)
    parser.add_argument("--patience", type=float, default=900, help="a command that takes longer hangs, s")
    parser.add_argument("--write", help="the file that holds the table")
    arguments = parser.parse_args()
    results = pathlib.Path(arguments.results)
    rows = json.loads(results.read_text()) if results.exists() else {}
    failed = False
    bench = Bench(arguments) if arguments.kinds or not arguments.write else None
    try:
        for kind in (arguments.kinds or [k for k in ALL if k != "long"]) if bench else []:
            print(f"{kind}: {ALL[kind].__doc__}", flush=True)
            try:
                tallies = [t.row() for t in ALL[kind](bench, arguments, random.Random(arguments.seed))]
            except Skipped as reason:
                print(f"  skipped: {reason}", flush=True)
                tallies = [{"fault": kind, "tried": 0, "survived": 0, "remark": f"skipped: {reason}", "failures": []}]
            for tally in tallies:
                failed |= tally["survived"] < tally["tried"]
                print(f"  {tally['fault']}: {tally['survived']} of {tally['tried']} survived", flush=True)
            rows[kind] = tallies
            results.parent.mkdir(parents=True, exist_ok=True)
            results.write_text(json.dumps(rows, indent=1))
    finally:
        if bench:
            bench.close()
    if arguments.write:
        write(pathlib.Path(arguments.write), rows)
    sys.exit(1 if failed else 0)


def write(file, rows):
    lines = ["| fault | tried | survived | |", "|---|---|---|---|"]
    for kind in [*ALL, *(k for k in rows if k not in ALL)]:
        for row in rows.get(kind, []):
            lines.append(f"| {row['fault']} | {row['tried']} | {row['survived']} | {row['remark']} |")
    text = file.read_text()
    begin, end = "<!-- faults -->", "<!-- /faults -->"
    if begin not in text:
        sys.exit(f"{file} has no marker {begin}")
    table = f"{begin}\nCounted {datetime.date.today()}.\n\n" + "\n".join(lines) + f"\n{end}"
    file.write_text(re.sub(f"{begin}.*?{end}", lambda _: table, text, flags=re.S))


main()

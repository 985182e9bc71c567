#!/usr/bin/env python3
"""The program beside what a user would pick instead: by turns, on the same audio, weights and cores.

    compare.py PART... --hyperaudio .build/release/hyperaudio --audio DIR --out DIR [--write docs/measurements.md]

Parts: recognition, synthesis, diarization, separation, fitting. Figures go to OUT/<part>.json
as they come, and --tables makes the tables of what is there. What is not timed is kept in OUT and not done again.
"""
import argparse
import importlib
import json
import os

from turns import Meter, write_section

PARTS = ["recognition", "synthesis", "diarization", "separation", "fitting"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=PARTS)
    parser.add_argument("--hyperaudio", default=".build/release/hyperaudio")
    parser.add_argument("--audio", default=os.environ.get("HYPERAUDIO_EVALUATION_AUDIO"))
    parser.add_argument("--out", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--lock", help="a file to lock while programs run")
    parser.add_argument("--few", action="store_true", help="only some recordings of each set")
    parser.add_argument("--nice", type=int, default=0, help="what the programs run at")
    parser.add_argument("--write", help="the document whose tables to replace")
    parser.add_argument("--tables", action="store_true", help="no measuring, only the tables of OUT")
    options = parser.parse_args()
    for name in options.parts or PARTS:
        part, out = importlib.import_module(name), os.path.join(os.path.abspath(options.out), name)
        os.makedirs(out, exist_ok=True)
        if not options.tables:
            meter = Meter(options.threads, out, options.lock, options.nice)
            results = []
            for result in part.measure(options, meter, out):
                results.append(result)
                with open(f"{out}.json", "w") as f:
                    json.dump(results, f, indent=1)
            meter.release()
        with open(f"{out}.json") as f:
            lines = part.tables(json.load(f))
        print("\n".join(lines), flush=True)
        if options.write:
            write_section(options.write, name, lines)


if __name__ == "__main__":
    main()

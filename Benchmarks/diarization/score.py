"""Scores who-speaks-when against the truth.

    python score.py TRUTH HYPOTHESIS [--by half]

TRUTH holds one folder a programme with `truth.rttm` (`programme.uem` too, where only a part is annotated) and, if
programmes are to be grouped, `meta.json` with {"set": "calls", "half": "dev"}; HYPOTHESIS holds `<programme>.rttm`, as
`hyperaudio diarize` writes it. A programme without a hypothesis is an error, not a gap in the table.

Columns:
  DER0   diarization error rate, overlap counted, no collar: miss + false alarm + confusion as shares of reference speech
         (pyannote.metrics)
  DER25  the same, leaving out 0.25 s on each side of every reference edge (pyannote.metrics' `collar` is the full
         width: 0.5)
  solo   share of the time in which the reference has one speaker that went to that speaker, by the mapping that is best
         for the whole programme; `found`: the same among the time in which any speech was found
  count  speakers found / speakers there

Set rows pool time over programmes.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from pyannote.core import Annotation, Segment, Timeline
from pyannote.metrics.diarization import DiarizationErrorRate

STEP_SECONDS = 0.01
PARTS = ("missed detection", "false alarm", "confusion")


def read_rttm(path):
    """Reads SPEAKER lines."""
    annotation = Annotation()
    for index, line in enumerate(path.read_text().splitlines()):
        fields = line.split()
        if fields and fields[0] == "SPEAKER":
            start, length = float(fields[3]), float(fields[4])
            annotation[Segment(start, start + length), index] = fields[7]
    return annotation.support()


def read_uem(path):
    """Reads the annotated stretches."""
    rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
    return Timeline([Segment(float(row[2]), float(row[3])) for row in rows])


def raster(annotation, speaker, count):
    """Marks the steps in which a speaker is active, [count]."""
    active = np.zeros(count, bool)
    for segment in annotation.label_timeline(speaker):
        active[round(segment.start / STEP_SECONDS) : round(segment.end / STEP_SECONDS)] = True
    return active


def solo_seconds(truth, guess, mapping, scope):
    """Seconds of one-speaker speech: given to the right person, found at all, there."""
    count = int(scope.extent().end / STEP_SECONDS) + 1
    inside = np.zeros(count, bool)
    for segment in scope:
        inside[round(segment.start / STEP_SECONDS) : round(segment.end / STEP_SECONDS)] = True
    reference = {speaker: raster(truth, speaker, count) for speaker in truth.labels()}
    heard = np.zeros(count, bool)
    right = np.zeros(count, bool)
    for label in guess.labels():
        active = raster(guess, label, count)
        heard |= active
        if mapping.get(label) in reference:
            right |= active & reference[mapping[label]]
    solo = (sum(active.astype(int) for active in reference.values()) == 1) & inside
    return np.array([(solo & right).sum(), (solo & heard).sum(), solo.sum()]) * STEP_SECONDS


def score(folder, hypotheses):
    """Scores one programme; every figure in seconds, so that programmes can be pooled."""
    truth = read_rttm(folder / "truth.rttm")
    guess = read_rttm(hypotheses / f"{folder.name}.rttm")
    uem = folder / "programme.uem"
    end = max((segment.end for segment in truth.get_timeline() | guess.get_timeline()), default=0)
    scope = read_uem(uem) if uem.exists() else Timeline([Segment(0, end)])
    seconds = {}
    for name, collar in (("0", 0.0), ("25", 0.5)):
        parts = DiarizationErrorRate(collar=collar)(truth, guess, uem=scope, detailed=True)
        seconds[name] = np.array([parts[part] for part in PARTS] + [parts["total"]])
    mapping = DiarizationErrorRate().optimal_mapping(truth, guess, uem=scope)
    return {
        "der": seconds["0"],
        "collared": seconds["25"],
        "solo": solo_seconds(truth, guess, mapping, scope),
        "found": len(guess.labels()),
        "there": len(truth.labels()),
    }


def share(part, whole):
    """A percentage, or a dash where there is nothing to share."""
    return f"{100 * part / whole:6.1f}" if whole > 0 else "     -"


def row(name, result, count):
    """One line of the table."""
    der, collared, solo = result["der"], result["collared"], result["solo"]
    parts = "/".join(share(part, der[3]).strip() for part in der[:3])
    return (
        f"{name:32} {share(der[:3].sum(), der[3])} {parts:>16} {share(collared[:3].sum(), collared[3])}"
        f" {share(solo[0], solo[2])} {share(solo[0], solo[1])}  {count}"
    )


def main():
    """Prints a line a programme and a line a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("truth", type=Path)
    parser.add_argument("hypothesis", type=Path)
    parser.add_argument("--by", action="append", default=[], help="group by a further key of meta.json")
    parser.add_argument("--sets", action="store_true", help="print sets only")
    arguments = parser.parse_args()

    print(f"{'':32} {'DER0':>6} {'miss/FA/conf':>16} {'DER25':>6} {'solo':>6} {'found':>6}  count")
    pooled = {}
    for folder in sorted(path.parent for path in arguments.truth.glob("*/truth.rttm")):
        meta_file = folder / "meta.json"
        meta = json.loads(meta_file.read_text()) if meta_file.exists() else {}
        result = score(folder, arguments.hypothesis)
        if not arguments.sets:
            print(row(folder.name, result, f"{result['found']}/{result['there']}"))
        key = " ".join(str(meta.get(name, "")) for name in ["set", *arguments.by])
        pooled.setdefault(key, []).append(result)
    for key, results in sorted(pooled.items()):
        summed = {name: sum(result[name] for result in results) for name in ("der", "collared", "solo")}
        right = sum(result["found"] == result["there"] for result in results)
        print(row(f"= {key}", summed, f"{right} of {len(results)} right"))


if __name__ == "__main__":
    main()

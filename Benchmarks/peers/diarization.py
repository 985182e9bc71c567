"""Who speaks when: other programs with the same segmentation or embedding weights."""
import json
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import soundfile

from turns import HERE, Side, costs, peer, ratios, table, versions
from judges import load, speech_mask

sys.path.insert(0, os.path.join(os.path.dirname(HERE), "diarization"))
from score import read_rttm, score  # noqa: E402

RATE, PAUSE_SECONDS, TIMED = 16000, 0.3, "fullband"
FEW = ["fullband", "music-under", "SNG1263"]
MINIMUM_SECONDS = 2  # one of the meeting clips holds half a second of speech; ours refuses it
THRESHOLDS = [0.4, 0.5, 0.6, 0.7045654963945799, 0.8]
PUBLISHED = THRESHOLDS[3]
OURS, PYANNOTE = "hyperaudio diarize", "pyannote.audio's pipeline"
SETS = ["podcasts", "calls", "meetings"]


def recordings(audio):
    """Recordings with their truth and, where there are any, each speaker's own sound."""
    for name in sorted(d.name for d in os.scandir(f"{audio}/podcasts") if d.is_dir()):
        folder = f"{audio}/podcasts/{name}"
        stems = {f[8:-5]: load(f"{folder}/{f}", RATE)[0] for f in os.listdir(folder) if f.startswith("speaker-")}
        yield "podcasts", name, load(f"{folder}/mixture.flac", RATE)[0], f"{folder}/truth.rttm", stems
    for name in sorted(f[:-5] for f in os.listdir(f"{audio}/spokenwoz") if f.endswith(".flac")):
        yield ("calls", name, load(f"{audio}/spokenwoz/{name}.flac", RATE)[0], f"{audio}/spokenwoz/{name}.rttm",
               channels(f"{audio}/spokenwoz/{name}"))
    for name in sorted(f[:-4] for f in os.listdir(f"{audio}/ami") if f.endswith(".wav")):
        yield "meetings", name, load(f"{audio}/ami/{name}.wav", RATE)[0], f"{audio}/ami/{name}.rttm", {}


def channels(path):
    """Each speaker's channel: the one that is louder in that speaker's turns."""
    both, _ = load(f"{path}.flac", RATE, mono=False)
    truth = read_rttm(Path(f"{path}.rttm"))
    stems = {}
    for speaker in truth.labels():
        inside = np.zeros(len(both), bool)
        for turn in truth.label_timeline(speaker):
            inside[int(turn.start * RATE):int(turn.end * RATE)] = True
        stems[speaker] = both[:, np.argmax((both[inside] ** 2).mean(axis=0))]
    return stems


def lay_out(options, out):
    """The clips as 16 kHz mono, 16 bit; the truth less the pauses from 0.3 s on, which annotators count as speech."""
    for group, name, sound, rttm, stems in recordings(options.audio):
        folder = Path(out, "truth", name)
        folder.mkdir(parents=True, exist_ok=True)
        soundfile.write(f"{out}/{name}.wav", sound, RATE, "PCM_16")
        truth, lines = read_rttm(Path(rttm)), []
        for speaker in truth.labels():
            spoken = speech_mask(stems[speaker], RATE) if speaker in stems else np.ones(len(sound), bool)
            for turn in truth.label_timeline(speaker):
                at = int(turn.start * RATE)
                for start, end in stretches(spoken[at:int(turn.end * RATE)]):
                    lines.append(f"SPEAKER {name} 1 {(at + start) / RATE:.3f} {(end - start) / RATE:.3f} <NA> <NA> "
                                 f"{speaker} <NA> <NA>\n")
        (folder / "truth.rttm").write_text("".join(lines))
        if sum(float(line.split()[4]) for line in lines) >= MINIMUM_SECONDS:
            yield group, name, len(sound) / RATE


def stretches(spoken):
    """Runs of speech, shorter pauses closed."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], spoken.astype(int), [0]])))
    runs = []
    for start, end in zip(edges[::2], edges[1::2]):
        if runs and start - runs[-1][1] < PAUSE_SECONDS * RATE:
            runs[-1][1] = end
        else:
            runs.append([start, end])
    return runs


class Places:
    """Where the programs write their turns."""

    def __init__(self, out):
        self.out = out
        self.folders = {OURS: "ours", "senko": "senko", **{at(t): f"pyannote-{t:.2f}" for t in THRESHOLDS}}
        for folder in self.folders.values():
            os.makedirs(f"{out}/{folder}", exist_ok=True)

    def rttm(self, side, name):
        return f"{self.out}/{self.folders[side]}/{name}.rttm"


def at(threshold):
    return f"{PYANNOTE}, threshold {threshold:.2f}"


def ours(options, name, places, threads):
    work = f"{places.out}/work"
    command = [options.hyperaudio, "diarize", f"{places.out}/{name}.wav", "--no-words", "--json", "--quiet",
               "--force", "--rttm", places.rttm(OURS, name), "--threads", str(threads), "--work-dir", work]
    return Side(OURS, command, lambda: shutil.rmtree(work, ignore_errors=True))


def theirs(names, places, threads, thresholds):
    files = [f"{places.out}/{name}.wav" for name in names]
    outs = [[places.rttm(at(t), name) for t in thresholds] for name in names]
    return [Side("senko", peer("senko", files=files, threads=threads, outs=[places.rttm("senko", n) for n in names])),
            Side(at(PUBLISHED), peer("pyannote", files=files, threads=threads, thresholds=thresholds, outs=outs))]


def measure(options, meter, out):
    places = Places(out)
    clips = [c for c in lay_out(options, out) if not options.few or c[0] == "meetings" or c[1] in FEW]
    for group in reversed(SETS):
        mine = [clip for clip in clips if clip[0] == group]
        names = [name for _, name, _ in mine]
        meter.once([ours(options, name, places, 1) for name in names] + theirs(names, places, 1, THRESHOLDS))
        for _, name, seconds in mine:
            runs = {}
            if name == TIMED:
                both = [ours(options, name, places, options.threads),
                        *theirs([name], places, options.threads, [PUBLISHED])]
                runs = {side.name: [r.figures for r in side.runs] for side in meter.by_turns(both, options.rounds)}
            for side, folder in places.folders.items():
                figures = score(Path(out, "truth", name), Path(out, folder))
                print(f"{name:20s} {side:46s} {figures['found']} of {figures['there']}", flush=True)
                yield dict(set=group, name=name, side=side, seconds=seconds, runs=runs.get(side, []),
                           **{k: v.tolist() if hasattr(v, "tolist") else v for k, v in figures.items()})


def pooled(results):
    if not results:
        return [""] * 3
    der, collared, solo = (np.sum([r[key] for r in results], axis=0) for key in ("der", "collared", "solo"))
    right = sum(r["found"] == r["there"] for r in results)
    return [f"{100 * der[:3].sum() / der[3]:.1f} / {100 * collared[:3].sum() / collared[3]:.1f}",
            f"{100 * solo[0] / solo[2]:.1f}", f"{right} of {len(results)}"]


def tables(results):
    names = list(dict.fromkeys(r["side"] for r in results))
    mine = {name: [r for r in results if r["side"] == name] for name in names}
    rows = []
    for name in names:
        cells = [cell for group in SETS for cell in pooled([r for r in mine[name] if r["set"] == group])]
        rows.append([name] + cells)
    head = [""] + [f"{group}: {what}" for group in SETS for what in ("DER, % (collar 0 / 0.25 s)", "solo right, %",
                                                                     "count right")]
    timed = {r["side"]: r for r in results if r["runs"]}
    kinds = [name for name in (OURS, "senko", at(PUBLISHED)) if name in names]
    speed = [[name] + costs(r["runs"], r["seconds"]) + [ratios(timed[OURS]["runs"], r["runs"], k) for k in range(3)]
             for name, r in timed.items()]
    clip = lambda name: [f"{100 * sum(r['der'][:3]) / r['der'][3]:.0f}, {100 * r['solo'][0] / r['solo'][2]:.0f}, "
                         f"{r['found']} of {r['there']}" if r["der"][3] else "-"
                         for side in kinds for r in results if r["side"] == side and r["name"] == name]
    return [f"{versions('senko', 'pyannote.audio', 'torch')}. Senko has our CAM++ weights (with the superfluous ReLU) "
            "and, on a processor, Silero for speech; its filterbank needs AVX-512, without it torchaudio's stands in. "
            "pyannote.audio's pipeline has our segmentation weights and the settings of its version 3.1, whose "
            "embedding (WeSpeaker) no registry carries: CAM++ (ours, without the ReLU) stands in, and the clustering "
            f"threshold is swept around the published {PUBLISHED:.2f}, chosen for the other embedding. The best row of "
            "the sweep is chosen on these very clips, to its advantage. VBx (community-1) cannot be run without "
            "its PLDA.", "",
            *table(head, rows), "",
            *table([TIMED, "x real time", "processor s / s", "peak MB", "clock, theirs over ours", "processor",
                    "memory"], speed), "",
            *table(["DER without collar, solo right, speakers found of those there", *kinds],
                   [[name, *clip(name)] for name in dict.fromkeys(r["name"] for r in results)])]

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


def sides(options, name, out, threads):
    wav = f"{out}/{name}.wav"
    place = lambda side: os.makedirs(f"{out}/{side}", exist_ok=True) or f"{out}/{side}/{name}.rttm"
    work = f"{out}/work"
    ours = [options.hyperaudio, "diarize", wav, "--no-words", "--json", "--quiet", "--rttm", place("ours"), "--threads",
            str(threads), "--work-dir", work]
    return [Side(OURS, ours, lambda: shutil.rmtree(work, ignore_errors=True)),
            Side("senko", peer("senko", file=wav, threads=threads, out=place("senko"))),
            Side(PYANNOTE, peer(
                "pyannote", file=wav, threads=threads, thresholds=[PUBLISHED],
                outs=[place(pyannote_folder(PUBLISHED))]))]


def pyannote_folder(threshold):
    return f"pyannote-{threshold:.2f}"


def measure(options, meter, out):
    for threshold in THRESHOLDS:
        os.makedirs(f"{out}/{pyannote_folder(threshold)}", exist_ok=True)
    clips = sorted(lay_out(options, out), key=lambda clip: (clip[1] == TIMED, clip[2]))
    if options.few:
        clips = [clip for clip in clips if clip[0] == "meetings" or clip[1] in FEW]
    folders = {OURS: "ours", "senko": "senko",
               **{f"{PYANNOTE}, threshold {t:.2f}": pyannote_folder(t) for t in THRESHOLDS}}
    for group, name, seconds in clips:
        timed = name == TIMED
        compared = sides(options, name, out, options.threads if timed else 1)
        if timed:
            meter.by_turns(compared, options.rounds)
        else:
            meter.once(compared[:2])
        job = (f"{out}/{name}.wav", [f"{out}/{pyannote_folder(t)}/{name}.rttm" for t in THRESHOLDS])
        meter.once([Side(PYANNOTE, peer("pyannote_sweep", jobs=[job], threads=1, thresholds=THRESHOLDS))])
        runs = {side.name: [r.figures for r in side.runs] for side in compared}
        runs[f"{PYANNOTE}, threshold {PUBLISHED:.2f}"] = runs.pop(PYANNOTE)
        for side, folder in folders.items():
            figures = score(Path(out, "truth", name), Path(out, folder))
            print(f"{name:20s} {side:46s} {figures['found']} of {figures['there']}", flush=True)
            yield dict(set=group, name=name, side=side, seconds=seconds, timed=timed, runs=runs.get(side, []),
                       **{key: value.tolist() if hasattr(value, "tolist") else value for key, value in figures.items()})


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
    timed = {r["side"]: r for r in results if r["timed"] and r["runs"]}
    kinds = [OURS, "senko", f"{PYANNOTE}, threshold {PUBLISHED:.2f}"]
    speed = [[name] + costs(r["runs"], r["seconds"]) + [ratios(timed[OURS]["runs"], r["runs"], k) for k in range(3)]
             for name, r in timed.items()]
    clip = lambda name: [f"{100 * sum(r['der'][:3]) / r['der'][3]:.0f}, {100 * r['solo'][0] / r['solo'][2]:.0f}, "
                         f"{r['found']} of {r['there']}" if r["der"][3] else "-"
                         for side in kinds for r in results if r["side"] == side and r["name"] == name]
    return [f"({versions('senko', 'pyannote.audio', 'torch')})", "", *table(head, rows), "",
            *table([TIMED, "x real time", "processor s / s", "peak MB", "clock, theirs over ours", "processor",
                    "memory"], speed), "",
            *table(["DER without collar, solo right, speakers found of those there", *kinds],
                   [[name, *clip(name)] for name in dict.fromkeys(r["name"] for r in results)])]

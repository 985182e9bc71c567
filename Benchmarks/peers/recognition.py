"""Writing down words: the same Whisper base weights in three programs."""
import csv
import difflib
import os
import shutil

import numpy as np
import soundfile

from turns import MODELS, Side, costs, peer, ratios, table, versions
from judges import load, normalise, word_errors

GAP_SECONDS = 0.5
READERS = ["2609", "367", "1688"]
PODCASTS = ["two-hosts", "music-under"]
TIMIT_SPEAKERS = 6

WHOLE, ALONE = "hyperaudio transcribe", "- its recognizer alone"


def join(files, out):
    """One 16 kHz programme of several recordings with silence between; where each begins, in seconds."""
    parts, starts, at = [], [], 0
    for file in files:
        sound, _ = load(file, 16000)
        starts.append(at / 16000)
        parts += [sound, np.zeros(int(GAP_SECONDS * 16000))]
        at += len(sound) + len(parts[-1])
    soundfile.write(out, np.concatenate(parts), 16000)
    return starts


def readers(audio, out):
    text = {row["utt"]: row["text"] for row in
            csv.DictReader(open(f"{audio}/librispeech/transcripts.tsv"), delimiter="\t")}
    for reader in READERS:
        folder = f"{audio}/librispeech/{reader}"
        names = sorted(f[:-5] for f in os.listdir(folder) if f.endswith(".flac"))
        join([f"{folder}/{name}.flac" for name in names], f"{out}/{reader}.wav")
        yield dict(set="readers", name=reader, file=f"{out}/{reader}.wav", text=" ".join(text[n] for n in names))


def podcasts(audio):
    for name in PODCASTS:
        turns = sorted(csv.DictReader(open(f"{audio}/podcasts/{name}/turns.tsv"), delimiter="\t"),
                       key=lambda turn: float(turn["start"]))
        yield dict(set="podcasts", name=name, file=f"{audio}/podcasts/{name}/mixture.flac",
                   text=" ".join(turn["text"] for turn in turns))


def timit(audio, out):
    """A speaker's sentences one after another, with the hand-made word onsets; not the two that everybody reads."""
    for speaker in sorted(d for d in os.listdir(f"{audio}/timit") if d.startswith("dr"))[:TIMIT_SPEAKERS]:
        folder = f"{audio}/timit/{speaker}"
        names = sorted(f[:-4] for f in os.listdir(folder) if f.endswith(".wav") and not f.startswith("sa"))
        starts = join([f"{folder}/{name}.wav" for name in names], f"{out}/{speaker}.wav")
        words = []
        for name, start in zip(names, starts):
            for line in open(f"{folder}/{name}.wrd"):
                first, _, word = line.split()
                words.append((word, start + int(first) / 16000))
        yield dict(set="TIMIT", name=speaker, file=f"{out}/{speaker}.wav", text=" ".join(w for w, _ in words),
                   onsets=words)


def onset_errors(truth, found):
    """Milliseconds late of every word that both have."""
    norm = lambda pairs: [(n, at) for word, at in pairs for n in normalise(word).split()]
    truth, found = norm(truth), norm(found)
    same = difflib.SequenceMatcher(None, [w for w, _ in truth], [w for w, _ in found], autojunk=False)
    return [1000 * (found[b + k][1] - truth[a + k][1]) for a, b, n in same.get_matching_blocks() for k in range(n)]


def our_words(said):
    words = [w for passage in said["passages"] for w in passage["words"]]
    return [(w["text"], w["start"], w["end"]) for w in sorted(words, key=lambda w: w["start"])]


def sides(options, item, out, timed):
    """Ours as a whole command (which also finds the speakers and takes out music) and its recognizer alone."""
    work = f"{out}/work-{item['name']}"

    def forget(stage):
        for run in os.listdir(work) if os.path.isdir(work) else []:
            shutil.rmtree(f"{work}/{run}/{stage}", ignore_errors=True)

    threads = options.threads if timed else 1
    ours = [options.hyperaudio, "transcribe", item["file"], "--language", "en", "--json", "--quiet", "--threads",
            str(threads), "--work-dir", work]
    whisper = dict(file=item["file"], threads=threads)
    return [Side(WHOLE, ours, lambda: shutil.rmtree(work, ignore_errors=True)),
            Side(ALONE, ours, lambda: forget("stages/recognizer")),
            Side("faster-whisper, float32", peer("faster_whisper", **whisper, precision="float32")),
            Side("faster-whisper, int8", peer("faster_whisper", **whisper, precision="int8")),
            Side("whisper.cpp, float16", peer("whisper_cpp", **whisper, model=f"{out}/ggml-base.bin"))]


def measure(options, meter, out):
    import ggml
    ggml.write(f"{MODELS}/whisper-base", f"{out}/ggml-base.bin")
    sets = [list(timit(options.audio, out)), list(podcasts(options.audio)), list(readers(options.audio, out))]
    if options.few:
        sets = [sets[0][:2], sets[1][1:], sets[2][2:]]
    items = [item for group in reversed(sets) for item in group]
    for item in items:
        timed = item["name"] == READERS[-1]
        compared = sides(options, item, out, timed)
        if timed:
            meter.by_turns(compared, options.rounds)
        else:
            del compared[1]
            meter.once(compared)
        seconds = soundfile.info(item["file"]).duration
        for side in compared:
            said = side.runs[-1].said
            words = our_words(said) if "passages" in said else said["words"]
            errors, count, _ = word_errors(item["text"], " ".join(w[0] for w in words))
            print(f"{item['name']:20s} {side.name:26s} WER {100 * errors / count:.1f} %", flush=True)
            yield dict(set=item["set"], name=item["name"], side=side.name, seconds=seconds, timed=timed, errors=errors,
                       words=count, runs=[r.figures for r in side.runs],
                       late=onset_errors(item["onsets"], [w[:2] for w in words]) if "onsets" in item else None)


def tables(results):
    names = list(dict.fromkeys(r["side"] for r in results))
    timed = [r for r in results if r["timed"]]
    rows = []
    for name in names:
        mine = [r for r in results if r["side"] == name]
        row = [name]
        for group in ("readers", "podcasts"):
            chosen = [r for r in mine if r["set"] == group]
            errors, words = sum(r["errors"] for r in chosen), sum(r["words"] for r in chosen)
            row.append(f"{100 * errors / words:.1f} %" if chosen else "")
        late = np.array([late for r in mine for late in r["late"] or []])
        off = abs(late)
        row += [f"{len(off)}: {np.median(off):.0f}, {np.percentile(off, 90):.0f}, {np.median(late):+.0f} ms",
                f"{100 * (off <= 50).mean():.0f} %"] if len(off) else ["", ""]
        speed = next((r for r in timed if r["side"] == name), None)
        rows.append(row + (costs(speed["runs"], speed["seconds"]) if speed else [""] * 3))
    head = ["", "word errors, readers", "podcasts", "onsets, TIMIT: words, median, p90, bias", "within 50 ms",
            "x real time", "processor s / s", "peak MB"]
    lines = table(head, rows)
    runs = {r["side"]: r["runs"] for r in timed}
    if runs:
        ours, alone = runs[WHOLE], runs[ALONE]
        lines += ["", "Turn by turn on one reader, the peer's over ours (above 1: ours needs less):", "", *table(
            ["", "clock, whole command", "clock, recognizer alone", "processor, whole command",
             "processor, recognizer alone", "peak memory"],
            [[name] + [ratios(mine, theirs, k) for k in (0, 1) for mine in (ours, alone)] + [ratios(ours, theirs, 2)]
             for name, theirs in runs.items() if name not in (WHOLE, ALONE)])]
    count = lambda group, what: sum(r[what] for r in results if r["set"] == group and r["side"] == WHOLE)
    return [f"Whisper base ({versions('faster-whisper', 'ctranslate2', 'pywhispercpp')}; ours: the same CTranslate2 "
            "file; whisper.cpp: the same weights made into a ggml file by `ggml.py`), beam 5, English given, each with "
            f"its own defaults else. {count('readers', 'words')} words of readers, {count('podcasts', 'words')} of "
            "podcasts, normaliser of `judges.py`, jiwer.", ""] + lines

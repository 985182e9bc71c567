"""Measures how surely the speaker book finds somebody in another episode.

    python measure.py --hyperaudio PROGRAM --audio $HYPERAUDIO_EVALUATION_AUDIO --out OUT

Makes episodes of two people each from recordings whose speakers are known, lets `hyperaudio diarize` find the speakers,
takes the voice prints it leaves in its run folders (the ones the speaker book learns and compares), and compares every
print with every other whose speech does not come from the same utterances.

People are divided into two halves. The threshold is chosen on one and checked on the other, whose people had no part in
choosing it. Each person's speech is divided into pieces of about --seconds seconds; a piece is used in one episode under
one condition (as it is; over music at 10 dB; in a room; as a telephone hears it), so that episodes differ as real ones do.
What is the same all along is the person's microphone and day, as most of these recordings were made in one sitting: real
episodes are further apart than these.

At last, people of the mixed podcasts are learnt from utterances that are not in them and looked for there.

Columns: false accepts (a stranger's print at or above the threshold), false rejects (the same person's below it), the
rate where both are equal, and all of it with a person learnt from one piece or from three.
"""

import argparse
import itertools
import json
import subprocess
from pathlib import Path

import numpy as np
import soundfile
import soxr
from scipy import signal

RATE = 44100
PAUSE_SECONDS = 0.6
# A print says nothing about the diarizer's mistakes when most of its speech is one person's.
PURITY = 0.8


def load(path, rate=RATE):
    """Mono samples at `rate`."""
    samples, native = soundfile.read(path, always_2d=True)
    return soxr.resample(samples.mean(axis=1), native, rate)


def people(audio):
    """(half, set, person) -> list of utterances; the halves are balanced by set."""
    found = {}

    def add(half, group, person, utterances):
        found[(half, group, person)] = [u for u in utterances if len(u) > 0.3 * RATE]

    for index, reader in enumerate(["1688", "2609", "2033", "3080", "367"]):
        files = sorted((audio / "librispeech" / reader).glob("*.flac"))
        add(index % 2, "librispeech", reader, [load(f) for f in files])
    for index, folder in enumerate(sorted((audio / "timit").glob("dr*"))):
        # sa1 and sa2 are the same sentences for everybody.
        files = [f for f in sorted(folder.glob("*.wav")) if not f.name.startswith("sa")]
        add(index // 2 % 2, "timit", folder.name, [load(f) for f in files])
    add(1, "ljspeech", "lj", [load(f) for f in sorted((audio / "ljspeech").glob("*.flac"))[:20]])
    for index, file in enumerate(sorted((audio / "fullband44k").glob("*.flac"))):
        add(index % 2, "fullband", file.name.split("_")[0], split(load(file)))
    for index, call in enumerate(["MUL1423", "SNG1263", "SNG0480"]):
        samples, native = soundfile.read(audio / "spokenwoz" / f"{call}.flac", always_2d=True)
        for channel, name in enumerate("AB"):
            turns = [line.split() for line in (audio / "spokenwoz" / f"{call}.rttm").read_text().splitlines()]
            spans = [(float(t[3]), float(t[4])) for t in turns if t[7] == name]
            cut = [samples[int(s * native):int((s + d) * native), channel] for s, d in spans]
            add(index % 2, "calls", f"{call}-{name}", [soxr.resample(c, native, RATE) for c in cut])
    return found


def split(samples, seconds=3.0):
    step = int(seconds * RATE)
    return [samples[i:i + step] for i in range(0, len(samples), step)]


def pieces(utterances, seconds):
    """Lists of utterances of at least `seconds` in all, none used twice."""
    made, now, length = [], [], 0.0
    for utterance in utterances:
        now.append(utterance)
        length += len(utterance) / RATE
        if length >= seconds:
            made.append(now)
            now, length = [], 0.0
    return made


def level(samples, decibels):
    return samples * 10 ** (decibels / 20) / max(1e-9, np.sqrt(np.mean(samples ** 2)))


def condition(samples, kind, audio, rng):
    """An episode as it is, over music, in a room, or on the telephone."""
    if kind == "music":
        files = sorted((audio / "music").glob("*.ogg"))
        music = load(files[rng.integers(len(files))])
        start = rng.integers(max(1, len(music) - len(samples)))
        bed = np.resize(music[start:], len(samples))
        return samples + level(bed, -36)
    if kind == "room":
        rir = load(audio / "noise_rir" / "RIRs" / f"rir{rng.integers(1, 5)}.wav")
        return level(signal.fftconvolve(samples, rir)[:len(samples)], -26)
    if kind == "telephone":
        band = signal.butter(4, [300, 3400], "bandpass", fs=RATE, output="sos")
        narrow = soxr.resample(signal.sosfilt(band, samples), RATE, 8000)
        peak = np.abs(narrow).max()
        # mu-law, 8 bits.
        coded = np.sign(narrow) * np.log1p(255 * np.abs(narrow) / peak) / np.log(256)
        coded = np.round(coded * 127) / 127
        wide = np.sign(coded) * np.expm1(np.abs(coded) * np.log(256)) / 255 * peak
        return soxr.resample(wide, 8000, RATE)[:len(samples)]
    return samples


def episodes(known, audio, seconds, rng):
    """(half, condition, samples, [(person, piece, start, end)])."""
    made = []
    for half in (0, 1):
        waiting = {
            (group, person): [(index, piece) for index, piece in enumerate(pieces(u, seconds))]
            for (h, group, person), u in known.items() if h == half
        }
        conditions = itertools.cycle(["as it is", "music", "room", "telephone"])
        while sum(1 for p in waiting.values() if p) >= 2:
            # Those with most left to say, so that all is used.
            order = sorted(waiting, key=lambda k: (-len(waiting[k]), k))
            first, second = order[0], order[1 + rng.integers(min(3, sum(1 for p in waiting.values() if p) - 1))]
            turns = [(who, *waiting[who].pop(0)) for who in (first, second)]
            samples, spans, place = [np.zeros(RATE // 2)], [], RATE // 2
            for line in itertools.zip_longest(*[[(who, index, u) for u in piece] for who, index, piece in turns]):
                for who, index, utterance in (t for t in line if t):
                    samples += [level(utterance, -26), np.zeros(int(PAUSE_SECONDS * RATE))]
                    spans.append((who, index, place / RATE, (place + len(utterance)) / RATE))
                    place += len(utterance) + int(PAUSE_SECONDS * RATE)
            kind = next(conditions)
            made.append((half, kind, condition(np.concatenate(samples), kind, audio, rng), spans))
    return made


def prints_of(program, file, work, spans):
    """The diarizer's voice prints with whose they are; people it mixed up are left out and counted."""
    subprocess.run(
        [program, "diarize", file, "--no-words", "--quiet", "--json", "--threads", "1", "--work-dir", work],
        check=True, stdout=subprocess.DEVNULL)
    run = next(p for p in Path(work).iterdir() if p.name.startswith(file.stem + "-"))
    result = json.loads(next((run / "stages" / "diarizer").glob("*/result.json")).read_text())
    diarization = result["product"]["diarization"]
    found = []
    for speaker, vector in diarization["voicePrints"].items():
        shares, total = {}, 0.0
        for turn in diarization["turns"]:
            if turn["speaker"] != speaker:
                continue
            start, end = turn["span"]["start"], turn["span"]["end"]
            total += end - start
            for who, piece, s, e in spans:
                shares[(who, piece)] = shares.get((who, piece), 0) + max(0, min(e, end) - max(s, start))
        (who, piece), share = max(shares.items(), key=lambda item: item[1])
        spoken = sum(shares.values())
        found.append((who, piece, share / max(spoken, 1e-9), total, vector))
    return found


def trials(prints, learnt, crossing=False):
    """Cosines of the same person and of strangers; people learnt from `learnt` pieces, tested on the others.

    crossing: only where the condition tested is none of those learnt from.
    """
    same, different = [], []
    by_person = {}
    for p in prints:
        by_person.setdefault(p["person"], []).append(p)
    for person, mine in by_person.items():
        for group in itertools.combinations(mine, learnt):
            centre = np.sum([g["vector"] for g in group], axis=0)
            centre /= np.linalg.norm(centre)
            used = {(g["person"], g["piece"]) for g in group}
            episodes_used = {g["episode"] for g in group}
            for p in prints:
                if (p["person"], p["piece"]) in used:
                    continue
                if crossing and p["condition"] in {g["condition"] for g in group}:
                    continue
                cosine = float(np.dot(centre, p["vector"]))
                if p["person"] == person:
                    same.append(cosine)
                # Both sides of a call may be the same agent in another call; and the same episode's other speaker is
                # what the diarizer already told apart.
                elif p["episode"] not in episodes_used and not (p["set"] == "calls" and mine[0]["set"] == "calls"):
                    different.append(cosine)
    return np.array(same), np.array(different)


def rates(same, different, threshold):
    return float(np.mean(different >= threshold)), float(np.mean(same < threshold))


def equal_error(same, different):
    thresholds = np.sort(np.concatenate([same, different]))
    pairs = [(max(rates(same, different, t)), t) for t in thresholds[::max(1, len(thresholds) // 2000)]]
    return min(pairs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hyperaudio", required=True)
    parser.add_argument("--audio", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, nargs="+", default=[8.0, 20.0])
    parser.add_argument("--thresholds", type=float, nargs="*", default=[])
    options = parser.parse_args()
    known = people(options.audio)
    for seconds in options.seconds:
        name = f"{seconds:g}s"
        cache = options.out / f"prints-{name}.json"
        if not cache.exists():
            cache.parent.mkdir(parents=True, exist_ok=True)
            rng = np.random.default_rng(4)
            prints, mixed = [], 0
            for number, (half, kind, samples, spans) in enumerate(episodes(known, options.audio, seconds, rng)):
                file = options.out / f"episode{name}-{number:03d}.flac"
                soundfile.write(file, np.clip(samples, -1, 1), RATE)
                for who, piece, purity, spoken, vector in prints_of(
                        options.hyperaudio, file, options.out / "work", spans):
                    mixed += purity < PURITY
                    if purity >= PURITY:
                        prints.append({
                            "half": half, "condition": kind, "set": who[0], "person": who[1], "piece": piece,
                            "episode": number, "seconds": spoken, "vector": vector})
            cache.write_text(json.dumps({"prints": prints, "mixed": int(mixed)}))
        data = json.loads(cache.read_text())
        print(f"\npieces of {name}: {len(data['prints'])} voice prints, {data['mixed']} more of people mixed up")
        for learnt, crossing in ((1, False), (1, True), (3, False)):
            halves = [trials([p for p in data["prints"] if p["half"] == h], learnt, crossing) for h in (0, 1)]
            for h, (same, different) in enumerate(halves):
                if not len(same):
                    continue
                eer, at = equal_error(same, different)
                print(
                    f"learnt from {learnt}{', another condition' if crossing else ''},"
                    f" {'choosing' if h == 0 else 'checking'}: EER {100 * eer:.2f} % at {at:.2f};"
                    f" same {len(same)} (mean {same.mean():.2f}, 5th percentile {np.quantile(same, .05):.2f}),"
                    f" different {len(different)} (mean {different.mean():.2f}, 99th {np.quantile(different, .99):.2f})")
                for threshold in options.thresholds:
                    accepts, rejects = rates(same, different, threshold)
                    print(f"    {threshold:.2f}: false accepts {100 * accepts:.2f} %, false rejects {100 * rejects:.2f} %")
    podcasts(options)


def podcasts(options):
    """Learns the podcasts' people from what they do not say there, and looks for them there."""
    known, there = {}, []
    for description in sorted((options.audio / "podcasts").glob("*.json")):
        programme = description.stem
        folder = options.audio / "podcasts" / programme
        spans = [
            ((programme, f[7]), 0, float(f[3]), float(f[3]) + float(f[4]))
            for f in (line.split() for line in (folder / "truth.rttm").read_text().splitlines())
        ]
        mixture = options.out / f"{programme}.flac"
        if not mixture.exists():
            mixture.symlink_to((folder / "mixture.flac").resolve())
        for who, _, purity, spoken, vector in prints_of(options.hyperaudio, mixture, options.out / "work", spans):
            there.append((who, purity, np.array(vector)))
        for speaker in json.loads(description.read_text())["speakers"]:
            files = [(options.audio / "podcasts" / u["file"]).resolve() for u in speaker["utterances"]]
            others = [f for f in sorted(files[0].parent.glob("*")) if f.suffix in (".flac", ".wav") and f not in files]
            if files[0].parent.name == "fullband44k" or not others:
                continue
            samples = np.concatenate([np.r_[load(f), np.zeros(RATE // 2)] for f in others[:12]])
            file = options.out / f"{programme}-{speaker['id']}.flac"
            soundfile.write(file, np.clip(level(samples, -26), -1, 1), RATE)
            who = (programme, speaker["id"])
            prints = prints_of(options.hyperaudio, file, options.out / "work", [(who, 0, 0.0, len(samples) / RATE)])
            known[who] = np.array(max(prints, key=lambda p: p[3])[4])
    same = {who: max(float(c @ v) for w, _, v in there if w == who) for who, c in known.items()}
    different = sorted(float(c @ v) for who, c in known.items() for w, _, v in there if w != who)
    print("\npodcasts: " + ", ".join(f"{p} {s} {c:.2f}" for (p, s), c in same.items())
          + f"; {len(different)} strangers, largest {', '.join('%.2f' % d for d in different[-3:])}")


if __name__ == "__main__":
    main()

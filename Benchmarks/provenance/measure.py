#!/usr/bin/env python3
"""How often the mark is missed, and how often it is found where there is none.

    measure.py misses  --hyperaudio BIN --pair ORIGINAL OUTPUT REPORT [--pair ...] --out FOLDER
    measure.py alarms  --hyperaudio BIN --unmarked FOLDER --out FOLDER

`misses` takes what `hyperaudio replace` made: programme, output (lossless) and report.json. From inside its spans it cuts
pieces of 1, 2, 5, 10 and 30 s (spans closer than 0.3 s count as one; shorter gaps stay in the piece), puts 6 s of the
original before and after each, attacks the whole and asks `hyperaudio provenance --json`. A piece is found where at
least a quarter of it is.
`alarms` asks of every sound file under a folder, as it is and coded anew. Needs numpy, soundfile and the ffmpeg program.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy as np
import soundfile

LENGTHS = (1, 2, 5, 10, 30)
ATTACKS = {
    "none": None,
    "MP3 96 kb/s": ("mp3", ["-c:a", "libmp3lame", "-b:a", "96k"]),
    "MP3 64 kb/s": ("mp3", ["-c:a", "libmp3lame", "-b:a", "64k"]),
    "AAC 96 kb/s": ("m4a", ["-c:a", "aac", "-b:a", "96k"]),
    "Opus 32 kb/s": ("opus", ["-c:a", "libopus", "-b:a", "32k"]),
    "48 -> 44.1 -> 16 kHz": ("wav", ["-af", "aresample=48000,aresample=44100,aresample=16000"]),
    "8 kHz": ("wav", ["-ar", "8000"]),
    "-20 dB, mono": ("wav", ["-ac", "1", "-af", "volume=-20dB"]),
    "noise 20 dB below": ("wav", "noise"),
    "MP3 96 after AAC 96, -6 dB": ("m4a+mp3", None),
    "1 % faster (tape)": ("wav", ["-af", "asetrate={rate}*1.01,aresample={rate}"]),
}


def ffmpeg(source, target, options):
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(source), "-vn", *options, str(target)], check=True)


def attacked(source, name, folder, rate):
    if ATTACKS[name] is None:
        return source
    extension, options = ATTACKS[name]
    if extension == "m4a+mp3":
        ffmpeg(source, folder / "first.m4a", ["-c:a", "aac", "-b:a", "96k"])
        target = folder / "a.mp3"
        ffmpeg(folder / "first.m4a", target, ["-af", "volume=-6dB", "-c:a", "libmp3lame", "-b:a", "96k"])
        return target
    target = folder / ("a." + extension)
    if options == "noise":
        samples, rate = soundfile.read(source, dtype="float32", always_2d=True)
        noise = np.random.default_rng(1).standard_normal(samples.shape).astype("float32")
        soundfile.write(target, samples + 0.1 * np.sqrt(np.mean(samples**2)) * noise, rate, subtype="FLOAT")
        return target
    ffmpeg(source, target, [option.format(rate=rate) for option in options])
    return target


def found(program, file):
    answer = subprocess.run([program, "provenance", str(file), "--json"], check=True, capture_output=True)
    return json.loads(answer.stdout)


def wilson(hits, count):
    if count == 0:
        return 0.0, 1.0
    z, p = 1.96, hits / count
    centre, reach = p + z * z / (2 * count), z * np.sqrt(p * (1 - p) / count + z * z / (4 * count * count))
    return max(0, (centre - reach) / (1 + z * z / count)), min(1, (centre + reach) / (1 + z * z / count))


def runs(report):
    joined = []
    for span in sorted(report["spans"], key=lambda span: span["start"]):
        if joined and span["start"] - joined[-1][1] < 0.3:
            joined[-1][1] = span["end"]
        else:
            joined.append([span["start"], span["end"]])
    return joined


def pieces(original, output, report, seconds, rate, most):
    starts = []
    for start, end in runs(report):
        at = start
        while at + seconds <= end and len(starts) < 400:
            starts.append(at)
            at += seconds
    if not starts and seconds >= 10:  # long pieces: neighbouring stretches set end to end
        whole = np.concatenate([output[int(a * rate):int(b * rate)] for a, b in runs(report)])
        for at in range(0, len(whole) - int(seconds * rate) + 1, int(seconds * rate)):
            yield whole[at:at + int(seconds * rate)]
        return
    for at in starts[:: max(1, len(starts) // most)][:most]:
        yield output[int(at * rate):int((at + seconds) * rate)]


def misses(arguments):
    rows, errors = {}, []
    for original_path, output_path, report_path in arguments.pair:
        original, rate = soundfile.read(original_path, dtype="float32", always_2d=True)
        output, _ = soundfile.read(output_path, dtype="float32", always_2d=True)
        report = json.loads(pathlib.Path(report_path).read_text())
        for seconds in LENGTHS:
            for piece in pieces(original, output, report, seconds, rate, arguments.most):
                before, after = original[:6 * rate], original[-6 * rate:]
                clip = np.concatenate([before, piece, after])
                with tempfile.TemporaryDirectory() as folder:
                    folder = pathlib.Path(folder)
                    source = folder / "clip.wav"
                    soundfile.write(source, clip, rate, subtype="PCM_24")
                    for attack in ATTACKS:
                        marked = found(arguments.hyperaudio, attacked(source, attack, folder, rate))["marked"]
                        low, high = 6, 6 + seconds
                        overlap = sum(
                            max(0, min(high, m["span"]["end"]) - max(low, m["span"]["start"])) for m in marked)
                        row = rows.setdefault(attack, {}).setdefault(seconds, [0, 0])
                        row[1] += 1
                        row[0] += overlap >= 0.25 * seconds
                        if attack == "none" and overlap >= 0.25 * seconds:
                            errors.append(abs(min(m["span"]["start"] for m in marked) - low))
                            errors.append(abs(max(m["span"]["end"] for m in marked) - high))
            print(pathlib.Path(original_path).parent.name, seconds, flush=True)
    print("\n| found of pieces | " + " | ".join(f"{s} s" for s in LENGTHS) + " |\n|---|" + "---|" * len(LENGTHS))
    for attack, row in rows.items():
        cells = []
        for seconds in LENGTHS:
            hits, count = row.get(seconds, [0, 0])
            low, high = wilson(hits, count)
            cells.append(f"{hits} / {count} ({100 * low:.0f}-{100 * high:.0f} %)" if count else "-")
        print(f"| {attack} | " + " | ".join(cells) + " |")
    if errors:
        print(f"\nends, unattacked: median error {np.median(errors):.2f} s, 95 % within {np.quantile(errors, .95):.2f} s")
    (arguments.out / "misses.json").write_text(json.dumps(rows))


def alarms(arguments):
    sounds = sorted(
        p for p in arguments.unmarked.rglob("*") if p.suffix in (".wav", ".flac", ".ogg", ".mp3") and p.is_file())
    total, count, strongest = {}, {}, {}
    for path in sounds:
        with tempfile.TemporaryDirectory() as folder:
            for attack in arguments.codings:
                rate = soundfile.info(path).samplerate
                answer = found(arguments.hyperaudio, attacked(path, attack, pathlib.Path(folder), rate))
                total[attack] = total.get(attack, 0) + answer["seconds"] / 3600
                count[attack] = count.get(attack, 0) + len(answer["marked"])
                strongest[attack] = max(strongest.get(attack, 0), answer["strongestScore"] or 0)
                if answer["marked"]:
                    print("ALARM", path, attack, answer["marked"], flush=True)
    print("| coding | hours | alarms | highest score (27 is an alarm) |\n|---|---|---|---|")
    for attack in total:
        print(f"| {attack} | {total[attack]:.2f} | {count[attack]} | {strongest[attack]:.1f} |")
    print(f"| all | {sum(total.values()):.2f} | {sum(count.values())} | {max(strongest.values()):.1f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["misses", "alarms"])
    parser.add_argument("--hyperaudio", required=True)
    parser.add_argument("--pair", nargs=3, action="append", default=[])
    parser.add_argument("--unmarked", type=pathlib.Path)
    parser.add_argument("--most", type=int, default=12, help="pieces of each length from a programme")
    parser.add_argument("--codings", nargs="+", default=["none", "MP3 96 kb/s", "AAC 96 kb/s", "Opus 32 kb/s"])
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    (misses if arguments.what == "misses" else alarms)(arguments)


if __name__ == "__main__":
    main()

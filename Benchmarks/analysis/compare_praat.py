#!/usr/bin/env python3
"""Compares `hyperaudio analyse --one-voice` with Praat (parselmouth) on single-voice recordings.

    compare_praat.py --hyperaudio .build/release/hyperaudio --audio $HYPERAUDIO_EVALUATION_AUDIO [--swift]

Praat tracks pitch by autocorrelation in two passes (60-500 Hz, then 0.65 x lower ... 2 x upper quartile), 10 ms; marks
periods by cross-correlation; jitter and shimmer with its usual limits (0.1 ms, 20 ms, 1.3, 1.6); harmonicity (cc) with a
floor of 75 Hz; formants by Burg, five below 5000 Hz (median F0 under 160 Hz) or 5500 Hz, 25 ms, 50 Hz. F0, harmonicity and
formants are compared frame by frame as well, in the frames that both call voiced: `analyse --curves` says what it found.
--swift prints the table of references that Tests/PipelineTests/Analysis/PraatAgreementTests.swift holds.
"""

import argparse, csv, json, pathlib, subprocess, tempfile
import numpy, parselmouth
from parselmouth.praat import call


def files(audio):
    """Two recordings of each reader: 5 of LibriSpeech, 8 of TIMIT."""
    found = []
    for folder in sorted((audio / "librispeech").iterdir()):
        if folder.is_dir():
            found += sorted(folder.glob("*.flac"))[1:3]
    for folder in sorted((audio / "timit").iterdir()):
        if folder.is_dir():
            found += sorted(folder.glob("*.wav"))[2:4]
    return found


def praat(path):
    sound = parselmouth.Sound(str(path)).convert_to_mono()

    def track(low, high):
        return call(sound, "To Pitch (ac)", 0.01, low, 15, "no", 0.03, 0.45, 0.01, 0.6, 0.14, high)

    hertz = track(60, 500).selected_array["frequency"]
    hertz = hertz[hertz > 0]
    pitch = track(max(50, 0.65 * numpy.percentile(hertz, 25)), min(700, 2 * numpy.percentile(hertz, 75)))
    hertz = pitch.selected_array["frequency"]
    median = float(numpy.median(hertz[hertz > 0]))
    points = call([sound, pitch], "To PointProcess (cc)")
    limits = (0, 0, 0.0001, 0.02, 1.3)
    harmonicity = call(sound, "To Harmonicity (cc)", 0.01, 75, 0.1, 1.0)
    formants = call(sound, "To Formant (burg)", 0.01, 5, 5000 if median < 160 else 5500, 0.025, 50)
    frames = {}
    for time, value in zip(pitch.xs(), hertz):
        if value > 0:
            noise = call(harmonicity, "Get value at time", time, "nearest")
            frames[time] = (value, noise if noise > -150 else numpy.nan)
    return {
        "f0": median,
        "jitter": 100 * call(points, "Get jitter (local)", *limits),
        "ppq5": 100 * call(points, "Get jitter (ppq5)", *limits),
        "shimmer": 100 * call([sound, points], "Get shimmer (local)", *limits, 1.6),
        "shimmerDB": call([sound, points], "Get shimmer (local_dB)", *limits, 1.6),
        "apq5": 100 * call([sound, points], "Get shimmer (apq5)", *limits, 1.6),
        "hnr": float(numpy.nanmean([noise for _, noise in frames.values()])),
    }, frames, formants


def ours(program, path):
    with tempfile.TemporaryDirectory() as folder:
        curves = pathlib.Path(folder) / "curves.csv"
        text = subprocess.run(
            [program, "analyse", path, "--one-voice", "--json", "--quiet", "--curves", curves, "--work-dir", folder],
            check=True, capture_output=True, text=True).stdout
        rows = list(csv.DictReader(curves.open()))
    figures = json.loads(text)["speakers"][0]["figures"]
    steadiness = figures["steadiness"]
    return {
        "f0": figures["pitch"]["medianHertz"],
        "jitter": 100 * steadiness["jitterLocal"], "ppq5": 100 * steadiness["jitterPPQ5"],
        "shimmer": 100 * steadiness["shimmerLocal"], "shimmerDB": steadiness["shimmerLocalDecibels"],
        "apq5": 100 * steadiness["shimmerAPQ5"], "hnr": steadiness["harmonicsToNoiseDecibels"],
    }, rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hyperaudio", type=pathlib.Path, required=True)
    parser.add_argument("--audio", type=pathlib.Path, required=True)
    parser.add_argument("--swift", action="store_true")
    options = parser.parse_args()
    pairs, pitch, noise, formant, table = [], [], [], [[], [], []], []
    for path in files(options.audio):
        theirs, frames, formants = praat(path)
        mine, rows = ours(options.hyperaudio, path)
        pairs.append((theirs, mine))
        table.append((path.relative_to(options.audio), theirs))
        times = numpy.array(list(frames))
        for row in rows:
            time = float(row["seconds"])
            near = times[numpy.argmin(abs(times - time))]
            if row["f0_hz"] and abs(near - time) <= 0.005:
                pitch.append(12 * numpy.log2(float(row["f0_hz"]) / frames[near][0]))
                if row["hnr_db"] and not numpy.isnan(frames[near][1]):
                    noise.append(float(row["hnr_db"]) - frames[near][1])
            for index in range(3):
                if row[f"f{index + 1}_hz"]:
                    value = formants.get_value_at_time(index + 1, time)
                    if not numpy.isnan(value):
                        formant[index].append(float(row[f"f{index + 1}_hz"]) - value)
    print(f"{len(pairs)} recordings; figure: Praat's median, median |difference|, 90th percentile, correlation")
    for key in pairs[0][0]:
        a, b = (numpy.array([pair[side][key] for pair in pairs]) for side in (0, 1))
        off = abs(a - b)
        print(f"{key:10} {numpy.median(a):8.3f} {numpy.median(off):8.3f} {numpy.percentile(off, 90):8.3f} "
              f"{numpy.corrcoef(a, b)[0, 1]:6.3f}   median relative {100 * numpy.median(off / abs(a)):.1f} %")
    print("frame by frame: count, median |difference|, 90th percentile, median difference")
    for name, values in [("f0 st", pitch), ("hnr dB", noise)] + [(f"F{i + 1} Hz", formant[i]) for i in range(3)]:
        values = numpy.array(values)
        print(f"{name:10} {len(values):6} {numpy.median(abs(values)):8.3f} {numpy.percentile(abs(values), 90):8.3f} "
              f"{numpy.median(values):8.3f}")
    if options.swift:
        for path, theirs in table:
            print(f'("{path}", [' + ", ".join(f"{value:.4f}" for value in theirs.values()) + "]),")


main()

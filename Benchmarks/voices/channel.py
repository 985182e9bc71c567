"""Puts speech into the room of a recording: its long-term spectrum and its noise floor. Shares no code with the product.

What a judge finds more alike after that is the recording and not the person.
"""
import numpy as np
from scipy.signal import istft, stft

WINDOW, HOP = 512, 128
QUIET = 0.1
SPEECH_DB = 40


def _frames(x, rate):
    _, _, z = stft(x, rate, nperseg=WINDOW, noverlap=WINDOW - HOP)
    return z


def _smooth(power, rate):
    """Over a third of an octave and at least 100 Hz."""
    f = np.arange(len(power)) * rate / WINDOW
    return np.array([power[np.abs(f - c) <= max(50, c * 0.115)].mean() for c in f])


def _describe(x, rate):
    """Mean spectrum of the speech, of the quiet frames, and the level of the loud ones."""
    power = np.abs(_frames(x, rate)) ** 2
    level = power.mean(0)
    heard = level > 1e-14
    loud = np.quantile(level[heard], 0.95)
    speech = level > loud * 10 ** (-SPEECH_DB / 10)
    quiet = heard & (level <= np.quantile(level[heard], QUIET))
    return _smooth(power[:, speech].mean(1), rate), _smooth(power[:, quiet].mean(1), rate), loud


def through(x, recording, rate):
    """x, [n], as if it had been recorded where the recording was; both mono at `rate`."""
    wanted, noise, loud = _describe(recording, rate)
    own, _, own_loud = _describe(x, rate)
    gain = np.sqrt(np.clip((wanted / loud) / np.maximum(own / own_loud, 1e-12), 10 ** -2.6, 10 ** 2.6))
    _, y = istft(_frames(x, rate) * gain[:, None], rate, nperseg=WINDOW, noverlap=WINDOW - HOP)
    y = y[:len(x)]
    level = _describe(y, rate)[2]
    white = _frames(np.random.default_rng(5).standard_normal(len(x)), rate)
    shape = np.sqrt(noise / loud * level / np.maximum(_smooth((np.abs(white) ** 2).mean(1), rate), 1e-12))
    _, hiss = istft(white * shape[:, None], rate, nperseg=WINDOW, noverlap=WINDOW - HOP)
    return (y + hiss[:len(y)]).astype(np.float32)

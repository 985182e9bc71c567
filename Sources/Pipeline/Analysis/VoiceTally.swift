import AudioCore
import Foundation

/// What is gathered of a voice, so that turns can be put together before anything is divided: a person's figures are those
/// of all frames, not means of turns.
struct VoiceTally: Sendable {
    /// log2 of F0 in Hz, voiced frames.
    var octaves: [Float] = []
    var jitter = Jitter()
    var shimmer = Shimmer()
    /// dB, voiced frames.
    var harmonicity: [Float] = []
    var breath = BreathNoise()
    var tilt: SpectralTilt?
    /// dB, sounding frames.
    var levels: [Float] = []
    /// Hz, frames in the middles of syllables: first, second, third.
    var formants: [[Float]] = [[], [], []]
    var formantCeiling = 0.0
    /// From first to last sound.
    var seconds = 0.0
    /// Seconds each.
    var pauses: [Double] = []
    var frameSeconds = 0.01
    var syllablesByWords = 0
    var syllablesByLoudness = 0
    var phonemes = 0

    mutating func add(_ other: VoiceTally) {
        octaves += other.octaves
        jitter.add(other.jitter)
        shimmer.add(other.shimmer)
        harmonicity += other.harmonicity
        breath.add(other.breath)
        if tilt == nil { tilt = other.tilt } else if let more = other.tilt { tilt?.add(more) }
        levels += other.levels
        for index in formants.indices { formants[index] += other.formants[index] }
        formantCeiling = max(formantCeiling, other.formantCeiling)
        seconds += other.seconds
        pauses += other.pauses
        syllablesByWords += other.syllablesByWords
        syllablesByLoudness += other.syllablesByLoudness
        phonemes += other.phonemes
    }

    /// Silences from a quarter of a second to three seconds are pauses; longer ones are breaks, which are no manner of
    /// speaking.
    static let pauseSeconds = 0.25...3.0

    /// - Parameters:
    ///   - sounding: from the first sound to the last.
    ///   - silences: between them.
    mutating func add(sounding: TimeSpan, silences: [TimeSpan]) {
        seconds += sounding.seconds
        for silence in silences {
            if silence.seconds > Self.pauseSeconds.upperBound {
                seconds -= silence.seconds
            } else if Self.pauseSeconds.contains(silence.seconds) {
                pauses.append(silence.seconds)
            }
        }
    }

    /// What lies between two turns of the person where nobody else spoke.
    mutating func add(gap: TimeSpan) {
        guard gap.seconds <= Self.pauseSeconds.upperBound else { return }
        add(sounding: gap, silences: [gap])
    }

    var figures: VoiceFigures {
        VoiceFigures(
            seconds: seconds, voicedSeconds: Double(octaves.count) * frameSeconds, pitch: pitch,
            steadiness: VoiceFigures.Steadiness(
                jitterLocal: jitter.local, jitterPPQ5: jitter.ppq5, shimmerLocal: shimmer.local,
                shimmerLocalDecibels: shimmer.localDecibels, shimmerAPQ5: shimmer.apq5,
                harmonicsToNoiseDecibels: harmonicity.count < Self.fewestFrames ? nil : Self.mean(harmonicity),
                breathNoiseDecibels: breath.decibels),
            rate: rate, pauses: pauseFigures, level: level,
            spectrum: VoiceFigures.Spectrum(
                tiltDecibelsPerOctave: tilt?.decibelsPerOctave, alphaRatioDecibels: tilt?.alphaRatioDecibels),
            formants: formantFigures)
    }

    /// A tenth of a second: less says nothing.
    private static let fewestFrames = 10

    private static func mean(_ values: [Float]) -> Double {
        values.reduce(0) { $0 + Double($1) } / Double(values.count)
    }

    private var pitch: VoiceFigures.Pitch? {
        guard octaves.count >= Self.fewestFrames else { return nil }
        let sorted = octaves.sorted()
        let (low, high) = (quantile(0.05, ofSorted: sorted), quantile(0.95, ofSorted: sorted))
        let mean = Self.mean(octaves)
        let variance = octaves.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(octaves.count)
        return VoiceFigures.Pitch(
            medianHertz: exp2(Double(quantile(0.5, ofSorted: sorted))), lowHertz: exp2(Double(low)),
            highHertz: exp2(Double(high)), rangeSemitones: 12 * Double(high - low),
            spreadSemitones: 12 * variance.squareRoot())
    }

    private var rate: VoiceFigures.Rate? {
        let syllables = syllablesByWords + syllablesByLoudness
        let spoken = seconds - pauses.reduce(0, +)
        guard syllables > 0, spoken > 0.1 else { return nil }
        let count: VoiceFigures.Rate.Count =
            syllablesByLoudness == 0 ? .words : syllablesByWords == 0 ? .loudness : .both
        let phonemes = count == .words && phonemes > 0 ? phonemes : nil
        return VoiceFigures.Rate(
            syllables: syllables, countedBy: count, speaking: Double(syllables) / seconds,
            articulation: Double(syllables) / spoken, phonemes: phonemes,
            articulationPhonemes: phonemes.map { Double($0) / spoken })
    }

    private var pauseFigures: VoiceFigures.Pauses? {
        guard seconds > 0 else { return nil }
        return VoiceFigures.Pauses(
            count: pauses.count, share: pauses.reduce(0, +) / seconds,
            medianSeconds: pauses.isEmpty ? nil : quantile(0.5, of: pauses))
    }

    private var level: VoiceFigures.Level? {
        guard !levels.isEmpty else { return nil }
        let power = levels.reduce(0) { $0 + pow(10, Double($1) / 10) } / Double(levels.count)
        let sorted = levels.sorted()
        return VoiceFigures.Level(
            decibels: 10 * log10(power),
            rangeDecibels: Double(quantile(0.95, ofSorted: sorted) - quantile(0.05, ofSorted: sorted)))
    }

    private var formantFigures: VoiceFigures.Formants? {
        guard formants[2].count >= Self.fewestFrames else { return nil }
        return VoiceFigures.Formants(
            first: Double(quantile(0.5, of: formants[0])), second: Double(quantile(0.5, of: formants[1])),
            third: Double(quantile(0.5, of: formants[2])), frames: formants[2].count, ceiling: formantCeiling)
    }
}

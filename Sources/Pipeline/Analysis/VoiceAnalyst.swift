import AudioCore
import Foundation

/// Measures stretches of one person's speech.
struct VoiceAnalyst: Sendable {
    static let frameSeconds = 0.01
    /// Frames this near to a syllable's loudest moment stand for its vowel, seconds.
    private static let nucleusSeconds = 0.02

    let sampleRate: Int
    let register: VoiceRegister
    private let formantAnalysis: FormantAnalysis

    init(sampleRate: Int, register: VoiceRegister) {
        self.sampleRate = sampleRate
        self.register = register
        formantAnalysis = FormantAnalysis(sampleRate: sampleRate, ceiling: register.formantCeiling)
    }

    /// What 10 ms of speech are like; for who wants to see the curves.
    struct Curves: Sendable {
        /// Hz, 0 where unvoiced, [frames].
        var pitch: PitchContour
        var level: LevelContour
        /// dB, [frames]; nil where unvoiced.
        var harmonicity: [Double?]
        /// Moments in the middles of syllables and the formants there; only where there are three.
        var formants: [(time: Double, formants: [FormantAnalysis.Formant])]
        var syllables: [Double]
        /// Where the person speaks alone, [frames].
        var isAlone: [Bool]
    }

    /// - Parameters:
    ///   - samples: mono, a turn.
    ///   - others: stretches of it in which somebody else speaks, too; seconds from its first sample.
    func curves(_ samples: [Float], others: [TimeSpan] = []) -> Curves {
        let level = LevelContour(samples, sampleRate: sampleRate, frameSeconds: Self.frameSeconds)
        let isAlone = level.decibels.indices.map { frame in
            !others.contains { $0.contains(Double(frame) * Self.frameSeconds) }
        }
        var pitch = PitchTracker(sampleRate: sampleRate, frameSeconds: Self.frameSeconds)
            .track(samples, floor: register.pitch.lowerBound, ceiling: register.pitch.upperBound)
        for frame in pitch.hertz.indices where !isAlone[frame] || level.decibels[frame] < register.threshold {
            pitch.hertz[frame] = 0
        }
        let syllables = SyllableNuclei(samples, sampleRate: sampleRate, contour: pitch).times
        let moments = vowels(syllables, in: pitch)
        let formants = zip(moments, formantAnalysis.formants(samples, at: moments)).filter { $1.count >= 3 }
        return Curves(
            pitch: pitch, level: level,
            harmonicity: Harmonicity(sampleRate: sampleRate).decibels(samples, contour: pitch),
            formants: formants.map { (time: $0, formants: $1) }, syllables: syllables, isAlone: isAlone)
    }

    /// From the first sound to the last, seconds from the first sample; nil where nothing is heard.
    func sounding(_ curves: Curves) -> TimeSpan? { curves.level.sounding(above: register.threshold) }

    private func vowels(_ syllables: [Double], in pitch: PitchContour) -> [Double] {
        let reach = Int((Self.nucleusSeconds / Self.frameSeconds).rounded())
        return syllables.flatMap { time -> [Double] in
            let middle = Int((time / Self.frameSeconds).rounded())
            return (middle - reach...middle + reach).filter {
                pitch.hertz.indices.contains($0) && pitch.hertz[$0] > 0
            }.map { Double($0) * Self.frameSeconds }
        }
    }

    /// - Parameters:
    ///   - curves: of these samples.
    ///   - words: how many syllables and phonemes the turn has by its words; nil: counted by loudness.
    func tally(_ samples: [Float], curves: Curves, words: SyllableCount?) -> VoiceTally {
        var tally = VoiceTally()
        tally.frameSeconds = Self.frameSeconds
        let pitch = curves.pitch
        tally.octaves = pitch.voicedHertz.map { log2($0) }
        let marks = PeriodMarks(samples, sampleRate: sampleRate, contour: pitch)
        tally.jitter = Jitter(marks)
        tally.shimmer = Shimmer(marks, samples: samples, sampleRate: sampleRate)
        tally.harmonicity = curves.harmonicity.compactMap { $0.map { Float($0) } }
        tally.breath = BreathNoise(samples, sampleRate: sampleRate, contour: pitch, chosen: curves.isAlone)
        tally.tilt = SpectralTilt(samples, sampleRate: sampleRate, contour: pitch, chosen: curves.isAlone)
        tally.formantCeiling = register.formantCeiling
        for moment in curves.formants {
            for index in 0..<3 { tally.formants[index].append(Float(moment.formants[index].frequency)) }
        }
        for (frame, level) in curves.level.decibels.enumerated()
        where level >= register.threshold && curves.isAlone[frame] { tally.levels.append(Float(level)) }
        if let sounding = sounding(curves) {
            let least = VoiceTally.pauseSeconds.lowerBound
            tally.add(
                sounding: sounding,
                silences: curves.level.pauses(below: register.threshold, leastSeconds: least))
        }
        if let words {
            tally.syllablesByWords = words.syllables
            tally.phonemes = words.phonemes
        } else {
            tally.syllablesByLoudness = curves.syllables.count
        }
        return tally
    }
}

import AudioCore

/// Where a person's voice lies: what has to be known of all turns before one can be measured.
struct VoiceRegister: Sendable, Equatable {
    /// Hz: where pitch is sought.
    var pitch: ClosedRange<Double>
    /// dB re full scale: what is quieter is no speech.
    var threshold: Double
    /// Hz.
    var formantCeiling: Double

    /// Below the person's 95th percentile nothing is speech.
    private static let speechDecibels = 30.0
    /// Above what is left in pauses; a recording with that much noise has no 30 dB.
    private static let noiseDecibels = 5.0
    /// Speech is at least this much of the way down from the 95th percentile.
    private static let leastDecibels = 12.0
    /// Only frames this loud say where the pitch lies: hum in the pauses does not.
    private static let loudDecibels = 15.0

    /// - Parameter samples: up to a minute or two of the person alone, in stretches.
    init(_ stretches: [[Float]], sampleRate: Int, frameSeconds: Double) {
        let tracker = PitchTracker(sampleRate: sampleRate, frameSeconds: frameSeconds)
        var hertz: [Float] = []
        var levels: [Double] = []
        for samples in stretches {
            hertz += tracker.track(samples, floor: tracker.options.floor, ceiling: tracker.options.ceiling).hertz
            levels += LevelContour(samples, sampleRate: sampleRate, frameSeconds: frameSeconds).decibels
        }
        let sorted = levels.sorted()
        let loud = sorted.isEmpty ? 0 : quantile(0.95, ofSorted: sorted)
        let noise = sorted.isEmpty ? 0 : quantile(0.03, ofSorted: sorted)
        threshold = max(
            LevelContour.silence + 1, loud - Self.speechDecibels,
            min(noise + Self.noiseDecibels, loud - Self.leastDecibels))
        for (frame, level) in levels.enumerated() where level < loud - Self.loudDecibels { hertz[frame] = 0 }
        let contour = PitchContour(frameSeconds: frameSeconds, hertz: hertz)
        pitch = PitchTracker.range(of: contour) ?? tracker.options.floor...tracker.options.ceiling
        let voiced = contour.voicedHertz
        formantCeiling = FormantAnalysis.usualCeiling(
            medianHertz: voiced.isEmpty ? 0 : Double(quantile(0.5, of: voiced)))
    }
}

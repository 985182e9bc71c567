import AudioCore

/// Where a person's voice lies: what has to be known of all turns before one can be measured.
struct VoiceRegister: Sendable, Equatable {
    /// Hz: where pitch is sought.
    var pitch: ClosedRange<Double>
    /// dB re full scale: what is quieter is no speech.
    var threshold: Double
    /// Hz.
    var formantCeiling: Double

    /// Below the person's 95th percentile.
    private static let speechDecibels = 30.0

    /// - Parameter samples: up to a minute or two of the person alone, in stretches.
    init(_ stretches: [[Float]], sampleRate: Int, frameSeconds: Double) {
        let tracker = PitchTracker(sampleRate: sampleRate, frameSeconds: frameSeconds)
        var hertz: [Float] = []
        var levels: [Double] = []
        for samples in stretches {
            hertz += tracker.track(samples, floor: tracker.options.floor, ceiling: tracker.options.ceiling).hertz
            levels += LevelContour(samples, sampleRate: sampleRate, frameSeconds: frameSeconds).decibels
        }
        let contour = PitchContour(frameSeconds: frameSeconds, hertz: hertz)
        pitch = PitchTracker.range(of: contour) ?? tracker.options.floor...tracker.options.ceiling
        threshold =
            max(LevelContour.silence + 1, (levels.isEmpty ? 0 : quantile(0.95, of: levels)) - Self.speechDecibels)
        let voiced = contour.voicedHertz
        formantCeiling = FormantAnalysis.usualCeiling(
            medianHertz: voiced.isEmpty ? 0 : Double(quantile(0.5, of: voiced)))
    }
}

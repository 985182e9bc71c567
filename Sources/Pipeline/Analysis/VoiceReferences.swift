/// What the figures of most people are, so that one can be read.
enum VoiceReferences {
    static let origin = """
        14 readers of English (7 women, 7 men; LibriSpeech, TIMIT, LJ Speech; pauses: the 6 of longer texts), measured by \
        this program on the recordings as they are; the lowest and the highest of each figure are left out. A few readers \
        are no norm. Sustained vowels have other figures. F0 of men and women: what is commonly given for adults.
        """

    static let list = [
        VoiceAnalysis.Reference(figure: "pitch.medianHertz, men", low: 85, high: 155, unit: "Hz"),
        VoiceAnalysis.Reference(figure: "pitch.medianHertz, women", low: 165, high: 255, unit: "Hz"),
        spread, jitter, shimmer, harmonics, breath, articulation, pauseShare, tilt,
    ]

    static let spread = reference("pitch.spreadSemitones", 1.7, 4.6, "semitones")
    static let jitter = reference("steadiness.jitterLocal", 0.011, 0.021, "")
    static let shimmer = reference("steadiness.shimmerLocal", 0.068, 0.116, "")
    static let harmonics = reference("steadiness.harmonicsToNoiseDecibels", 9.1, 16, "dB")
    static let breath = reference("steadiness.breathNoiseDecibels", -25, -17, "dB")
    static let articulation = reference("rate.articulation", 4.3, 5.2, "syllables/s")
    static let pauseShare = reference("pauses.share", 0.02, 0.23, "")
    static let tilt = reference("spectrum.tiltDecibelsPerOctave", -8.3, -3.2, "dB/octave")

    private static func reference(
        _ figure: String, _ low: Double, _ high: Double, _ unit: String
    ) -> VoiceAnalysis.Reference {
        VoiceAnalysis.Reference(figure: figure, low: low, high: high, unit: unit)
    }
}

extension VoiceAnalysis.Reference {
    enum Place { case below, within, above }

    func place(of value: Double) -> Place { value < low ? .below : value > high ? .above : .within }
}

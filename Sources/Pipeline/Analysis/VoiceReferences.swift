/// What the figures of most people are, so that one can be read.
enum VoiceReferences {
    static let origin = """
        The middle of 14 readers (7 women, 7 men; LibriSpeech, TIMIT, LJ Speech), measured by this program: four fifths of \
        them lie within. Connected English speech; sustained vowels have other figures. F0 of men and women after \
        Baken & Orlikoff (2000).
        """

    static let list = [
        VoiceAnalysis.Reference(figure: "pitch.medianHertz, men", low: 85, high: 155, unit: "Hz"),
        VoiceAnalysis.Reference(figure: "pitch.medianHertz, women", low: 165, high: 255, unit: "Hz"),
        spread, jitter, shimmer, harmonics, breath, articulation, pauseShare, tilt,
    ]

    static let spread = reference("pitch.spreadSemitones", 1.9, 4.2, "semitones")
    static let jitter = reference("steadiness.jitterLocal", 0.010, 0.024, "")
    static let shimmer = reference("steadiness.shimmerLocal", 0.06, 0.12, "")
    static let harmonics = reference("steadiness.harmonicsToNoiseDecibels", 9, 16, "dB")
    static let breath = reference("steadiness.breathNoiseDecibels", -24, -17, "dB")
    static let articulation = reference("rate.articulation", 4.2, 5.8, "syllables/s")
    static let pauseShare = reference("pauses.share", 0.05, 0.2, "")
    static let tilt = reference("spectrum.tiltDecibelsPerOctave", -9, -4, "dB/octave")

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

import AudioCore

/// What a voice sounds like in figures: enough to choose among voices, little enough to keep for each.
public struct VoiceMeasure: Sendable, Codable, Equatable {
    public var name: String
    /// SHA-256 of the voice's styles; of a recording: empty.
    public var digest: String
    /// Hz.
    public var medianF0Hz: Double
    /// Standard deviation of F0, semitones.
    public var f0SpreadSemitones: Double
    /// Natural logarithm of power in mel bands, level taken out, [40] (`VoiceColour`).
    public var longTermSpectrum: [Float]
    /// Unit vectors, [the encoder's dimension], by the encoder's name.
    public var prints: [String: [Float]]
    /// Medians of F1 to F3 over vowels, Hz, [3]; nil where too few were heard. Five formants are sought below 5500 Hz.
    public var formantsHz: [Double]?

    public init(
        name: String, digest: String, medianF0Hz: Double, f0SpreadSemitones: Double, longTermSpectrum: [Float],
        prints: [String: [Float]], formantsHz: [Double]? = nil
    ) {
        self.formantsHz = formantsHz
        self.name = name
        self.digest = digest
        self.medianF0Hz = medianF0Hz
        self.f0SpreadSemitones = f0SpreadSemitones
        self.longTermSpectrum = longTermSpectrum
        self.prints = prints
    }

    /// What it sounds like, whatever its name says.
    public var sounds: VoiceSex { VoiceSex(medianHertz: medianF0Hz, thirdFormantHertz: formantsHz?[2]) }

    /// Both must have been measured with the encoder.
    func likeness(to other: VoiceMeasure, by encoder: any SpeakerEmbedder) -> Double {
        encoder.likeness(prints[encoder.name] ?? [], other.prints[encoder.name] ?? [])
    }

    /// How far apart two voices' pitches lie, semitones.
    public func semitones(to other: VoiceMeasure) -> Double {
        semitonesBetween(medianF0Hz, other.medianF0Hz)
    }
}

/// A voice to speak with.
public struct Voice: Sendable, Equatable {
    public var name: String
    /// What the model knows the voice by; Kokoro: style rows, [510, 256], the row is chosen by the number of phonemes;
    /// Piper: the number its noise is drawn by, [rows, 1].
    public var styles: Matrix
    /// SHA-256 of the styles, hexadecimal; of all that makes the voice where it has a timbre.
    public var digest: String
    /// Whose timbre and pitch its speech is given; nil: its own.
    public var timbre: VoiceTimbre?
    /// The id of the model that speaks it; nil: the usual synthesizer's.
    public var model: String?
    /// Whose accent it has, ISO 639-1; nil: not known.
    public var language: String?

    public init(
        name: String, styles: Matrix, digest: String, timbre: VoiceTimbre? = nil, model: String? = nil,
        language: String? = nil
    ) {
        self.language = language
        self.name = name
        self.styles = styles
        self.digest = digest
        self.timbre = timbre
        self.model = model
    }
}

/// How a voice's pitch lies when it speaks by itself.
public struct PitchRange: Sendable, Codable, Equatable {
    /// Median of ln(F0 in Hz).
    public var medianLog: Double
    /// Standard deviation of ln F0.
    public var deviationLog: Double
    /// 1st and 99th percentile of ln F0.
    public var lowLog: Double
    public var highLog: Double

    public init(medianLog: Double, deviationLog: Double, lowLog: Double, highLog: Double) {
        self.medianLog = medianLog
        self.deviationLog = deviationLog
        self.lowLog = lowLog
        self.highLog = highLog
    }
}

/// A word as it will be spoken: its phonemes, and the punctuation that follows it.
public struct SpokenWord: Sendable, Codable, Hashable {
    /// As written in the transcript (one written word may give several spoken ones: "42" -> "forty", "two").
    public var text: String
    /// Index of the written word in the passage; -1 for a filler that the recognizer dropped.
    public var source: Int
    /// Phonemes in the synthesizer's alphabet, one character each: "fˈɔɹTi".
    public var phonemes: String
    /// One of `, . ; : ? ! — …` or empty.
    public var punctuation: String

    public init(text: String, source: Int, phonemes: String, punctuation: String) {
        self.text = text
        self.source = source
        self.phonemes = phonemes
        self.punctuation = punctuation
    }
}

/// Turns written words into phonemes.
public protocol Phonemizer: Sendable {
    /// Languages it can speak: "en".
    var languages: [String] { get }
    /// The readings of a passage, the conventional one first; several where numbers or abbreviations can be read in
    /// more than one way. Readings are given for each ambiguous written word: `readings[i]` replaces written word `i`.
    /// - Returns: for each written word its candidate readings, each a list of spoken words; an empty list for a word
    ///   that is not spoken at all (a lone dash).
    func readings(of words: [String], language: String) throws -> [[[SpokenWord]]]
    /// A filler that recognizers drop, as it is spoken: "um" -> phonemes.
    func fillers(language: String) -> [SpokenWord]
}

/// One symbol of the synthesizer's input.
public struct SpeechToken: Sendable, Hashable {
    public enum Owner: Sendable, Hashable, Codable {
        /// Belongs to spoken word `i`.
        case word(Int)
        /// Lies before spoken word `i` (space, punctuation, leading pad); `i` = number of words at the end.
        case gap(Int)
    }
    public var id: Int64
    public var symbol: Character
    public var owner: Owner

    public init(id: Int64, symbol: Character, owner: Owner) {
        self.id = id
        self.symbol = symbol
        self.owner = owner
    }
}

/// Text made ready to be spoken by one voice: the tokens, and what the model would do with them by itself.
public struct SpeechPlan: Sendable {
    public var words: [SpokenWord]
    /// Leading pad, phonemes, spaces and punctuation, final punctuation, trailing pad.
    public var tokens: [SpeechToken]
    /// Frames (of `frameSeconds`) the model would give each token, [tokens].
    public var predictedFrames: [Double]
    /// Expected phonetic features of each predicted frame, [sum of rounded predictedFrames, dimension], unit rows,
    /// in the space of the `PhoneticFeatureExtractor` with its mean removed; row i is what is *heard* at frame i
    /// minus the synthesizer's lead (see `leadFrames`).
    public var features: Matrix

    public init(words: [SpokenWord], tokens: [SpeechToken], predictedFrames: [Double], features: Matrix) {
        self.words = words
        self.tokens = tokens
        self.predictedFrames = predictedFrames
        self.features = features
    }
}

/// The model's own idea of melody and loudness for dictated durations.
public struct Prosody: Sendable {
    /// F0 in Hz, [2 * frames], 80 a second; about 0 where unvoiced.
    public var pitchHertz: [Float]
    /// Log energy in the model's units, [2 * frames].
    public var energy: [Float]
    /// Text features, [channels, frames], opaque.
    public var text: Matrix

    public init(pitchHertz: [Float], energy: [Float], text: Matrix) {
        self.pitchHertz = pitchHertz
        self.energy = energy
        self.text = text
    }
}

/// What a synthesizer can be told; the rest is moved in its finished sound.
public struct SpeechControl: Sendable, Equatable {
    public var takesDurations: Bool
    public var takesPitch: Bool
    public var takesEnergy: Bool

    public init(takesDurations: Bool = true, takesPitch: Bool = true, takesEnergy: Bool = true) {
        self.takesDurations = takesDurations
        self.takesPitch = takesPitch
        self.takesEnergy = takesEnergy
    }
}

/// A synthesizer, and what writes phonemes in its alphabet.
public struct SpeakingEngine: Sendable {
    public var synthesizer: any SpeechSynthesizer
    public var phonemizer: any Phonemizer

    public init(synthesizer: any SpeechSynthesizer, phonemizer: any Phonemizer) {
        self.synthesizer = synthesizer
        self.phonemizer = phonemizer
    }
}

/// Speaks text with durations, melody and loudness that are dictated, as far as `control` says.
public protocol SpeechSynthesizer: Sendable {
    var name: String { get }
    /// 24000.
    var sampleRate: Int { get }
    /// Seconds of one duration frame: 0.025.
    var frameSeconds: Double { get }
    /// Frames by which a token's sound comes before the token's own boundary: 2.
    var leadFrames: Int { get }
    /// The most tokens one plan may hold.
    var longestPlan: Int { get }
    /// Mean expected feature of each phone, [phones, dimension]: what the lock's score is measured against.
    var phoneCentroids: Matrix { get }
    var control: SpeechControl { get }

    func plan(_ words: [SpokenWord], voice: Voice) throws -> SpeechPlan
    /// The token for a symbol such as "," or " "; nil where the model has none.
    func token(_ symbol: Character, owner: SpeechToken.Owner) -> SpeechToken?
    /// The frames that the model gives tokens by itself, [tokens], each at least 1.
    func ownFrames(_ tokens: [SpeechToken], voice: Voice) throws -> [Int]
    /// - Parameter frames: duration of each token, [tokens], each at least 1 (the leading pad may be 0); `ownFrames` where
    ///   durations cannot be dictated.
    func prosody(_ tokens: [SpeechToken], frames: [Int], voice: Voice) throws -> Prosody
    /// - Returns: samples, `frames * frameSeconds * sampleRate` of them.
    func speak(_ prosody: Prosody, tokenCount: Int, voice: Voice) throws -> [Float]
    /// Where the voice's pitch lies by itself; measured once for each voice on a fixed text.
    func pitchRange(of voice: Voice) throws -> PitchRange
}

extension SpeechSynthesizer {
    public var control: SpeechControl { SpeechControl() }
}

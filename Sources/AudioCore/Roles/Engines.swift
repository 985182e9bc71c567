/// Takes speech out of a mixture.
public protocol SourceSeparator: Sendable {
    /// The rate it works at.
    var sampleRate: Int { get }
    /// Separates a mono stream block by block; what it gives is aligned with what it got (its delay is made good)
    /// and just as long.
    /// - Parameters:
    ///   - next: the next samples of the mixture, any number; nil at the end.
    ///   - emit: takes the speech.
    func separate(next: () throws -> [Float]?, emit: ([Float]) throws -> Void) throws
}

/// Finds who of up to three nearby people speaks in each frame of a window.
public protocol SpeechSegmenter: Sendable {
    var sampleRate: Int { get }
    /// Samples of one window: 10 s.
    var windowSamples: Int { get }
    /// Frames of one window: 589.
    var framesPerWindow: Int { get }
    /// - Parameter windows: samples, [count][windowSamples].
    /// - Returns: the likeliest class of each frame, [count][framesPerWindow]: 0 nobody, 1, 2, 3 one person,
    ///   4 = 1 and 2, 5 = 1 and 3, 6 = 2 and 3.
    func classes(of windows: [[Float]]) throws -> [[UInt8]]
}

/// Turns speech into a vector that stands for the voice.
public protocol SpeakerEmbedder: Sendable {
    /// A name for reports.
    var name: String { get }
    var sampleRate: Int { get }
    var dimension: Int { get }
    /// - Returns: features, [frames, bands], 100 frames a second, before any normalisation over time.
    func features(of samples: [Float]) -> Matrix
    /// - Parameter features: rows of one voice, in order; normalised inside.
    /// - Returns: unit vector, [dimension].
    func voicePrint(of features: Matrix) throws -> [Float]
}

extension SpeakerEmbedder {
    /// The print of speech of one voice.
    /// - Parameter samples: mono at `sampleRate`.
    /// - Returns: nil for less than half a second, which says nothing of a voice.
    public func voicePrint(ofSpeech samples: [Float]) throws -> [Float]? {
        guard samples.count > sampleRate / 2 else { return nil }
        return try voicePrint(of: features(of: samples))
    }

    /// The cosine of two prints, -1...1: how alike two voices are.
    public func likeness(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
}

/// How speech is turned into text.
public struct RecognitionOptions: Sendable, Codable, Equatable {
    /// ISO 639-1; nil: found out.
    public var language: String?
    /// Beams kept; 1 is greedy.
    public var beamSize: Int
    /// Words that are likely to occur: names, terms.
    public var prompt: String?

    public init(language: String? = nil, beamSize: Int = 5, prompt: String? = nil) {
        self.language = language
        self.beamSize = beamSize
        self.prompt = prompt
    }
}

/// What a recognizer heard in a piece of audio.
public struct Recognition: Sendable, Equatable {
    public var language: String
    /// Times count from the first sample given.
    public var words: [Word]
    /// Probability that the piece holds no speech, 0...1.
    public var noSpeechProbability: Double
    /// Mean log-probability of the tokens.
    public var averageLogProbability: Double

    public init(language: String, words: [Word], noSpeechProbability: Double, averageLogProbability: Double) {
        self.language = language
        self.words = words
        self.noSpeechProbability = noSpeechProbability
        self.averageLogProbability = averageLogProbability
    }
}

/// Turns speech into words. (The stage built on it is the pipeline's `SpeechRecognizer`.)
public protocol SpeechTranscriber: Sendable {
    var name: String { get }
    /// 16000.
    var sampleRate: Int { get }
    /// The longest piece taken at once.
    var longestSeconds: Double { get }
    /// Languages it knows, ISO 639-1.
    var languages: [String] { get }
    /// - Parameter samples: mono at `sampleRate`, at most `longestSeconds`.
    func recognize(_ samples: [Float], options: RecognitionOptions) throws -> Recognition
    /// - Parameter samples: mono at `sampleRate`, at most `longestSeconds`.
    /// - Returns: how probable each of `languages` is, 0...1.
    func languages(of samples: [Float]) throws -> [String: Double]
}

/// Describes speech by features in which the same sound of two voices is alike; the timing lock compares them.
public protocol PhoneticFeatureExtractor: Sendable {
    var sampleRate: Int { get }
    /// Seconds between frames: 0.02; frame i is centred at (i + 0.5) * hop.
    var hopSeconds: Double { get }
    var longestSeconds: Double { get }
    /// - Returns: features, [frames, dimension], as the network gives them.
    func phoneticFeatures(of samples: [Float]) throws -> Matrix
}

/// Predicts how people would rate speech.
public protocol QualityPredictor: Sendable {
    var sampleRate: Int { get }
    /// - Returns: mean opinion scores, 1...5.
    func rate(_ samples: [Float]) throws -> QualityRating
}

/// DNSMOS P.835 scores, 1...5.
public struct QualityRating: Sendable, Codable, Equatable {
    public var overall: Double
    public var signal: Double
    public var background: Double

    public init(overall: Double, signal: Double, background: Double) {
        self.overall = overall
        self.signal = signal
        self.background = background
    }
}

/// How a person sounds to a speaker encoder, learnt from one recording.
public struct VoicePrint: Sendable, Codable, Equatable {
    /// Unit vector, [encoder's dimension].
    public var vector: [Float]
    /// Id and digest of the encoder: vectors of different encoders cannot be compared.
    public var encoder: String
    /// Seconds of speech it stands for.
    public var seconds: Double
    /// Where it was learnt: "episode-1a2b3c4d:Speaker_A".
    public var source: String

    public init(vector: [Float], encoder: String, seconds: Double, source: String) {
        self.vector = vector
        self.encoder = encoder
        self.seconds = seconds
        self.source = source
    }
}

/// Somebody the program knows by voice.
public struct KnownSpeaker: Sendable, Codable, Equatable {
    public var name: String
    public var prints: [VoicePrint]

    public init(name: String, prints: [VoicePrint]) {
        self.name = name
        self.prints = prints
    }

    /// The mean direction of the prints that `encoder` made; nil where there are none.
    public func centre(encoder: String) -> [Float]? {
        let prints = prints.filter { $0.encoder == encoder }
        guard let dimension = prints.first?.vector.count else { return nil }
        var sum = [Double](repeating: 0, count: dimension)
        for print in prints where print.vector.count == dimension {
            for index in 0..<dimension { sum[index] += Double(print.vector[index]) }
        }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? sum.map { Float($0 / length) } : nil
    }
}

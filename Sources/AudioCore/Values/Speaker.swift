/// A person in a programme: `Speaker_A`, `Speaker_B`, ... in order of first appearance.
public struct SpeakerID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    public let name: String

    public init(_ name: String) { self.name = name }

    /// - Parameter index: 0 for `Speaker_A`; after `Speaker_Z` comes `Speaker_AA`.
    public init(index: Int) {
        var letters = ""
        var rest = index
        repeat {
            letters = String(UnicodeScalar(UInt8(65 + rest % 26))) + letters
            rest = rest / 26 - 1
        } while rest >= 0
        name = "Speaker_" + letters
    }

    public var description: String { name }

    public static func < (a: SpeakerID, b: SpeakerID) -> Bool {
        (a.name.utf8.count, a.name) < (b.name.utf8.count, b.name)
    }

    public init(from decoder: any Decoder) throws {
        name = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}

/// An uninterrupted stretch of one person's speech. Turns of different people may overlap.
public struct SpeakerTurn: Sendable, Hashable, Codable {
    public var speaker: SpeakerID
    public var span: TimeSpan
    /// Probability that the turn is given to the right person, 0...1, calibrated (SpeakerDiarizer says on what).
    public var confidence: Double

    public init(speaker: SpeakerID, span: TimeSpan, confidence: Double) {
        self.speaker = speaker
        self.span = span
        self.confidence = confidence
    }
}

/// Who speaks when.
public struct Diarization: Sendable, Codable, Equatable {
    /// In order of start.
    public var turns: [SpeakerTurn]
    /// A unit vector that stands for each speaker's voice, [embedder's dimension].
    public var voicePrints: [SpeakerID: [Float]]
    /// The channel each speaker is heard on and no other, where the programme keeps its channels apart; else empty. Several
    /// may sit on one.
    public var channels: [SpeakerID: Int]

    public init(turns: [SpeakerTurn], voicePrints: [SpeakerID: [Float]] = [:], channels: [SpeakerID: Int] = [:]) {
        self.turns = turns
        self.voicePrints = voicePrints
        self.channels = channels
    }

    /// In order of first appearance.
    public var speakers: [SpeakerID] {
        var seen: Set<SpeakerID> = []
        return turns.map(\.speaker).filter { seen.insert($0).inserted }
    }

    /// True where two people are heard on one channel: one has none of his own, or both have the same.
    public func shareChannel(_ one: SpeakerID, _ other: SpeakerID) -> Bool {
        guard let first = channels[one], let second = channels[other] else { return true }
        return first == second
    }

    public func turns(of speaker: SpeakerID) -> [SpeakerTurn] { turns.filter { $0.speaker == speaker } }

    public func seconds(of speaker: SpeakerID) -> Double {
        turns(of: speaker).reduce(0) { $0 + $1.span.seconds }
    }
}

/// Speakers as keys give a JSON object, so that encoding with sorted keys is the same every time.
extension SpeakerID: CodingKeyRepresentable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public var codingKey: any CodingKey { Key(stringValue: name) }

    public init?<T: CodingKey>(codingKey: T) { self.init(codingKey.stringValue) }
}

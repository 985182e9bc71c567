import AudioCore

/// Finds known people among a programme's speakers, by the cosine of voice prints.
///
/// Each speaker may only be the one person of the book who is most alike, and only from the threshold on. So a stranger is
/// taken for somebody as rarely as the threshold was measured to do (docs/measurements.md), and people who sound alike
/// compete. So do the speakers of a programme, who share its room and line: beside somebody who is far more alike, a voice
/// is a stranger's.
public struct SpeakerMatching: Sendable {
    /// A speaker of the programme who is somebody known.
    public struct Match: Sendable, Equatable, Codable {
        public var speaker: SpeakerID
        public var name: String
        /// Cosine of the speaker's print and the person's, -1...1.
        public var cosine: Double
    }

    /// The lowest step of 0.05 at which nobody was mistaken on the half of the people that it was chosen on; docs/measurements.md
    /// has its error rates on the other half.
    public static let defaultThreshold = 0.5

    /// Two speakers of one programme are the same person, whom the diarizer took for two, only if they are nearly as alike.
    static let rivalDifference = 0.25

    public let threshold: Double
    private let people: [(name: String, centre: [Float])]

    /// - Parameters:
    ///   - book: everybody known, not only those who are looked for: they compete.
    ///   - encoder: what made the programme's prints; prints of other encoders are left aside.
    public init(_ book: [KnownSpeaker], encoder: String, threshold: Double = defaultThreshold) {
        self.threshold = threshold
        people = book.compactMap { person in person.centre(encoder: encoder).map { (person.name, $0) } }
    }

    /// Who can be looked for at all.
    public var names: [String] { people.map(\.name) }

    /// - Parameter voicePrints: unit vectors, by the programme's speaker.
    /// - Returns: the speakers who are somebody, in order of their names in the programme.
    public func matches(_ voicePrints: [SpeakerID: [Float]]) -> [Match] {
        let found = nearest(voicePrints).filter { $0.cosine >= threshold }
        let best = Dictionary(grouping: found, by: \.name).mapValues { $0.map(\.cosine).max() ?? 0 }
        return found.filter { $0.cosine > (best[$0.name] ?? 0) - Self.rivalDifference }
    }

    /// Every speaker with the person who is most alike, however little.
    public func nearest(_ voicePrints: [SpeakerID: [Float]]) -> [Match] {
        voicePrints.sorted { $0.key < $1.key }.compactMap { speaker, print in
            people.map { Match(speaker: speaker, name: $0.name, cosine: Self.cosine($0.centre, print)) }
                .max { $0.cosine < $1.cosine }
        }
    }

    /// How alike everybody known is to one voice.
    /// - Parameter voicePrint: unit vector, [encoder's dimension].
    public func all(_ voicePrint: [Float]) -> [(name: String, cosine: Double)] {
        people.map { ($0.name, Self.cosine($0.centre, voicePrint)) }
    }

    private static func cosine(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
}

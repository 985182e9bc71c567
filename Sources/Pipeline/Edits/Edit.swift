import AudioCore

/// One thing that a person changed. Turns are named by `Passage.id`, the number that `transcript export` shows.
public enum Edit: Sendable, Equatable {
    /// Other words for a turn.
    case line(Line)
    /// What a speaker is called.
    case name(Name)
    /// Two speakers are one person.
    case merge(Merge)
    /// Somebody's stretches are somebody else's.
    case assign(Assign)
    /// A turn begins and ends elsewhere.
    case edges(Edges)
    /// Another rendition of a turn.
    case take(Take)
    /// What happens to the old voice in a stretch of time.
    case stretch(Stretch)

    public struct Line: Codable, Sendable, Equatable {
        public var passage: Int
        public var text: String
        /// What it read before: tells whether the transcript is still the one that was changed. nil: not known.
        public var was: String?

        public init(passage: Int, text: String, was: String? = nil) {
            self.passage = passage
            self.text = text
            self.was = was
        }
    }

    public struct Name: Codable, Sendable, Equatable {
        public var speaker: SpeakerID
        /// The speaker's own id takes a name away.
        public var name: String

        public init(speaker: SpeakerID, name: String) {
            self.speaker = speaker
            self.name = name
        }
    }

    public struct Merge: Codable, Sendable, Equatable {
        /// Is no more afterwards.
        public var speaker: SpeakerID
        public var into: SpeakerID

        public init(speaker: SpeakerID, into: SpeakerID) {
            self.speaker = speaker
            self.into = into
        }
    }

    public struct Assign: Codable, Sendable, Equatable {
        public var from: SpeakerID
        /// May be new.
        public var to: SpeakerID
        /// Seconds of the programme. A turn that is covered whole goes over whole, of others the words inside.
        public var spans: [TimeSpan]

        public init(from: SpeakerID, to: SpeakerID, spans: [TimeSpan]) {
            self.from = from
            self.to = to
            self.spans = spans
        }
    }

    public struct Edges: Codable, Sendable, Equatable {
        public var passage: Int
        public var span: TimeSpan

        public init(passage: Int, span: TimeSpan) {
            self.passage = passage
            self.span = span
        }
    }

    public struct Take: Codable, Sendable, Equatable {
        public var passage: Int
        /// 1...9; the first is the usual one. `SynthesisTake` says in what they differ.
        public var take: Int

        public init(passage: Int, take: Int) {
            self.passage = passage
            self.take = take
        }
    }

    public struct Stretch: Codable, Sendable, Equatable {
        public enum Policy: String, Codable, Sendable, CaseIterable {
            /// Every sample stays the original.
            case keep
            /// The old voice goes, no new one comes; what lies under it stays.
            case mute
            /// The new voice speaks even where words are doubtful or somebody else speaks; of the old one nothing stays.
            case replace
        }

        public var policy: Policy
        /// Seconds of the programme.
        public var span: TimeSpan
        /// Whose voice; nil: everybody's.
        public var speaker: SpeakerID?
        /// What it is: "laugh".
        public var label: String?

        public init(policy: Policy, span: TimeSpan, speaker: SpeakerID? = nil, label: String? = nil) {
            self.policy = policy
            self.span = span
            self.speaker = speaker
            self.label = label
        }
    }
}

/// `{"edit": "line", "passage": 3, "text": "..."}`: what it is, and beside it what it needs.
extension Edit: Codable {
    private enum Kind: String, Codable, CaseIterable { case line, name, merge, assign, edges, take, stretch }
    private enum Key: CodingKey { case edit }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let name = try container.decode(String.self, forKey: .edit)
        switch Kind(rawValue: name) {
        case .line: self = .line(try Line(from: decoder))
        case .name: self = .name(try Name(from: decoder))
        case .merge: self = .merge(try Merge(from: decoder))
        case .assign: self = .assign(try Assign(from: decoder))
        case .edges: self = .edges(try Edges(from: decoder))
        case .take: self = .take(try Take(from: decoder))
        case .stretch: self = .stretch(try Stretch(from: decoder))
        case nil:
            let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.dataCorruptedError(
                forKey: .edit, in: container, debugDescription: "\"\(name)\" is none of \(known)")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .line(let edit): try put(.line, edit)
        case .name(let edit): try put(.name, edit)
        case .merge(let edit): try put(.merge, edit)
        case .assign(let edit): try put(.assign, edit)
        case .edges(let edit): try put(.edges, edit)
        case .take(let edit): try put(.take, edit)
        case .stretch(let edit): try put(.stretch, edit)
        }
        func put(_ kind: Kind, _ edit: some Encodable) throws {
            try container.encode(kind, forKey: .edit)
            try edit.encode(to: encoder)
        }
    }
}

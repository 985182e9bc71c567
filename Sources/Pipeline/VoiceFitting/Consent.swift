import AudioCore
import Foundation

/// The record that a person agreed to a voice being made from their speech. It is made by `ConsentClaim.verified` only,
/// and travels with the voice.
public struct Consent: Codable, Sendable, Equatable {
    public enum Kind: String, Codable, Sendable {
        /// The one who makes the voice says that it is their own.
        case own = "self"
        /// Somebody wrote down who agreed, when and to what.
        case statement
        /// The person said so, and the recording's voice is that of the sample.
        case recording
    }

    /// The voice of a recorded statement beside that of the sample.
    public struct VoiceCheck: Codable, Sendable, Equatable {
        /// What compared them.
        public var encoder: String
        /// Cosine of the two prints, -1...1.
        public var cosine: Double
        /// From where on they are one person's.
        public var threshold: Double
    }

    public let kind: Kind
    /// Whose voice it is.
    public let who: String
    /// When the person agreed, as they wrote it; ISO 8601 where the program wrote it.
    public let when: String
    /// What the voice may be used for.
    public let purpose: String
    /// The statement's own words; nil where there are none.
    public let statement: String?
    /// SHA-256 of the statement's file; nil where there is none.
    public let statementDigest: String?
    /// nil where no voice was to be checked.
    public let voiceCheck: VoiceCheck?

    init(
        kind: Kind, who: String, when: String, purpose: String, statement: String? = nil,
        statementDigest: String? = nil, voiceCheck: VoiceCheck? = nil
    ) throws {
        self.kind = kind
        self.who = who.trimmingCharacters(in: .whitespacesAndNewlines)
        self.when = when.trimmingCharacters(in: .whitespacesAndNewlines)
        self.purpose = purpose.trimmingCharacters(in: .whitespacesAndNewlines)
        self.statement = statement
        self.statementDigest = statementDigest
        self.voiceCheck = voiceCheck
        try validate()
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self = try Consent(
            kind: container.decode(Kind.self, forKey: .kind), who: container.decode(String.self, forKey: .who),
            when: container.decode(String.self, forKey: .when),
            purpose: container.decode(String.self, forKey: .purpose),
            statement: container.decodeIfPresent(String.self, forKey: .statement),
            statementDigest: container.decodeIfPresent(String.self, forKey: .statementDigest),
            voiceCheck: container.decodeIfPresent(VoiceCheck.self, forKey: .voiceCheck))
    }

    /// A record says who, when and for what, and a recorded one that its voice was checked.
    private func validate() throws {
        let missing = [("who agreed", who), ("when", when), ("for what", purpose)].filter(\.1.isEmpty).map(\.0)
        guard missing.isEmpty else {
            throw Self.refusal("the consent does not say " + missing.joined(separator: ", "))
        }
        guard kind != .statement || !(statement ?? "").isEmpty else {
            throw Self.refusal("the consent refers to a statement that is not there")
        }
        guard kind == .recording else { return }
        guard let voiceCheck, voiceCheck.cosine >= voiceCheck.threshold,
            voiceCheck.threshold >= ConsentClaim.samePersonCosine
        else { throw Self.refusal("the voice of the recorded consent was not found to be that of the sample") }
    }

    static func refusal(_ cause: String, mend: String? = nil) -> AudioError {
        AudioError(
            .notPermitted, operation: "use", subject: "a voice made from a person's recording", cause: cause,
            mend: mend ?? "a voice needs the consent of the one it belongs to (docs/voices.md)")
    }

    /// "their own voice, stated by anna on 2026-11-22T..." for tables and reports.
    public var sentence: String {
        switch kind {
        case .own: "\(who) stated on \(when) that it is their own voice"
        case .statement: "\(who) agreed (\(when)) to: \(purpose)"
        case .recording:
            "\(who) agreed in a recording (\(when)) whose voice is the sample's: \(purpose)"
        }
    }
}

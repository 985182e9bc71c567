import AudioCore
import Files
import Foundation

/// What a user says about consent, before it was looked at.
public enum ConsentClaim: Sendable, Equatable {
    /// It is the user's own voice.
    /// - Parameter who: the user's name.
    case own(who: String)
    /// A file that holds the statement: text, JSON, or a recording of it.
    case file(URL)

    /// Cosine of CAM++ prints from which on two recordings are one person's: where of 1618 trials with strangers 0.12 %
    /// were mistaken, and 3 % of the same person's prints of 8 s refused (docs/measurements.md, "Knowing people by
    /// voice").
    public static let samePersonCosine = 0.5

    /// Text is not longer than this; what is, is taken for a recording.
    private static let mostTextBytes = 100_000
    private static let shortestStatementSeconds = 2.0

    /// Looks at what was claimed.
    /// - Parameters:
    ///   - sample: prints of the sample's voice by `embedder`.
    ///   - hear: samples of a recording, mono at the embedder's rate.
    ///   - write: its words.
    /// - Throws: `AudioError` of kind `.notPermitted` where it is no consent.
    func verified(
        sample: [Float], embedder: any SpeakerEmbedder, hear: (URL) throws -> [Float],
        write: ([Float]) throws -> String
    ) throws -> Consent {
        switch self {
        case .own(let who):
            return try Consent(
                kind: .own, who: who, when: Date.now.formatted(.iso8601), purpose: "speech of my own voice")
        case .file(let file):
            let digest = try Digest.ofFile(file)
            if let text = Self.text(of: file) { return try Self.consent(inText: text, digest: digest) }
            return try recorded(file, digest: digest, sample: sample, embedder: embedder, hear: hear, write: write)
        }
    }

    /// Refuses what cannot be a consent before any work is done.
    public func check() throws {
        guard case .file(let file) = self else { return }
        guard FileManager.default.isReadableFile(atPath: file.path) else {
            throw AudioError(
                .noInput, operation: "read", subject: file.path, cause: "there is no such file",
                mend: "name the file that holds the consent")
        }
        if let text = Self.text(of: file) { _ = try Self.consent(inText: text, digest: Digest.ofFile(file)) }
    }

    // MARK: Written statements

    private static func text(of file: URL) -> String? {
        guard let data = try? Data(contentsOf: file, options: .mappedIfSafe), data.count <= mostTextBytes,
            !data.contains(0)
        else { return nil }
        return String(data: data, encoding: .utf8)
    }

    private struct Statement: Decodable {
        var who: String?
        var when: String?
        var purpose: String?

        enum CodingKeys: String, CodingKey {
            case who, when
            case purpose = "for"
        }
    }

    static func consent(inText text: String, digest: String) throws -> Consent {
        let statement = (try? JSONDecoder().decode(Statement.self, from: Data(text.utf8))) ?? lines(of: text)
        do {
            return try Consent(
                kind: .statement, who: statement.who ?? "", when: statement.when ?? "",
                purpose: statement.purpose ?? "", statement: text.trimmingCharacters(in: .whitespacesAndNewlines),
                statementDigest: digest)
        } catch let error as AudioError {
            throw Consent.refusal(
                error.cause,
                mend: "write three lines, as `who: Anna Berg`, `when: 2026-11-22`, `for: our podcast`, "
                    + "or give a recording of the person saying so")
        }
    }

    /// Lines as "who: Anna Berg".
    private static func lines(of text: String) -> Statement {
        var statement = Statement()
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2 else { continue }
            switch parts[0].lowercased() {
            case "who": statement.who = parts[1]
            case "when": statement.when = parts[1]
            case "for", "for what": statement.purpose = parts[1]
            default: break
            }
        }
        return statement
    }

    // MARK: Spoken statements

    private func recorded(
        _ file: URL, digest: String, sample: [Float], embedder: any SpeakerEmbedder, hear: (URL) throws -> [Float],
        write: ([Float]) throws -> String
    ) throws -> Consent {
        let samples = try hear(file)
        guard Double(samples.count) >= Self.shortestStatementSeconds * Double(embedder.sampleRate),
            let print = try embedder.voicePrint(ofSpeech: samples)
        else { throw Consent.refusal("the recorded consent \(file.path) is shorter than two seconds") }
        let cosine = embedder.likeness(print, sample)
        guard cosine >= Self.samePersonCosine else {
            let (found, wanted) = (String(format: "%.2f", cosine), String(format: "%.2f", Self.samePersonCosine))
            throw Consent.refusal(
                "the voice in \(file.lastPathComponent) is not that of the sample (likeness \(found), "
                    + "at least \(wanted) is needed)",
                mend: "let the person whose voice it is say that they agree, alone and clearly, for ten seconds")
        }
        let words = try write(samples)
        guard words.split(separator: " ").count >= 3 else {
            throw Consent.refusal("no words were understood in the recorded consent \(file.path)")
        }
        return try Consent(
            kind: .recording, who: "the person recorded in \(file.lastPathComponent)",
            when: Self.date(of: file).formatted(.iso8601), purpose: "what the recording says", statement: words,
            statementDigest: digest,
            voiceCheck: .init(encoder: embedder.name, cosine: cosine, threshold: Self.samePersonCosine))
    }

    private static func date(of file: URL) -> Date {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
        return attributes?[.modificationDate] as? Date ?? .now
    }
}

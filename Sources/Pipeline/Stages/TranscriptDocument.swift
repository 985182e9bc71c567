import AudioCore
import Foundation

/// A transcript as JSON, version 1: flat passages and words, times in seconds.
struct TranscriptDocument: Codable {
    struct Line: Codable {
        var id: Int
        var speaker: SpeakerID
        var start: Double
        var end: Double
        var language: String
        var text: String
        var words: [Item]
    }
    struct Item: Codable {
        var text: String
        var start: Double
        var end: Double
        var confidence: Double
    }

    var version = 1
    var language: String
    var passages: [Line]

    init(_ transcript: Transcript) {
        language = transcript.language
        passages = transcript.passages.map { passage in
            Line(
                id: passage.id, speaker: passage.speaker, start: Self.rounded(passage.span.start),
                end: Self.rounded(passage.span.end), language: passage.language, text: passage.text,
                words: passage.words.map {
                    Item(
                        text: $0.text, start: Self.rounded($0.span.start), end: Self.rounded($0.span.end),
                        confidence: Self.rounded($0.confidence))
                })
        }
    }

    /// To a tenth of a millisecond: nothing that was measured is finer.
    private static func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }

    init(text: String, subject: String) throws {
        do {
            self = try JSONDecoder().decode(TranscriptDocument.self, from: Data(text.utf8))
        } catch {
            throw AudioError(
                .badData, operation: "read", subject: subject, cause: "it is not a transcript of the expected form")
        }
        guard version == 1 else {
            throw AudioError(
                .badData, operation: "read", subject: subject, cause: "its version is \(version), not 1",
                mend: "use the program that wrote it")
        }
        for line in passages {
            let times = [(line.start, line.end)] + line.words.map { ($0.start, $0.end) }
            guard times.allSatisfy({ TimeSpan(start: $0, end: $1).isPlausible }) else {
                throw AudioError(
                    .badData, operation: "read", subject: subject,
                    cause: "passage \(line.id) has times that are out of order or out of all proportion")
            }
        }
    }

    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    var transcript: Transcript {
        Transcript(
            language: language,
            passages: passages.map { line in
                Passage(
                    id: line.id, speaker: line.speaker, span: TimeSpan(start: line.start, end: line.end),
                    language: line.language,
                    words: line.words.map {
                        Word(
                            text: $0.text, span: TimeSpan(start: $0.start, end: $0.end), confidence: $0.confidence)
                    })
            })
    }
}

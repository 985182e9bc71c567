import AudioCore
import Foundation

/// What `config.json` says of a Whisper model beside its weights.
struct WhisperConfiguration: Sendable, Decodable {
    /// Cross-attention heads that follow time: [layer, head] pairs.
    var alignmentHeads: [[Int]]
    /// Tokens that are never emitted: speaker tags, music signs, control tokens.
    var suppressed: [Int]
    /// Tokens that are not emitted first: a blank and the end.
    var suppressedAtStart: [Int]

    enum CodingKeys: String, CodingKey {
        case alignmentHeads = "alignment_heads"
        case suppressed = "suppress_ids"
        case suppressedAtStart = "suppress_ids_begin"
    }

    init(_ file: URL) throws {
        do {
            self = try JSONDecoder().decode(WhisperConfiguration.self, from: Data(contentsOf: file))
        } catch {
            throw AudioError(
                .badData, operation: "read", subject: file.path, cause: "it is not a Whisper configuration",
                mend: "install the model again with `hyperaudio models install`")
        }
    }
}

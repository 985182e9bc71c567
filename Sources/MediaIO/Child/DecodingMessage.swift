import AudioCore
import Foundation

/// What a decoding process says, in this order: `format`, `samples` as often as there are blocks, `end`; or `original`
/// alone; or, at any point, `failure` as its last word. Each message is a head of eight bytes and what it announces.
enum DecodingMessage: UInt32 {
    /// `Beginning` as JSON.
    case format = 1
    /// Float32 in the machine's order of bytes, one channel after the other.
    case samples
    /// `End` as JSON.
    case end
    /// `Original` as JSON.
    case original
    /// `Refusal` as JSON.
    case failure

    struct Beginning: Codable {
        var format: MediaFormat
        var expectedFrames: Int?
    }

    struct End: Codable {
        var damage: String?
        var repairedSeconds: Double
    }

    struct Refusal: Codable {
        var kind: AudioError.Kind
        var operation: String
        var subject: String
        var cause: String
        var mend: String
    }

    /// Nothing that is true is longer: a cover of many megapixels, or a block of 63 channels.
    static let longestBytes = 64 << 20

    /// Kind and length of what follows.
    struct Head {
        static let bytes = 8
        var kind: DecodingMessage
        var length: Int

        init(_ kind: DecodingMessage, length: Int) {
            self.kind = kind
            self.length = length
        }

        /// nil where these are not the bytes of a head.
        init?(_ bytes: [UInt8]) {
            func number(_ at: Int) -> UInt32 { bytes[at..<at + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) } }
            guard bytes.count == Self.bytes, let kind = DecodingMessage(rawValue: number(0)),
                number(4) <= DecodingMessage.longestBytes
            else { return nil }
            self.init(kind, length: Int(number(4)))
        }

        var data: [UInt8] {
            [kind.rawValue, UInt32(clamping: length)].flatMap { value in
                (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
            }
        }
    }
}

import AudioCore
import Files
import Foundation

/// What a voice's `.onnx.json` says: its symbols, rate, and how much chance its sound holds.
struct PiperVocabulary: Sendable {
    static let start: Character = "^"
    static let end: Character = "$"
    /// Between any two symbols, number 0.
    static let blank: Int64 = 0
    /// Symbols that colour the sound after them, and those that colour the one before.
    private static let before: Set<Unicode.Scalar> = ["ˈ", "ˌ"]
    private static let after: Set<Unicode.Scalar> = ["ː", "ˑ", "˞", "ʰ", "ʲ", "ˤ"]
    /// Symbols of one token at most: their numbers are packed into it, a byte each.
    private static let mostSymbols = 7

    let sampleRate: Int
    let noiseScale: Float
    private let ids: [Unicode.Scalar: Int64]

    private struct Content: Decodable {
        struct Audio: Decodable {
            var sampleRate: Int
            enum CodingKeys: String, CodingKey { case sampleRate = "sample_rate" }
        }
        struct Inference: Decodable {
            var noiseScale: Float
            enum CodingKeys: String, CodingKey { case noiseScale = "noise_scale" }
        }
        var audio: Audio
        var inference: Inference
        var symbols: [String: [Int64]]
        enum CodingKeys: String, CodingKey {
            case audio, inference
            case symbols = "phoneme_id_map"
        }
    }

    init(_ file: URL) throws {
        let data: Data
        do { data = try Data(contentsOf: file) } catch {
            throw FileError(.noInput, file, "read", FileError.reason(error))
        }
        guard let content = try? JSONDecoder().decode(Content.self, from: data), content.audio.sampleRate > 0,
            content.symbols.values.allSatisfy({ $0.allSatisfy { (0..<256).contains($0) } })
        else { throw FileError(.badData, file, "read", "it is not the description of a Piper voice") }
        sampleRate = content.audio.sampleRate
        noiseScale = content.inference.noiseScale
        ids = Dictionary(
            content.symbols.compactMap { key, ids in
                guard let scalar = key.unicodeScalars.first, key.unicodeScalars.count == 1, let id = ids.first else {
                    return nil
                }
                return (scalar, id)
            }, uniquingKeysWith: min)
    }

    func token(_ symbol: Character, owner: SpeechToken.Owner) -> SpeechToken? {
        // There are no dashes or dots of omission among its marks.
        let plain: Character = symbol == "—" || symbol == "…" ? "," : symbol
        guard let scalar = plain.unicodeScalars.first, let id = ids[scalar] else { return nil }
        return SpeechToken(id: id, symbol: symbol, owner: owner)
    }

    /// A word's sounds: a vowel is one token with its stress and length. Symbols the voice does not know are left out.
    func tokens(_ phonemes: String, owner: SpeechToken.Owner) -> [SpeechToken] {
        var tokens: [SpeechToken] = []
        var pending: [Int64] = []
        for scalar in phonemes.unicodeScalars {
            guard let id = ids[scalar] else { continue }
            let isMark = Self.after.contains(scalar) || scalar.properties.canonicalCombiningClass != .notReordered
            if Self.before.contains(scalar) {
                pending.append(id)
            } else if isMark, let last = tokens.last, pending.isEmpty,
                Self.symbols(of: last).count < Self.mostSymbols
            {
                tokens[tokens.count - 1].id = Self.pack(Self.symbols(of: last) + [id])
            } else {
                tokens.append(
                    SpeechToken(id: Self.pack(pending + [id]), symbol: Character(scalar), owner: owner))
                pending = []
            }
        }
        return tokens
    }

    private static func pack(_ ids: [Int64]) -> Int64 { ids.suffix(mostSymbols).reversed().reduce(0) { $0 << 8 | $1 } }

    /// The numbers of a token's symbols, in order.
    static func symbols(of token: SpeechToken) -> [Int64] {
        var symbols: [Int64] = []
        var rest = token.id
        repeat {
            symbols.append(rest & 0xFF)
            rest >>= 8
        } while rest != 0
        return symbols
    }

    /// Which of a token's symbols the sound is, the others being stress before and length behind it.
    func sound(in token: SpeechToken) -> Int {
        let id = token.symbol.unicodeScalars.first.flatMap { ids[$0] }
        return Self.symbols(of: token).firstIndex { $0 == id } ?? 0
    }
}

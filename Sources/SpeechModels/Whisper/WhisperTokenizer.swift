import AudioCore
import Foundation

/// Whisper's byte-level byte-pair encoding and its special tokens, read from `tokenizer.json`.
///
/// Merges are not read: in this vocabulary a merged token's id *is* its rank, so merging always the pair whose
/// whole has the lowest id gives the same pieces (Sennrich et al. 2016; the same observation underlies tiktoken).
struct WhisperTokenizer: Sendable {
    /// UTF-8 bytes of each text token, [endOfText].
    private let bytes: [[UInt8]]
    private let identifiers: [[UInt8]: Int]
    /// ISO 639-1 code -> token.
    let languageTokens: [String: Int]
    let endOfText: Int
    let startOfTranscript: Int
    let transcribe: Int
    let startOfPrevious: Int
    let noSpeech: Int
    let noTimestamps: Int
    /// `<|0.00|>`; each further token is 20 ms later.
    var firstTimestamp: Int { noTimestamps + 1 }
    /// Seconds between two timestamp tokens.
    static let timestampSeconds = 0.02
    /// Timestamp tokens: 0...30 s.
    static let timestampCount = 1501

    private struct Document: Decodable {
        struct Added: Decodable {
            var id: Int
            var content: String
        }
        struct Model: Decodable { var vocab: [String: Int] }
        // swift-format-ignore: the file's own key
        var added_tokens: [Added]
        var model: Model
    }

    init(_ file: URL) throws {
        func fail(_ cause: String) -> AudioError {
            AudioError(
                .badData, operation: "read", subject: file.path, cause: cause,
                mend: "install the model again with `hyperaudio models install`")
        }
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: Data(contentsOf: file))
        } catch {
            throw fail("it is not a tokenizer of the expected form")
        }
        let special = Dictionary(document.added_tokens.map { ($0.content, $0.id) }) { first, _ in first }
        func token(_ names: String...) throws -> Int {
            guard let id = names.lazy.compactMap({ special[$0] }).first else { throw fail("it lacks \(names[0])") }
            return id
        }
        endOfText = try token("<|endoftext|>")
        startOfTranscript = try token("<|startoftranscript|>")
        transcribe = try token("<|transcribe|>")
        startOfPrevious = try token("<|startofprev|>")
        noSpeech = try token("<|nospeech|>", "<|nocaptions|>")
        noTimestamps = try token("<|notimestamps|>")
        let translate = try token("<|translate|>")
        var languages: [String: Int] = [:]
        for (content, id) in special where id > startOfTranscript && id < translate && content.count > 4 {
            languages[String(content.dropFirst(2).dropLast(2))] = id
        }
        languageTokens = languages

        let byteOf = Self.bytesOfCharacters
        var bytes = [[UInt8]](repeating: [], count: endOfText)
        var identifiers: [[UInt8]: Int] = [:]
        identifiers.reserveCapacity(endOfText)
        for (text, id) in document.model.vocab where id < endOfText {
            var piece: [UInt8] = []
            for scalar in text.unicodeScalars {
                guard let byte = byteOf[scalar] else { throw fail("token \(id) is not byte-level") }
                piece.append(byte)
            }
            bytes[id] = piece
            identifiers[piece] = id
        }
        guard (0...255).allSatisfy({ identifiers[[UInt8($0)]] != nil }) else { throw fail("single bytes are missing") }
        self.bytes = bytes
        self.identifiers = identifiers
    }

    /// The English-only models have one text token less.
    var isMultilingual: Bool { endOfText >= 50257 }

    /// ISO 639-1 codes (639-3 where there is none).
    var languages: [String] { isMultilingual ? languageTokens.keys.sorted() : ["en"] }

    /// GPT-2's alphabet: printable Latin-1 characters stand for themselves, the other 68 bytes for U+0100 onwards.
    private static let bytesOfCharacters: [Unicode.Scalar: UInt8] = {
        var table: [Unicode.Scalar: UInt8] = [:]
        var next: UInt32 = 256
        for byte in UInt8.min...UInt8.max {
            let isPrintable = (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174
            let value = isPrintable ? UInt32(byte) : next
            if !isPrintable { next += 1 }
            if let scalar = Unicode.Scalar(value) { table[scalar] = byte }
        }
        return table
    }()

    // MARK: Decoding

    /// Bytes of the text tokens among `tokens`; special tokens and timestamps give none.
    func decodeBytes(_ tokens: some Sequence<Int>) -> [UInt8] {
        tokens.reduce(into: []) { if $1 < endOfText { $0 += bytes[$1] } }
    }

    /// Text of the text tokens among `tokens`; ill-formed UTF-8 becomes U+FFFD.
    func decode(_ tokens: some Sequence<Int>) -> String { String(decoding: decodeBytes(tokens), as: UTF8.self) }

    // MARK: Encoding

    /// Text tokens of `text`. Whisper expects a leading space before the first word.
    func encode(_ text: String) -> [Int] {
        WhisperPreTokenizer.pieces(of: text).flatMap { merge(Array($0.utf8)) }
    }

    private func merge(_ piece: [UInt8]) -> [Int] {
        if let whole = identifiers[piece] { return [whole] }
        var parts = piece.map { [$0] }
        while parts.count > 1 {
            var best = (id: Int.max, at: 0)
            for at in 0..<parts.count - 1 {
                if let id = identifiers[parts[at] + parts[at + 1]], id < best.id { best = (id, at) }
            }
            guard best.id < Int.max else { break }
            parts[best.at] += parts[best.at + 1]
            parts.remove(at: best.at + 1)
        }
        return parts.compactMap { identifiers[$0] }
    }
}

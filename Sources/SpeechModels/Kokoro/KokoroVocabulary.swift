import AudioCore
import Files
import Foundation

/// Kokoro's input symbols and their numbers (`vocab.json`).
struct KokoroVocabulary: Sendable {
    private let ids: [Character: Int64]
    private let file: URL
    /// The symbol shown for the pad at both ends, whose number is 0.
    static let pad: Character = "$"

    private struct Content: Decodable {
        var vocab: [String: Int64]
    }

    init(_ file: URL) throws {
        self.file = file
        let data: Data
        do { data = try Data(contentsOf: file) } catch {
            throw FileError(.noInput, file, "read", FileError.reason(error))
        }
        guard let content = try? JSONDecoder().decode(Content.self, from: data) else {
            throw FileError(.badData, file, "read", "it is not a list of Kokoro's symbols")
        }
        ids = Dictionary(content.vocab.compactMap { key, id in key.first.map { ($0, id) } }, uniquingKeysWith: min)
    }

    func id(_ symbol: Character) -> Int64? { ids[symbol] }
}

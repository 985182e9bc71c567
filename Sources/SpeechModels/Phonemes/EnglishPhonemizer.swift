import AudioCore
import Foundation
import Synchronization

/// English text -> phonemes in Kokoro's alphabet, by misaki's dictionaries and, for unknown words, espeak-ng.
public final class EnglishPhonemizer: Phonemizer {
    private let lexiconFolder: URL
    private let accent: EnglishAccent
    private let unknownWords: any UnknownWordPronouncer
    private let pronouncers = Mutex<[EnglishAccent: EnglishPronouncer]>([:])

    public let languages = ["en"]

    /// Dictionaries are read when they are first needed.
    /// - Parameters:
    ///   - lexiconFolder: holds misaki's `us_gold.json`, `us_silver.json` and `gb_...`.
    ///   - accent: what plain "en" means; "en-US" and "en-GB" say it themselves.
    public init(
        lexiconFolder: URL, accent: EnglishAccent = .american,
        unknownWords: any UnknownWordPronouncer = EspeakPronouncer()
    ) {
        self.lexiconFolder = lexiconFolder
        self.accent = accent
        self.unknownWords = unknownWords
    }

    public func readings(of words: [String], language: String) throws -> [[[SpokenWord]]] {
        let pronouncer = try pronouncer(for: language)
        let written = taken(words)
        let capitals = isAllCapitals(written)
        let reader = WordReader(
            isKnown: { pronouncer.isKnown($0) }, isKnownExactly: { pronouncer.lexicon.holdsExactly($0) })
        let all = written.indices.map { index in
            candidates(
                of: written[index], around: surroundings(index, written, capitals, pronouncer.accent), reader)
        }
        try pronouncer.prepare(all.flatMap { $0.flatMap { $0.map(\.part) } })
        return pronounce(all, pronouncer)
    }

    public func fillers(language: String) -> [SpokenWord] {
        let american = (try? accent(of: language)) ?? accent == .american
        let spoken = american ? [("um", "ˈʌm"), ("uh", "ˈʌ"), ("mm", "ˈʌm")] : [("um", "ˈʌm"), ("er", "ˈɜː")]
        return spoken.prefix(2).map { SpokenWord(text: $0.0, source: -1, phonemes: $0.1, punctuation: "") }
    }

    // MARK: set-up

    private func accent(of language: String) throws -> EnglishAccent {
        switch language.lowercased().replacing("_", with: "-") {
        case "en", "english": return accent
        case "en-us": return .american
        case "en-gb", "en-uk": return .british
        default:
            throw AudioError(
                .usage, operation: "pronounce", subject: "text in \"\(language)\"",
                cause: "only English (\"en\") can be spoken", mend: "choose a programme or a --language that is English"
            )
        }
    }

    private func pronouncer(for language: String) throws -> EnglishPronouncer {
        let accent = try accent(of: language)
        return try pronouncers.withLock { pronouncers in
            if let ready = pronouncers[accent] { return ready }
            let pronouncer = EnglishPronouncer(
                accent: accent, lexicon: try PronunciationLexicon(folder: lexiconFolder, accent: accent),
                unknownWords: unknownWords)
            pronouncers[accent] = pronouncer
            return pronouncer
        }
    }

    // MARK: reading

    /// A dash that stands alone belongs to the word before it.
    private func taken(_ words: [String]) -> [WrittenWord] {
        var written = words.map { WrittenWord($0) }
        for index in written.indices.dropFirst() where written[index].segments.isEmpty {
            let mark = written[index].loneMark
            guard !mark.isEmpty, let before = written[..<index].lastIndex(where: { !$0.segments.isEmpty }) else {
                continue
            }
            let last = written[before].segments.count - 1
            if written[before].segments[last].punctuation.isEmpty { written[before].segments[last].punctuation = mark }
        }
        return written
    }

    /// Some corpora are in capitals throughout; there they say nothing about initials.
    private func isAllCapitals(_ words: [WrittenWord]) -> Bool {
        let cores = words.flatMap(\.segments).map(\.core).filter { $0.contains(where: \.isLetter) }
        return cores.count >= 4 && cores.allSatisfy { !$0.contains(where: \.isLowercase) }
    }

    private func surroundings(
        _ index: Int, _ words: [WrittenWord], _ isAllCapitals: Bool, _ accent: EnglishAccent
    ) -> WordSurroundings {
        let before = words[..<index].last { !$0.segments.isEmpty }?.segments.last
        let after = words[(index + 1)...].first { !$0.segments.isEmpty }?.segments.first
        // A sentence's end parts a name from what follows it.
        let previous = before.map { "?!.".contains($0.punctuation) && !$0.punctuation.isEmpty ? "" : $0.core } ?? ""
        return WordSurroundings(
            previous: (before?.core ?? "").lowercased(), next: (after?.core ?? "").lowercased(),
            previousWritten: previous, nextWritten: after?.core ?? "", isLast: after == nil,
            isAllCapitals: isAllCapitals, accent: accent)
    }

    /// A part of a reading with the punctuation behind it.
    private struct Candidate: Hashable {
        var part: ReadingPart
        var punctuation: String
    }

    private func candidates(
        of word: WrittenWord, around: WordSurroundings, _ reader: WordReader
    ) -> [[Candidate]] {
        var joined: [[Candidate]] = []
        for segment in word.segments {
            let mark = reader.ownsDot(segment, around: around) ? "" : segment.punctuation
            let readings = reader.readings(segment, around: around).map { parts in
                parts.enumerated().map { position, part in
                    Candidate(part: part, punctuation: position == parts.count - 1 ? mark : "")
                }
            }
            guard !joined.isEmpty else {
                joined = readings
                continue
            }
            let first = readings.first ?? []
            let others = readings.dropFirst().compactMap { reading in joined.first.map { $0 + reading } }
            joined = joined.map { $0 + first } + others
        }
        return Array(joined.prefix(WordReader.mostReadings))
    }

    // MARK: pronouncing

    /// From the last word to the first: small words change with the sound that follows.
    private func pronounce(_ candidates: [[[Candidate]]], _ pronouncer: EnglishPronouncer) -> [[[SpokenWord]]] {
        var spoken = [[[SpokenWord]]](repeating: [], count: candidates.count)
        var following: SpokenWord?
        for index in candidates.indices.reversed() {
            let before = candidates[..<index].last { !$0.isEmpty }?.first?.last?.part.text ?? ""
            var seen = Set<[SpokenWord]>()
            spoken[index] = candidates[index].map {
                pronounce($0, source: index, previous: before, following: following, pronouncer)
            }.filter { !$0.isEmpty && seen.insert($0).inserted }
            following = spoken[index].first?.first ?? following
        }
        return spoken
    }

    private func pronounce(
        _ reading: [Candidate], source: Int, previous: String, following: SpokenWord?, _ pronouncer: EnglishPronouncer
    ) -> [SpokenWord] {
        var words: [SpokenWord] = []
        var next = following
        for position in reading.indices.reversed() {
            let candidate = reading[position]
            let before = position > 0 ? reading[position - 1].part.text : previous
            let context = PhraseContext(
                previous: before.lowercased(), next: next?.text.lowercased() ?? "",
                nextSound: candidate.punctuation.isEmpty ? next?.phonemes.first { !"ˈˌ".contains($0) } : nil)
            let phonemes = pronouncer.phonemes(candidate.part, context)
            guard !phonemes.isEmpty else { continue }
            let word = SpokenWord(
                text: candidate.part.text, source: source, phonemes: phonemes, punctuation: candidate.punctuation)
            words.append(word)
            next = word
        }
        return words.reversed()
    }
}

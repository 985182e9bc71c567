import AudioCore
import Foundation

/// English text -> phonemes as espeak-ng writes them, which Piper's voices were trained on. What numbers and abbreviations
/// may sound like is told by another phonemizer of English; espeak-ng pronounces the words it gives.
public struct PiperPhonemizer: Phonemizer {
    private let reader: any Phonemizer
    private let program: EspeakProgram
    private let voice: String

    public var languages: [String] { ["en"] }

    /// - Parameters:
    ///   - reader: whose spoken words are taken, not their phonemes.
    ///   - voice: espeak-ng's name of the language the voice was trained on.
    public init(reader: any Phonemizer, voice: String = "en-us") {
        self.reader = reader
        self.voice = voice
        program = EspeakProgram()
    }

    public func fillers(language: String) -> [SpokenWord] {
        let sounds = ["um": "ˈʌm", "uh": "ˈʌ", "er": "ˈɜː"]
        return reader.fillers(language: language).compactMap { filler in
            sounds[filler.text].map { SpokenWord(text: filler.text, source: -1, phonemes: $0, punctuation: "") }
        }
    }

    public func readings(of words: [String], language: String) throws -> [[[SpokenWord]]] {
        var readings = try reader.readings(of: words, language: language)
        // The conventional readings are pronounced as they stand beside each other, others by themselves.
        let usual = readings.indices.flatMap { word in
            (readings[word].first ?? []).indices.map { (word: word, reading: 0, part: $0) }
        }
        let others = readings.indices.flatMap { word in
            readings[word].indices.dropFirst().flatMap { reading in
                readings[word][reading].indices.map { (word: word, reading: reading, part: $0) }
            }
        }
        let spoken = usual.map { readings[$0.word][$0.reading][$0.part] }
        let alone = others.map { readings[$0.word][$0.reading][$0.part] }
        let phonemes = try inContext(spoken) + pronounce(alone.map { [$0] }).map { $0.joined() }
        for (place, phonemes) in zip(usual + others, phonemes) {
            readings[place.word][place.reading][place.part].phonemes = phonemes
        }
        return readings.map { word in
            word.map { $0.filter { !$0.phonemes.isEmpty } }.filter { !$0.isEmpty }
        }
    }

    /// Each word as it sounds in its phrase. espeak-ng runs some words together ("of the"), so that it cannot be told which
    /// sound is whose: such phrases are halved until it can.
    private func inContext(_ words: [SpokenWord]) throws -> [String] {
        var result = [String](repeating: "", count: words.count)
        var pending = Self.phrases(words)
        while !pending.isEmpty {
            let read = try pronounce(pending.map { Array(words[$0]) })
            var halves: [Range<Int>] = []
            for (phrase, sounds) in zip(pending, read) {
                if phrase.count == 1 {
                    result[phrase.lowerBound] = sounds.joined()
                } else if sounds.count == phrase.count {
                    for (index, sound) in zip(phrase, sounds) { result[index] = sound }
                } else {
                    let middle = phrase.lowerBound + phrase.count / 2
                    halves += [phrase.lowerBound..<middle, middle..<phrase.upperBound]
                }
            }
            pending = halves
        }
        return result
    }

    /// Up to each punctuation mark.
    private static func phrases(_ words: [SpokenWord]) -> [Range<Int>] {
        var phrases: [Range<Int>] = []
        var start = 0
        for index in words.indices where !words[index].punctuation.isEmpty || index == words.count - 1 {
            phrases.append(start..<index + 1)
            start = index + 1
        }
        return phrases
    }

    /// Small words that espeak-ng stresses when they stand alone.
    private static let weak = ["a": "ɐ", "the": "ðə", "to": "tə", "of": "ʌv", "and": "ænd", "an": "ɐn"]

    /// - Returns: for each phrase its words' sounds.
    private func pronounce(_ phrases: [[SpokenWord]]) throws -> [[String]] {
        let texts = phrases.map { $0.map { Self.plain($0.text) }.joined(separator: " ") }
        let known = phrases.map { phrase in
            // A letter has the stress of a noun, the article none.
            phrase.count == 1 && !phrase[0].phonemes.contains("ˈ") ? Self.weak[phrase[0].text.lowercased()] : nil
        }
        let asked = texts.indices.filter { known[$0] == nil && texts[$0].contains(where: \.isLetter) }
        let read = try program.ipa(of: asked.map { texts[$0] }, voice: voice) {
            "\($0), which this voice's phonemes come from, is not installed"
        }
        var result = known.map { $0.map { [$0] } ?? [] }
        for (index, line) in zip(asked, read) {
            result[index] = line.split(separator: " ").map { Self.symbols(String($0)) }
        }
        return result
    }

    /// What would cut a line in two is left out.
    private static func plain(_ word: String) -> String { word.filter { $0.isLetter || $0.isNumber || $0 == "'" } }

    /// Without the ties between symbols, and without the marks of other languages: "(^e^n)".
    private static func symbols(_ ipa: String) -> String {
        var text = ipa
        while let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")") {
            text.removeSubrange(open...close)
        }
        return text.replacing("^", with: "").decomposedStringWithCanonicalMapping
    }
}

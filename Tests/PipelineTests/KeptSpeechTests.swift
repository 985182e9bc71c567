import AudioCore
import Files
import Foundation
import Testing

@testable import Pipeline

/// What stays the original: overlap, words that were not said, doubtful phrases.
extension VoiceSynthesizerTests {
    @Test func longOverlapStaysTheOriginal() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let programme = talk
        // Somebody else speaks over words 3 and 4.
        let overlap = TimeSpan(start: programme.truth[3].start - 0.05, end: programme.truth[4].end + 0.05)
        let results = try run(programme, others: [overlap], in: folder)
        #expect(results.flatMap(\.words).map(\.text) == programme.words.map(\.text))
        let kept = try #require(results.first { $0.flags.contains(.overlapKept) })
        #expect(kept.isKept && kept.speech == nil && kept.spans.isEmpty)
        #expect(kept.words.map(\.text) == programme.words[3...4].map(\.text))
        for span in results.flatMap(\.spans) { #expect(span.overlap(with: overlap) < 0.1) }
        #expect(results.flatMap { $0.words }.count { $0.isReplaced } == programme.words.count - 2)
    }

    @Test func aScrapBesideOverlapStaysTheOriginalToo() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let programme = talk
        // Of the second phrase only the last word, half a second, is free.
        let overlap = TimeSpan(start: programme.truth[3].start - 0.05, end: programme.truth[5].end + 0.02)
        let results = try run(programme, others: [overlap], in: folder)
        let kept = try #require(results.first { $0.flags.contains(.overlapKept) })
        #expect(kept.words.map(\.text) == programme.words[3...6].map(\.text))
        #expect(
            results.flatMap(\.words).filter(\.isReplaced).map(\.text) == ["patok", "limes", "nukola"]
                + programme.words[7...].map(\.text))
    }

    @Test func shortOverlapIsSpokenOver() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let programme = talk
        let start = programme.truth[3].start
        let results = try run(programme, others: [TimeSpan(start: start, end: start + 0.45)], in: folder)
        #expect(results.count == 1)
        #expect(results[0].words.allSatisfy { $0.isReplaced })
    }

    @Test func overlapCanBeReplacedOrMuted() throws {
        let programme = talk
        let overlap = TimeSpan(start: programme.truth[3].start - 0.05, end: programme.truth[4].end + 0.05)
        let replaced = try folder()
        let muted = try folder()
        defer { for url in [replaced, muted] { try? FileManager.default.removeItem(at: url) } }
        let all = try run(
            programme, others: [overlap], options: VoiceSynthesizerOptions(overlap: .replace), in: replaced)
        #expect(all.flatMap { $0.words }.allSatisfy { $0.isReplaced })
        let results = try run(
            programme, others: [overlap], options: VoiceSynthesizerOptions(overlap: .mute), in: muted)
        let silent = try #require(results.first { $0.lockScore == nil })
        let reader = try WaveReader(muted.appendingPathComponent(#require(silent.speech)))
        #expect(!silent.isKept && !silent.spans.isEmpty)
        #expect(try reader.readMid(0..<reader.frameCount).allSatisfy { $0 == 0 })
    }

    @Test func wordsThatWereNotSaidAreNotSpoken() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var programme = talk
        let wrong = ["sunek", "pomil", "tilas", "okumes", "lapone", "mikos", "nutel", "sopaki", "kelum", "timon"]
        for index in programme.words.indices { programme.words[index].text = wrong[index] }
        let results = try run(programme, in: folder)
        #expect(results.allSatisfy { $0.isKept && $0.speech == nil && $0.flags.contains(.keptOriginal) })
        #expect(results.flatMap(\.words).count == programme.words.count)
    }

    @Test func aWrongHalfDoesNotSpoilTheOther() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var programme = talk
        for (index, text) in zip(7..., ["sanupe", "ilokem", "tekasi"]) { programme.words[index].text = text }
        for (index, text) in zip(4..., ["onuse", "pikal", "tenimo"]) { programme.words[index].text = text }
        let result = try #require(try run(programme, in: folder).first)
        #expect(!result.isKept)
        #expect(result.flags.contains(.lockUncertain))
        #expect(result.words.prefix(3).allSatisfy { $0.isReplaced })
        #expect(!result.words.suffix(3).contains { $0.isReplaced })
    }

    @Test(arguments: ["to", "tupa", "tu pa"])
    func numbersAreReadAsTheySounded(sound: String) throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var programme = ToneProgramme()
        programme.say("patok limes nukola")
        let parts = sound.split(separator: " ").map(String.init)
        for (index, part) in parts.enumerated() { programme.say(part, as: index == 0 ? "2" : nil) }
        programme.say("sepalon tomuk enila", pause: 0.4)
        let result = try #require(try run(programme, in: folder).first)
        #expect(synthesizer.spokenParts.withLock { $0.last }?.contains(" \(sound) ") ?? false)
        #expect(result.words.map(\.text) == programme.words.map(\.text))
    }

    @Test func droppedFillersAreFoundAndSpoken() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var programme = ToneProgramme()
        programme.say("patok limes nukola", pause: 0.15)
        programme.say("um", as: nil, pause: 0.2)
        programme.say("sepalon tomuk enila", pause: 0.4)
        let result = try #require(try run(programme, in: folder).first)
        #expect(result.flags.contains(.fillersRestored))
        #expect(result.words.map(\.text) == ["patok", "limes", "nukola", "um", "sepalon", "tomuk", "enila"])
        #expect(abs(result.words[3].span.start - programme.truth[3].start) <= 0.05)
    }

    @Test func doubtfulPhrasesStayUnlessWanted() throws {
        for choice in VoiceSynthesizerOptions.Uncertain.allCases {
            let folder = try folder()
            defer { try? FileManager.default.removeItem(at: folder) }
            var programme = ToneProgramme()
            programme.say("patok limes nukola", pause: 0.6)
            programme.say("sepalon tomuk", pause: 0.6)
            programme.say("enila patse molik", pause: 0.4)
            // One word all but excluded makes its phrase doubtful, beside a word that is sure.
            programme.words[3].confidence = 0.02
            programme.words[7].confidence = 0.2
            let result = try #require(
                try run(programme, options: VoiceSynthesizerOptions(uncertain: choice), in: folder).first)
            #expect(result.flags.contains(.wordUncertain))
            #expect(result.words[3...4].allSatisfy { $0.isReplaced == (choice == .replace) })
            #expect(result.words.count { $0.isReplaced } == programme.words.count - (choice == .keep ? 2 : 0))
        }
    }
}

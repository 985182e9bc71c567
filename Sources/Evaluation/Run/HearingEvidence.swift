import AudioCore
import Foundation
import Pipeline

/// What another recognizer hears: the words before and after, and what is left of the old ones.
///
/// Leakage is what can still be made out of the old voice in the output less the new voice, where the person spoke alone
/// and was replaced. Beside it stand the true bed and other people (what nobody can hear of him there) and the same with
/// the old voice mixed back 30 and 20 dB down: how sensitive the measure is.
struct HearingEvidence {
    private static let before = FigureKind("wordErrorsBefore", "word errors before", .share)
    private static let after = FigureKind("wordErrorsAfter", "word errors after", .share)
    private static let added = FigureKind("wordErrorsAdded", "word errors added", .share)

    /// One sound in which the old voice is sought.
    private struct Row {
        let samples: [Float]
        let recall: FigureKind
        let likeness: FigureKind

        init(_ name: String, _ words: String, _ voice: String, _ samples: [Float]) {
            self.samples = samples
            recall = FigureKind("\(name)OldWords", words, .share)
            likeness = FigureKind("\(name)OldVoice", voice, .number)
        }
    }

    let sound: ReplacedSound
    let transcriber: any SpeechTranscriber
    let embedder: any SpeakerEmbedder
    let language: String
    let check: () throws -> Void

    /// Sound around a turn that is heard too.
    private static let marginSeconds = 0.2
    /// Turns of which less than this was replaced say nothing of what is left.
    private static let leastReplaced = 0.5

    func evidence() throws -> [Evidence] { try wordErrors() + leakage() }

    /// Passages with words that the recognizer takes at once.
    private var heardAtOnce: [(passage: TruePassage, span: TimeSpan)] {
        sound.passages.compactMap { passage in
            guard let span = passage.span, !passage.words.isEmpty,
                span.seconds + 2 * Self.marginSeconds <= transcriber.longestSeconds
            else { return nil }
            return (passage, span)
        }
    }

    private func alignment(_ passage: TruePassage, _ samples: [Float]) throws -> SequenceAlignment {
        try check()
        let heard = try transcriber.recognize(samples, options: RecognitionOptions(language: language, beamSize: 1))
        return TranscriptErrors.alignment(
            reference: passage.text, hypothesis: heard.words.map(\.text).joined(separator: " "))
    }

    private func wordErrors() throws -> [Evidence] {
        let found = try heardAtOnce.map { passage, span in
            let wide = TimeSpan(start: max(0, span.start - Self.marginSeconds), end: span.end + Self.marginSeconds)
            return try (
                before: alignment(passage, ReplacedSound.cut(sound.before, wide)),
                after: alignment(passage, ReplacedSound.cut(sound.after, wide))
            )
        }
        func rate(_ kind: FigureKind, _ errors: (SequenceAlignment, SequenceAlignment) -> Int) -> Evidence {
            Evidence(
                kind, judge: transcriber.name, groupedBy: "turns",
                groups: found.map {
                    [.init(Double(errors($0.before, $0.after)), weight: Double($0.before.referenceCount))]
                })
        }
        return [
            rate(Self.before) { before, _ in before.errors }, rate(Self.after) { _, after in after.errors },
            rate(Self.added) { before, after in after.errors - before.errors },
        ]
    }

    // MARK: What is left of the old voice

    private func leakage() throws -> [Evidence] {
        func mixedBack(_ decibels: Double) -> [Float] {
            let gain = Float(pow(10, decibels / 20))
            return zip(sound.others, sound.old).map { $0 + gain * $1 }
        }
        let rows = [
            Row("leftover", "old words heard in what is left", "what is left is like the old voice", sound.left),
            Row("trueBed", "- in the true rest", "- the true rest", sound.others),
            Row("minus30", "- there, old voice added at -30 dB", "- with the old voice at -30 dB", mixedBack(-30)),
            Row("minus20", "- there, old voice added at -20 dB", "- with the old voice at -20 dB", mixedBack(-20)),
        ]
        let turns = heardAtOnce.filter { _, span in
            ReplacedSound.seconds(ReplacedSound.shared(span, sound.replacedAlone)) >= Self.leastReplaced * span.seconds
        }
        let own = try print(ReplacedSound.cut(sound.old, sound.solo))
        let words = try rows.map { row -> Evidence in
            let heard = try turns.map { passage, span -> [Evidence.Observation] in
                let samples = ReplacedSound.masked(row.samples, span, to: sound.replacedAlone)
                let alignment = try alignment(passage, samples)
                return [.init(Double(alignment.matches), weight: Double(alignment.referenceCount))]
            }
            return Evidence(row.recall, judge: transcriber.name, groupedBy: "turns", groups: heard)
        }
        let voices = try rows.compactMap { row -> Evidence? in
            let voice = try print(ReplacedSound.cut(row.samples, sound.replacedAlone))
            let likeness = own.flatMap { own in voice.map { embedder.likeness(own, $0) } }
            return Evidence(row.likeness, judge: embedder.name, value: likeness)
        }
        return words + voices
    }

    private func print(_ samples: [Float]) throws -> [Float]? {
        try check()
        return try embedder.voicePrint(ofSpeech: samples)
    }
}

import AudioCore
import Files
import Foundation
import Synchronization
import Testing

@testable import Pipeline

/// Speech as this double knows it: a stretch of samples of k / 100 is the word "wk", its confidence a second's share.
private final class CodeTranscriber: SpeechTranscriber {
    let name = "code"
    let sampleRate = 16_000
    let longestSeconds = 30.0
    let languages: [String]
    /// The language of speech, by its first word.
    let language: @Sendable (String?) -> String
    private let log = Mutex<[(seconds: Double, options: RecognitionOptions)]>([])

    /// Seconds of a piece in which words that begin there are not heard.
    let skipped: Range<Double>

    init(
        languages: [String] = ["en"], skipping skipped: Range<Double> = 0..<0,
        language: @escaping @Sendable (String?) -> String = { _ in "en" }
    ) {
        self.languages = languages
        self.skipped = skipped
        self.language = language
    }

    var heard: [(seconds: Double, options: RecognitionOptions)] { log.withLock { $0 } }

    func languages(of samples: [Float]) -> [String: Double] {
        let first = samples.first { $0 > 0.005 }.map { "w\(Int(($0 * 100).rounded()))" }
        return [language(first): 1]
    }

    func recognize(_ samples: [Float], options: RecognitionOptions) -> Recognition {
        log.withLock { $0.append((Double(samples.count) / 16_000, options)) }
        var words: [Word] = []
        var start = 0
        for index in 0...samples.count {
            let value = index < samples.count ? samples[index] : 0
            guard index == samples.count || value != samples[start] else { continue }
            if start < samples.count, samples[start] > 0.005, !skipped.contains(Double(start) / 16_000) {
                let span = TimeSpan(start: Double(start) / 16_000, end: Double(index) / 16_000)
                words.append(
                    Word(
                        text: "w\(Int((samples[start] * 100).rounded()))", span: span, confidence: min(1, span.seconds))
                )
            }
            start = index
        }
        return Recognition(
            language: options.language ?? language(words.first?.text), words: words, noSpeechProbability: 0,
            averageLogProbability: -0.1)
    }
}

@Suite struct SpeechRecognizerTests {
    private let a = SpeakerID(index: 0)
    private let b = SpeakerID(index: 1)

    private struct Spoken {
        var code: Int
        var start: Double
        var end: Double
        var channel = 0
    }

    /// A folder with `analysis.wav` in it, removed afterwards.
    private func withProgramme<Result>(
        _ words: [Spoken], seconds: Double, channels: Int = 1, name: String = "analysis.wav",
        _ body: (URL) throws -> Result
    ) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "recognizer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var samples = [[Float]](repeating: [Float](repeating: 0, count: Int(seconds * 16_000)), count: channels)
        for word in words {
            for index in Int(word.start * 16_000)..<Int(word.end * 16_000) {
                samples[word.channel][index] += Float(word.code) / 100
            }
        }
        let writer = try WaveWriter(folder.appending(path: name), sampleRate: 16_000, channelCount: channels)
        try writer.append(samples)
        try writer.finish()
        return try body(folder)
    }

    private func turn(_ speaker: SpeakerID, _ start: Double, _ end: Double) -> SpeakerTurn {
        SpeakerTurn(speaker: speaker, span: TimeSpan(start: start, end: end), confidence: 1)
    }

    private func transcript(
        _ words: [Spoken], seconds: Double, channels: Int = 1, turns: [SpeakerTurn],
        ownChannels: [SpeakerID: Int] = [:], transcriber: CodeTranscriber = CodeTranscriber(),
        options: SpeechRecognizerOptions = SpeechRecognizerOptions()
    ) throws -> Transcript {
        try withProgramme(words, seconds: seconds, channels: channels) { folder in
            try SpeechRecognizer(transcriber: transcriber, options: options).run(
                analysis: folder.appending(path: "analysis.wav"), vocals: nil,
                diarization: Diarization(turns: turns, channels: ownChannels), in: folder, progress: { _ in }
            ).transcript
        }
    }

    @Test func nearTurnsAreOnePassageUnlessSomebodySpeaksBetween() throws {
        let turns = [
            turn(a, 0, 1), turn(a, 1.4, 2), turn(b, 3, 4), turn(a, 5, 6), turn(b, 6.1, 6.4), turn(a, 6.5, 7),
            turn(a, 7.8, 8.5),
        ]
        let spans = try transcript([], seconds: 10, turns: turns).passages
            .filter { $0.speaker == a }.map(\.span)
        #expect(
            spans == [
                TimeSpan(start: 0, end: 2), TimeSpan(start: 5, end: 6), TimeSpan(start: 6.5, end: 7),
                TimeSpan(start: 7.8, end: 8.5),
            ])
    }

    /// A recognizer understands more of a talk than of each half of it; passages, and whose words they are, stay as turns are.
    @Test func whatIsSpokenOneAfterAnotherIsHeardAtOnce() throws {
        let transcriber = CodeTranscriber()
        let words = [
            Spoken(code: 1, start: 0.1, end: 0.9), Spoken(code: 2, start: 3, end: 3.8),
            Spoken(code: 3, start: 4.5, end: 5.9), Spoken(code: 4, start: 12.5, end: 13),
        ]
        let passages = try transcript(
            words, seconds: 15, turns: [turn(a, 0, 1), turn(a, 2.9, 4), turn(b, 4.4, 6), turn(a, 12, 14)],
            transcriber: transcriber
        ).passages
        #expect(passages.map { $0.words.map(\.text) } == [["w1"], ["w2"], ["w3"], ["w4"]])
        #expect(passages.map(\.id) == [0, 1, 2, 3])
        #expect(passages.map(\.speaker) == [a, a, b, a])
        #expect(passages[1].span == TimeSpan(start: 2.9, end: 4))
        #expect(transcriber.heard.map { ($0.seconds * 10).rounded() / 10 } == [6.1, 2.2])
    }

    /// Among the other's words it would be passed over.
    @Test func whatIsSaidUnderSomebodyElseIsHeardByItself() throws {
        let transcriber = CodeTranscriber()
        let words = [Spoken(code: 1, start: 0.1, end: 1.8), Spoken(code: 3, start: 2, end: 2.9)]
        let turns = [turn(a, 0, 6), turn(b, 2, 3)]
        let passages = try transcript(words, seconds: 7, turns: turns, transcriber: transcriber).passages
        #expect(passages.map(\.speaker) == [a, b])
        #expect(passages[1].words.map(\.text) == ["w3"])
        #expect(transcriber.heard.first?.seconds == 6.1)
        #expect(transcriber.heard.contains { abs($0.seconds - 1.2) < 0.01 })
    }

    @Test func peopleOfTwoLanguagesAreNotHeardAtOnce() throws {
        let transcriber = CodeTranscriber(languages: ["de", "en"]) { $0 == "w2" ? "en" : "de" }
        let words = [Spoken(code: 1, start: 0.1, end: 9), Spoken(code: 2, start: 9.2, end: 18)]
        _ = try transcript(words, seconds: 19, turns: [turn(a, 0, 9), turn(b, 9.1, 18.1)], transcriber: transcriber)
        #expect(transcriber.heard.map(\.options.language) == ["de", "en"])
        #expect(transcriber.heard.allSatisfy { $0.seconds < 10 })
    }

    /// This double skips what begins after the first five seconds of a longer piece.
    @Test func aSkippedSentenceIsHeardByItself() throws {
        let words = [
            Spoken(code: 1, start: 0.2, end: 1.8), Spoken(code: 2, start: 6, end: 8.9),
            Spoken(code: 3, start: 10, end: 10.5),
        ]
        let transcriber = CodeTranscriber(skipping: 5..<9)
        let passages = try transcript(
            words, seconds: 12, turns: [turn(a, 0, 2), turn(a, 4.9, 9), turn(a, 9.9, 10.6)], transcriber: transcriber
        ).passages
        #expect(passages.map { $0.words.map(\.text) } == [["w1"], ["w2"], ["w3"]])
        #expect(abs(passages[1].words[0].span.start - 6) < 1e-3)
        #expect(transcriber.heard.count == 2)
    }

    @Test func whatWasSaidBeforeIsTold() throws {
        let transcriber = CodeTranscriber()
        let words = [
            Spoken(code: 1, start: 0.2, end: 1), Spoken(code: 2, start: 5.2, end: 6),
            Spoken(code: 3, start: 60, end: 61),
        ]
        var options = SpeechRecognizerOptions()
        options.recognition.prompt = "Names"
        options.contextSeconds = 30
        let turns = [turn(a, 0, 1.2), turn(b, 5, 6.2), turn(a, 59.8, 61.2)]
        _ = try transcript(words, seconds: 62, turns: turns, transcriber: transcriber, options: options)
        #expect(transcriber.heard.map(\.options.prompt) == ["Names", "Names w1", "Names"], "not what is long ago")
        options.contextSeconds = 0
        _ = try transcript(words, seconds: 62, turns: turns, transcriber: transcriber, options: options)
        #expect(transcriber.heard.suffix(3).allSatisfy { $0.options.prompt == "Names" })
    }

    @Test func everySpeakerHasALanguage() throws {
        let transcriber = CodeTranscriber(languages: ["de", "en"]) { $0 == "w2" ? "en" : "de" }
        let words = [
            Spoken(code: 1, start: 0.1, end: 12), Spoken(code: 2, start: 13.1, end: 23),
            Spoken(code: 2, start: 24.1, end: 25),
        ]
        let c = SpeakerID(index: 2)
        let turns = [turn(a, 0, 12.1), turn(b, 13, 23.1), turn(c, 24, 25.1)]
        var options = SpeechRecognizerOptions()
        options.contextSeconds = 30
        let heard = try transcript(words, seconds: 27, turns: turns, transcriber: transcriber, options: options)
        #expect(heard.language == "de")
        // A second does not tell a language.
        #expect(heard.passages.map(\.language) == ["de", "en", "de"])
        // Nothing of another language is told.
        #expect(transcriber.heard.last?.options.prompt == "w1")
    }

    @Test func timesCountFromTheProgrammesBeginning() throws {
        let words = try transcript(
            [Spoken(code: 7, start: 12.25, end: 12.75)], seconds: 15, turns: [turn(a, 12, 13)]
        ).passages[0].words
        #expect(words.map(\.text) == ["w7"])
        #expect(abs(words[0].span.start - 12.25) < 1e-3 && abs(words[0].span.end - 12.75) < 1e-3)
    }

    @Test func longTurnsAreCutInPausesAndLoseNothing() throws {
        // A word a second for 70 s; pauses of 0.2 s, every seventh of 0.6 s.
        let spoken = (0..<70).map { second -> Spoken in
            let length = second % 7 == 6 ? 0.4 : 0.8
            return Spoken(code: 1 + second, start: Double(second), end: Double(second) + length)
        }
        let passages = try transcript(spoken, seconds: 70, turns: [turn(a, 0, 69.8)]).passages
        #expect(passages.count >= 3)
        #expect(passages.allSatisfy { $0.span.seconds <= 28 })
        let heard = passages.flatMap { $0.words }.map { $0.text }
        #expect(heard == spoken.map { "w\($0.code)" })
        for passage in passages.dropFirst() {
            // It begins in one of the long pauses, which end at whole multiples of seven seconds.
            let position = passage.span.start.truncatingRemainder(dividingBy: 7)
            #expect(position > 6.4 || position < 0.01)
        }
    }

    @Test func speechWithoutPausesIsCutAllTheSame() throws {
        let passages = try transcript(
            [Spoken(code: 5, start: 0, end: 80)], seconds: 80, turns: [turn(a, 0, 80)]
        ).passages
        #expect(passages.allSatisfy { $0.span.seconds <= 28 })
        #expect(abs(passages.reduce(0) { $0 + $1.span.seconds } - 80) < 0.5)
    }

    @Test func speakersWithChannelsOfTheirOwnKeepTheirWordsWhereTheyOverlap() throws {
        let words = [
            Spoken(code: 1, start: 0.2, end: 1.8, channel: 0), Spoken(code: 2, start: 1, end: 2.5, channel: 1),
        ]
        let passages = try transcript(
            words, seconds: 4, channels: 2, turns: [turn(a, 0, 2), turn(b, 1, 3)], ownChannels: [a: 0, b: 1]
        ).passages
        #expect(passages.map { $0.words.map(\.text) } == [["w1"], ["w2"]])
    }

    @Test func aWordHeardInTwoPassagesStaysWhereItWasHeardBest() throws {
        // b's first word begins inside the margin of a's passage.
        let words = [Spoken(code: 1, start: 0.5, end: 1.5), Spoken(code: 2, start: 2.01, end: 2.8)]
        let passages = try transcript(words, seconds: 4, turns: [turn(a, 0, 2), turn(b, 2, 3)]).passages
        #expect(passages.map { $0.words.map(\.text) } == [["w1"], ["w2"]])
    }

    @Test func aVeryShortTurnIsHeardInContextAndKeepsOnlyItsOwnCertainWords() throws {
        let words = [
            Spoken(code: 1, start: 0.2, end: 1.95), Spoken(code: 2, start: 2, end: 2.2),
            Spoken(code: 3, start: 2.3, end: 4),
        ]
        let transcriber = CodeTranscriber()
        var options = SpeechRecognizerOptions()
        (options.heardGapSeconds, options.joinedGapSeconds) = (0, 0)
        options.shortPassageConfidence = 0.15
        let turns = [turn(a, 0, 1.95), turn(b, 2, 2.2), turn(a, 2.3, 4)]
        let heard = try transcript(words, seconds: 5, turns: turns, transcriber: transcriber, options: options)
        #expect(heard.passages.first { $0.speaker == b }?.words.map(\.text) == ["w2"])
        #expect(transcriber.heard.contains { abs($0.seconds - 1) < 0.01 })
        options.shortPassageConfidence = 0.5
        let doubted = try transcript(words, seconds: 5, turns: turns, options: options)
        #expect(doubted.passages.first { $0.speaker == b }?.words.isEmpty == true)
    }

    @Test func theLanguageIsWhatMostIsSaidIn() throws {
        let words = [
            Spoken(code: 1, start: 0, end: 8), Spoken(code: 2, start: 10, end: 16), Spoken(code: 3, start: 20, end: 25),
        ]
        let c = SpeakerID(index: 2)
        let transcriber = CodeTranscriber(languages: ["de", "en"]) { $0 == "w3" ? "en" : "de" }
        let heard = try transcript(
            words, seconds: 30, turns: [turn(a, 0, 8), turn(b, 10, 16), turn(c, 20, 25)], transcriber: transcriber)
        #expect(heard.language == "de")
        #expect(heard.passages.allSatisfy { $0.language == "de" })
        #expect(transcriber.heard.allSatisfy { $0.options.language == "de" })
    }

    @Test func vocalsAreHeardWhereTheyAreWanted() throws {
        var options = SpeechRecognizerOptions()
        options.source = .vocals
        let stage = SpeechRecognizer(transcriber: CodeTranscriber(), options: options)
        let diarization = Diarization(turns: [turn(a, 0, 2)])
        try withProgramme([Spoken(code: 9, start: 0.5, end: 1.5)], seconds: 2, name: "vocals16k.wav") { folder in
            let product = try stage.run(
                analysis: folder.appending(path: "missing.wav"), vocals: folder.appending(path: "vocals16k.wav"),
                diarization: diarization, in: folder, progress: { _ in })
            #expect(product.transcript.passages[0].text == "w9" && product.source == .vocals)
            _ = #expect(throws: AudioError.self) {
                try stage.run(
                    analysis: folder.appending(path: "vocals16k.wav"), vocals: nil, diarization: diarization,
                    in: folder, progress: { _ in })
            }
        }
    }

    @Test func allFourFilesSayTheSame() throws {
        let words = [Spoken(code: 1, start: 0.5, end: 1.5), Spoken(code: 2, start: 3, end: 3.9)]
        try withProgramme(words, seconds: 5) { folder in
            let product = try SpeechRecognizer(transcriber: CodeTranscriber()).run(
                analysis: folder.appending(path: "analysis.wav"), vocals: nil,
                diarization: Diarization(turns: [turn(a, 0.4, 1.6), turn(b, 2.9, 4)]), in: folder, progress: { _ in })
            for format in TranscriptFormat.allCases {
                let read = try TranscriptFormat.read(folder.appending(path: "transcript.\(format.rawValue)"))
                #expect(read.passages.map(\.speaker) == [a, b], "\(format)")
                #expect(read.passages.map(\.text) == product.transcript.passages.map(\.text), "\(format)")
            }
        }
    }

    @Test func anInterruptionPassesThrough() throws {
        try withProgramme([], seconds: 5) { folder in
            _ = #expect(throws: CancellationError.self) {
                try SpeechRecognizer(transcriber: CodeTranscriber()).run(
                    analysis: folder.appending(path: "analysis.wav"), vocals: nil,
                    diarization: Diarization(turns: [turn(a, 0, 1), turn(a, 3, 4)]), in: folder,
                    progress: { if $0 > 0.3 { throw CancellationError() } })
            }
        }
    }

    @Test func aProgrammeWithoutSpeechHasAnEmptyTranscript() throws {
        let heard = try transcript([], seconds: 3, turns: [])
        #expect(heard.passages.isEmpty)
    }
}

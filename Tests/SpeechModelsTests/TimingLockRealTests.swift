import AudioCore
import Foundation
import Inference
import SpeechModels
import Testing

private let hasTimedSentences =
    EvaluationAudio.folder.map {
        FileManager.default.fileExists(atPath: $0.appending(path: "timit/manifest.tsv").path)
    } ?? false

/// The timing lock with the real networks, on sentences whose words were timed by hand (TIMIT).
@Suite(
    .serialized,
    .enabled(
        if: InstalledModels.have(
            "kokoro-82m/kokoro-int8.onnx", "whisper-base/model.bin", "misaki-en/us_gold.json")
            && hasTimedSentences,
        "needs the models kokoro-82m, whisper-base and misaki-en, and TIMIT in HYPERAUDIO_EVALUATION_AUDIO"))
struct TimingLockRealTests {
    /// A sentence, its features and its plan.
    struct Sentence {
        var name: String
        var plan: SpeechPlan
        var track: PhoneticTrack
        var silence: SilenceMask
        var seconds: Double
        /// When each written word was said, by hand.
        var words: [TimeSpan]
    }

    /// Four sentences of each speaker, the default voices' kinds in turn.
    private static let prepared = Result { try prepare() }

    private static func prepare() throws -> (lock: TimingLock, sentences: [Sentence]) {
        guard let folder = EvaluationAudio.folder else { return (emptyLock, []) }
        let runtime = try InstalledModels.runtime()
        let kokoroFolder = InstalledModels.folder.appending(path: "kokoro-82m")
        let kokoro = try KokoroSynthesizer(modelFolder: kokoroFolder, in: runtime)
        let catalogue = VoiceCatalogue(modelFolder: kokoroFolder)
        let voices = try catalogue.names().sorted().prefix(5).map { try catalogue.voice(named: $0) }
        let phonemizer = EnglishPhonemizer(lexiconFolder: InstalledModels.folder.appending(path: "misaki-en"))
        let whisper = WhisperFeatures(
            model: try WhisperModel(
                folder: InstalledModels.folder.appending(path: "whisper-base"), runtime: runtime, threads: 2))
        var sentences: [Sentence] = []
        var taken: [String: Int] = [:]
        let manifest = try String(contentsOf: folder.appending(path: "timit/manifest.tsv"), encoding: .utf8)
        for line in manifest.split(separator: "\n").dropFirst() {
            let row = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard !row[0].contains("-sa"), taken[row[1], default: 0] < 4 else { continue }
            taken[row[1], default: 0] += 1
            let words = try handTimes(folder.appending(path: "timit/\(row[3].dropLast(4)).wrd"))
            let text = row[5].split(separator: " ").map(String.init)
            guard words.count == text.count else { continue }
            let samples = try EvaluationAudio.read("timit/\(row[3])", sampleRate: 16000)
            let spoken = try phonemizer.readings(of: text, language: "en").flatMap { $0.first ?? [] }
            sentences.append(
                Sentence(
                    name: row[0], plan: try kokoro.plan(spoken, voice: voices[sentences.count % voices.count]),
                    track: PhoneticTrack(
                        try whisper.phoneticFeatures(of: samples), hopSeconds: whisper.hopSeconds),
                    silence: SilenceMask(SpeechEnergy(samples, sampleRate: 16000)),
                    seconds: Double(samples.count) / 16000, words: words))
        }
        return (TimingLock(kokoro), sentences)
    }

    private static var emptyLock: TimingLock {
        TimingLock(frameSeconds: 0.025, leadFrames: 2, phoneCentroids: Matrix(rows: 1, columns: 1))
    }

    /// Lines of "first sample, end, word".
    private static func handTimes(_ file: URL) throws -> [TimeSpan] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count == 3, let start = Double(fields[0]), let end = Double(fields[1]) else { return nil }
            return TimeSpan(start: start / 16000, end: end / 16000)
        }
    }

    /// The prototype came to a median of 18 ms and a mean of 22 ms at onsets, 16 and 18 ms at ends.
    @Test func findsWordsWhereAPersonHeardThem() throws {
        let (lock, sentences) = try Self.prepared.get()
        var onsets: [Double] = []
        var ends: [Double] = []
        for sentence in sentences {
            let result = try #require(
                lock.align(
                    sentence.plan, to: sentence.track, silence: sentence.silence, seconds: sentence.seconds))
            for (source, hand) in sentence.words.enumerated() {
                let found = zip(sentence.plan.words, result.words).filter { $0.0.source == source }.map(\.1)
                guard let first = found.first, let last = found.last else { continue }
                onsets.append(first.span.start - hand.start)
                ends.append(last.span.end - hand.end)
            }
        }
        try #require(onsets.count > 80)
        func summary(_ errors: [Double]) -> (median: Double, mean: Double, high: Double, bias: Double) {
            let sizes = errors.map(abs)
            return (
                quantile(0.5, of: sizes), sizes.reduce(0, +) / Double(sizes.count), quantile(0.95, of: sizes),
                quantile(0.5, of: errors)
            )
        }
        let (onset, end) = (summary(onsets), summary(ends))
        #expect(onset.median <= 0.020, "\(onset)")
        #expect(onset.mean <= 0.025, "\(onset)")
        #expect(onset.high <= 0.065, "\(onset)")
        #expect(abs(onset.bias) <= 0.007, "\(onset)")
        #expect(end.median <= 0.020 && end.mean <= 0.026, "\(end)")
    }

    @Test func tellsRightWordsFromWrongOnes() throws {
        let (lock, sentences) = try Self.prepared.get()
        var (refused, passed, tried) = (0, 0, 0)
        for (index, sentence) in sentences.enumerated() {
            let other = sentences[(index + 5) % sentences.count]
            let right = lock.align(
                sentence.plan, to: sentence.track, silence: sentence.silence, seconds: sentence.seconds)
            if right?.isRejected ?? true { refused += 1 }
            guard
                let wrong = lock.align(
                    other.plan, to: sentence.track, silence: sentence.silence, seconds: sentence.seconds)
            else { continue }
            tried += 1
            if !wrong.isRejected { passed += 1 }
        }
        #expect(Double(refused) <= 0.05 * Double(sentences.count), "\(refused) right ones refused")
        #expect(Double(passed) <= 0.1 * Double(tried), "\(passed) of \(tried) wrong ones passed")
    }
}

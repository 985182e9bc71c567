import AudioCore
import Files
import Foundation
import Testing

@testable import Commands
@testable import Pipeline

/// A voice of a real reader, with the real models.
@Suite struct RealVoiceFitTests {
    private static let reader: [URL] = {
        guard let path = ProcessInfo.processInfo.environment["HYPERAUDIO_EVALUATION_AUDIO"] else { return [] }
        return ["0001", "0002", "0004", "0005"].map {
            URL(fileURLWithPath: path).appendingPathComponent("ljspeech/LJ001-\($0).flac")
        }.filter { FileManager.default.fileExists(atPath: $0.path) }
    }()
    private static let isInstalled = (try? Assembly()) != nil

    @Test(.enabled(if: reader.count == 4 && isInstalled, "needs the recordings and the models"))
    func aReadersVoiceComesNearerThanHerRoomDoes() async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("fit \(UUID())")
        defer { try? FileManager.default.removeItem(at: home) }
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        var engines = try Assembly().engines
        // A few are enough here, and sooner described.
        let stock = engines.stockVoices
        engines.stockVoices = { try stock().filter { ["jf_alpha", "jf_gongitsune", "jm_kumo"].contains($0.name) } }
        let input = home.appendingPathComponent("reader.wav")
        try join(Self.reader, engines.media, into: input)
        let voice = try await PipelineRunner(engines: engines, workFolder: home.appendingPathComponent("runs"))
            .fitVoice(
                VoiceFitRequest(
                    name: "reader", recordings: [input], speaker: nil, consent: .own(who: "the test"),
                    measures: VoiceMeasureCache(folder: home, models: [:]),
                    knowledge: ProgrammeKnowledge(speakerCount: 1, language: "en")))
        // She is a woman, of some 200 Hz.
        #expect(voice.base.name.hasPrefix("jf_"))
        #expect((170...260).contains(exp(voice.pitch.medianLog)))
        #expect(voice.likeness.map(\.part) == [.selected, .reported])
        for judge in voice.likeness {
            #expect(judge.fitted > judge.channelControl + 0.01)
            #expect(judge.fitted < judge.samePerson)
            #expect(judge.heldOutSeconds > 3)
        }
        try words(of: voice, engines)
    }

    /// The voice says what it is given.
    private func words(of voice: FittedVoice, _ engines: Engines) throws {
        let text = "We follow a small boat from the harbour to the islands, because the tide would not wait."
        let synthesizer = try engines.synthesizer()
        let speaking = try voice.voice(base: engines.voice(voice.base.name), strength: FittedVoice.usualStrength)
        let samples = try PlainSpeech(engines: engines).samples(
            text.split(separator: " ").map(String.init), language: "en", voice: speaking, synthesizer: synthesizer,
            phonemizer: engines.phonemizer())
        let judge = try engines.judgingTranscriber()
        let heard = try judge.recognize(
            engines.media.resample(samples, from: synthesizer.sampleRate, to: judge.sampleRate),
            options: RecognitionOptions(language: "en", beamSize: 1))
        let errors = TranscriptErrors.alignment(
            reference: text, hypothesis: heard.words.map(\.text).joined(separator: " "))
        #expect((errors.errorRate ?? 1) <= 0.2)
        let median = try #require(
            PitchTracker(sampleRate: synthesizer.sampleRate).track(samples).medianLog)
        #expect(abs(median - voice.pitch.medianLog) < 0.12)
    }

    private func join(_ files: [URL], _ media: any MediaAccess, into file: URL) throws {
        var samples: [Float] = []
        var rate = 0
        for file in files {
            let source = try media.open(file)
            rate = source.format.sampleRate
            while let block = try source.read() { samples += block.mid }
            samples += [Float](repeating: 0, count: rate / 3)
        }
        let sink = try media.create(file, sampleRate: rate, channelCount: 1)
        try sink.write(Waveform(sampleRate: rate, mono: samples))
        try sink.finish()
    }
}

import AudioCore
import Files
import Foundation
import MediaIO
import Testing

@testable import Pipeline

/// Looking into results and files, and comparing them.
@Suite struct InspectionTests {
    private let stage: RunStage
    private let cache: ResultCache

    init() throws {
        stage = try RunStage()
        cache = ResultCache(stage.file("dev_cache"))
    }

    private func run(_ name: StageName, _ options: StageOptions = StageOptions()) async throws -> String {
        try await Playground(runner: stage.runner(options: options), cache: cache).run(
            StageRequest(
                stage: name, inputs: [stage.input.path], voices: [VoiceChoice(speaker: nil, voice: "tone")],
                runsEarlier: true)
        ).name
    }

    private var inspector: StageInspector {
        StageInspector(media: FFmpegMedia(), cache: cache, interruption: Interruption())
    }

    private func compare(_ a: String, _ b: String, page: URL? = nil) throws -> StageComparison {
        try StageComparer(media: FFmpegMedia(), cache: cache, interruption: Interruption()).compare(a, b, page: page)
    }

    private func value(_ name: String, _ figures: [StageFigure]) -> Double? { figures.first { $0.name == name }?.value }

    @Test func everyStagesResultCanBeLookedInto() async throws {
        _ = try await run(.reconstructor)
        let frames = TonePlay.programme[0].count
        for result in cache.results {
            let found = try inspector.inspect(result.name, writingTo: nil)
            #expect(found.stage == result.stage && !found.figures.isEmpty && found.written.isEmpty)
            #expect(found.sounds.allSatisfy { $0.invalidSamples == 0 && $0.seconds > 0 })
            #expect(found.sounds.isEmpty == (result.stage == .recognizer))
            switch result.stage {
            case .preprocessor:
                #expect(value("frames", found.figures) == Double(frames) && value("channels", found.figures) == 2)
                let programme = try #require(found.sounds.first { $0.file == "programme.wav" })
                let peak = try #require(TonePlay.programme[0].map(abs).max())
                #expect(abs(try #require(programme.peakDBFS) - 20 * log10(Double(peak))) < 1e-6)
            case .diarizer:
                #expect(value("speakers", found.figures) == 2)
                #expect(found.tables.first?.rows.map(\.first) == ["Speaker_A", "Speaker_B"])
            case .recognizer:
                #expect(value("words", found.figures) == 18)
                #expect(found.tables.first?.rows.first?.last == "patok limes nukola sepalon")
            case .synthesizer: #expect(value("stretches", found.figures) == 3)
            case .reconstructor: #expect((value("changed frames", found.figures) ?? 0) > 0)
            default: break
            }
        }
    }

    @Test func soundsAreWrittenToLookAtAndToListenTo() async throws {
        let name = try await run(.separator)
        let folder = stage.file("pictures")
        let found = try inspector.inspect(name, writingTo: folder)
        #expect(
            Set(found.written.map(\.lastPathComponent))
                == ["vocals.png", "vocals.mp3", "vocals16k.png", "vocals16k.mp3"])
        let picture = try Data(contentsOf: folder.appendingPathComponent("vocals.png"))
        #expect(picture.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
        let sound = try FFmpegMedia().open(folder.appendingPathComponent("vocals.mp3"))
        var frames = 0
        while let block = try sound.read() { frames += block.frameCount }
        #expect(abs(Double(frames) / Double(sound.format.sampleRate) - (found.sounds.first?.seconds ?? 0)) < 0.2)
    }

    @Test func filesFromElsewhereCanBeLookedInto() throws {
        let rttm = stage.file("truth.rttm")
        try Data("SPEAKER x 1 0.5 2.0 <NA> <NA> anna <NA> <NA>\nSPEAKER x 1 2.0 1.0 <NA> <NA> bert <NA> <NA>\n".utf8)
            .write(to: rttm)
        let turns = try inspector.inspect(rttm.path, writingTo: nil)
        #expect(turns.kind == "RTTM" && value("speakers", turns.figures) == 2)
        #expect(abs((value("overlapped", turns.figures) ?? 0) - 0.5) < 1e-9)
        let json = stage.file("some.json")
        try Data(#"{"a": [1, 2, 3], "b": {"c": "text", "d": null}}"#.utf8).write(to: json)
        let outline = try inspector.inspect(json.path, writingTo: nil)
        #expect(outline.tables.first?.rows.map(\.first) == ["a", "b", "b.c", "b.d"])
        #expect(outline.tables.first?.rows.first?[1] == "list of 3 x number")
        let audio = try inspector.inspect(stage.input.path, writingTo: nil)
        #expect(audio.kind == "audio file" && audio.sounds.first?.channels == 2)
        for (name, text) in [("bad.rttm", "SPEAKER x one"), ("bad.json", "{"), ("bad.wav", "not sound")] {
            let file = stage.file(name)
            try Data(text.utf8).write(to: file)
            #expect(throws: (any Error).self) { try inspector.inspect(file.path, writingTo: nil) }
        }
        #expect(
            #expect(throws: AudioError.self) { try inspector.inspect("nothing_1", writingTo: nil) }?.kind == .noInput)
    }

    @Test func samplesThatAreNoNumbersAreCountedAndDoNoHarm() throws {
        let file = stage.file("dev_cache/separator_1/vocals.wav")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let writer = try WaveWriter(file, sampleRate: 16_000, channelCount: 1)
        var samples = [Float](repeating: 0.5, count: 16_000)
        samples[100] = .nan
        samples[200] = .infinity
        try writer.append([samples])
        try writer.finish()
        let facts = try SoundFacts(file, progress: {})
        #expect(facts.invalidSamples == 2 && abs((facts.peakDBFS ?? 0) + 6.02) < 0.01)
        let image = try #require(try inspector.spectrogram(file))
        #expect(image.width == 1200)
        #expect(try inspector.encode(file, to: stage.file("x.mp3"), mostSeconds: 10) == 1)
    }

    @Test func resultsThatAreTheSameAreSaidToBeSo() async throws {
        let (a, b) = (try await run(.separator), try await run(.separator))
        #expect(a != b)
        let same = try compare(a, b)
        #expect(same.options.isEmpty && same.figures.allSatisfy { $0.difference == 0 })
        #expect(value("vocals.wav: samples that differ", same.distances) == 0)
    }

    @Test func whatDiffersIsMeasuredAndCanBeHeard() async throws {
        let a = try await run(.diarizer)
        var options = StageOptions()
        options.diarizer.attribution.joinedGapSeconds = 0
        options.diarizer.attribution.fusion.segmenterShare = 0.5
        let b = try await run(.diarizer, options)
        let page = stage.file("new/page.html")
        let found = try compare(a, b, page: page)
        #expect(found.options.map(\.option) == ["attribution.fusion.segmenterShare", "attribution.joinedGapSeconds"])
        #expect(found.options.map(\.b) == ["0.5", "0"])
        let agreed = try #require(value("given to the same speaker by both", found.distances))
        let apart = try #require(value("only so in A", found.distances))
        let speech = try #require(found.figures.first { $0.name == "speech" }?.a)
        #expect(agreed > 0 && apart > 0.1 && abs(agreed + apart - speech) < 0.2)
        let html = try String(contentsOf: page, encoding: .utf8)
        #expect(html.components(separatedBy: "<audio").count == 5)
        #expect(html.components(separatedBy: "data:image/png").count == 5 && !html.contains("{{"))
        #expect(!html.contains("http://") && !html.contains("https://"))
        let words = try await run(.recognizer)
        let error = #expect(throws: AudioError.self) { try compare(a, words) }
        #expect(error?.kind == .usage && error?.cause.contains("recognizer") == true)
    }

    @Test func aTextIsComparedWordByWord() async throws {
        let a = try await run(.recognizer)
        let transcript = stage.file("other.json")
        let product = try #require(cache.result(named: a)).stored(SpeechRecognizerProduct.self).product
        try TranscriptFormat.json.write(product.transcript, to: stage.file("own.json"))
        var changed = product.transcript
        changed.passages[0].words[1].text = "lemons"
        try TranscriptFormat.json.write(changed, to: transcript)
        let found = try compare(stage.file("own.json").path, transcript.path)
        #expect(value("words that differ", found.distances) == 1)
    }
}

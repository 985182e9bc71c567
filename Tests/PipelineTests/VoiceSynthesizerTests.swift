import AudioCore
import Files
import Foundation
import Testing

@testable import Pipeline

@Suite struct VoiceSynthesizerTests {
    let speaker = SpeakerID("Speaker_A")
    let other = SpeakerID("Speaker_B")
    let voice = Voice(name: "tone", styles: Matrix(rows: 1, columns: 1), digest: "00")
    let synthesizer = ToneSynthesizer()

    func stage(_ options: VoiceSynthesizerOptions = VoiceSynthesizerOptions()) -> VoiceSynthesizer {
        VoiceSynthesizer(
            synthesizer: synthesizer, phonemizer: TonePhonemizer(), features: ToneExtractor(), options: options)
    }

    func folder() throws -> URL {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("synthesis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    func sources(
        _ programme: ToneProgramme, others: [TimeSpan] = [], language: String = "en", in folder: URL
    ) throws -> SynthesisSources {
        let samples = ToneLanguage.speak(programme.timeline, sampleRate: 16000)
        for name in ["analysis.wav", "vocals16k.wav"] {
            let writer = try WaveWriter(folder.appendingPathComponent(name), sampleRate: 16000, channelCount: 1)
            try writer.append([samples])
            try writer.finish()
        }
        let span = TimeSpan(start: 0, end: programme.seconds)
        let passage = Passage(id: 7, speaker: speaker, span: span, language: language, words: programme.words)
        let turns =
            [SpeakerTurn(speaker: speaker, span: span, confidence: 1)]
            + others.map { SpeakerTurn(speaker: other, span: $0, confidence: 1) }
        return SynthesisSources(
            transcript: Transcript(language: language, passages: [passage]),
            diarization: Diarization(turns: turns),
            analysis: try WaveReader(folder.appendingPathComponent("analysis.wav")),
            vocals: try WaveReader(folder.appendingPathComponent("vocals16k.wav")), voices: [speaker: voice])
    }

    func run(
        _ programme: ToneProgramme, others: [TimeSpan] = [],
        options: VoiceSynthesizerOptions = VoiceSynthesizerOptions(), in folder: URL
    ) throws -> [Replacement] {
        try stage(options).run(sources(programme, others: others, in: folder), in: folder) { _ in }
    }

    var talk: ToneProgramme {
        var programme = ToneProgramme()
        programme.say("patok limes nukola", pause: 0.4)
        programme.say("sepalon tomuk enila kopes", pause: 1.6)
        programme.say("molik patse nulop", pause: 0.5)
        return programme
    }

    @Test func speaksFrameSynchronouslyWithTheOriginal() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let programme = talk
        let results = try run(programme, in: folder)
        let result = try #require(results.first)
        #expect(results.count == 1)
        #expect(!result.isKept && result.flags.isEmpty)
        #expect(result.words.map(\.text) == programme.words.map(\.text))
        for (word, truth) in zip(result.words, programme.truth) {
            // Real words are heard up to 35 ms before their first phone; tones are not.
            #expect(abs(word.span.start - truth.start) <= 0.06, "\(word.text) \(word.span.start - truth.start)")
            #expect(abs(word.span.end - truth.end) <= 0.05, "\(word.text) \(word.span.end - truth.end)")
        }
        // The speech is exactly as long as its span, and its tones sound when the original's do.
        let reader = try WaveReader(folder.appendingPathComponent(#require(result.speech)))
        #expect(reader.sampleRate == 24000)
        #expect(reader.frameCount == Int((result.span.seconds * 24000).rounded()))
        let speech = try reader.readMid(0..<reader.frameCount)
        let (same, all) = frames(of: speech, soundingAs: programme)
        #expect(Double(same) > 0.85 * Double(all), "\(same) of \(all)")
        #expect(
            result.method
                == SynthesisMethod(model: "tones", timing: .dictated, pitch: .dictated, energy: .dictated))
        // A long pause is cut, and truly silent.
        #expect(synthesizer.spokenParts.withLock(\.count) == 2)
        let pause = programme.truth[6].end + 0.1
        #expect(speech[Int(pause * 24000)..<Int((pause + 1.3) * 24000)].allSatisfy { $0 == 0 })
    }

    /// Frames of 20 ms in which the new tone is the original's, of all that sound.
    func frames(of speech: [Float], soundingAs programme: ToneProgramme) -> (same: Int, all: Int) {
        let original = ToneLanguage.speak(programme.timeline, sampleRate: 16000)
        var (same, all) = (0, 0)
        for frame in 0..<Int(programme.seconds / 0.02) - 1 {
            let a = ToneLanguage.features(original[frame * 320..<frame * 320 + 320], sampleRate: 16000)
            let b = ToneLanguage.features(speech[frame * 480..<frame * 480 + 480], sampleRate: 24000)
            guard let loudest = a.max(), loudest > 0.02 else { continue }
            all += 1
            if a.firstIndex(of: loudest) == b.max().flatMap(b.firstIndex) { same += 1 }
        }
        return (same, all)
    }

    /// For engines that cannot be told how long sounds last: their own pace is another than the original's.
    @Test func speechAtItsOwnPaceIsBroughtIntoStep() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let programme = talk
        let result = try #require(
            try run(programme, options: VoiceSynthesizerOptions(timing: .scaled), in: folder).first)
        let reader = try WaveReader(folder.appendingPathComponent(#require(result.speech)))
        #expect(reader.frameCount == Int((result.span.seconds * 24000).rounded()))
        // Tones are no harmonics of the hum, so moving its periods blurs many of them; but what is left of them stands where the
        // original's do, and not 30 ms beside.
        let speech = try reader.readMid(0..<reader.frameCount)
        let silence = [Float](repeating: 0, count: 720)
        let (same, all) = frames(of: speech, soundingAs: programme)
        #expect(Double(same) > 0.5 * Double(all), "\(same) of \(all)")
        for moved in [silence + speech.dropLast(720), Array(speech.dropFirst(720)) + silence] {
            #expect(Double(frames(of: moved, soundingAs: programme).same) < 0.85 * Double(same))
        }
        #expect(
            result.method == SynthesisMethod(model: "tones", timing: .timeScaled, pitch: .overlapAdd, energy: .gain))
        // Nothing was dictated: the melody it was given is its own.
        let isOwn = synthesizer.dictatedPitch.withLock { $0.allSatisfy { $0 == 2 || $0 == 230 } }
        #expect(isOwn)
    }

    @Test func aVoiceIsSpokenByItsOwnModel() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let guest = ToneSynthesizer()
        let stage = VoiceSynthesizer(
            synthesizer: synthesizer, phonemizer: TonePhonemizer(), features: ToneExtractor(),
            others: ["guest": SpeakingEngine(synthesizer: guest, phonemizer: TonePhonemizer())])
        var sources = try sources(talk, in: folder)
        sources.voices[speaker]?.model = "guest"
        _ = try stage.run(sources, in: folder) { _ in }
        let (guestIsSilent, usualIsSilent) = (
            guest.spokenParts.withLock(\.isEmpty), synthesizer.spokenParts.withLock(\.isEmpty)
        )
        #expect(!guestIsSilent && usualIsSilent)
        sources.voices[speaker]?.model = "nobody"
        #expect(throws: AudioError.self) { try stage.run(sources, in: folder) { _ in } }
    }

    @Test func wordsAreTimedWithoutBeingSpoken() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var programme = talk
        // Nobody can say a dash: it keeps its place between its neighbours.
        let gap = TimeSpan(start: programme.truth[2].end + 0.1, end: programme.truth[2].end + 0.2)
        programme.words.insert(Word(text: "-", span: gap, confidence: 0.9), at: 3)
        let found = try WordTimes(
            synthesizer: synthesizer, phonemizer: TonePhonemizer(), features: ToneExtractor(), voice: voice
        ).run(sources(programme, in: folder)) { _ in }
        var words = try #require(found.passages.first).words
        #expect(words.map(\.text) == programme.words.map(\.text))
        #expect(zip(words, words.dropFirst()).allSatisfy { $0.span.end <= $1.span.start })
        #expect(words.remove(at: 3).span == gap)
        // The recognizer's were a tenth of a second off.
        for (word, truth) in zip(words, programme.truth) {
            #expect(abs(word.span.start - truth.start) <= 0.06 && abs(word.span.end - truth.end) <= 0.06, "\(word)")
        }
        let isSilent = synthesizer.spokenParts.withLock(\.isEmpty)
        #expect(isSilent)
    }

    @Test func theMelodyLiesAtTheVoicesOwnHeightUnlessTheSourcesIsWanted() throws {
        for (register, expected) in [(PitchTransfer.Register.own, 230.0), (.source, 110.0)] {
            let folder = try folder()
            defer { try? FileManager.default.removeItem(at: folder) }
            synthesizer.dictatedPitch.withLock { $0 = [] }
            _ = try run(talk, options: VoiceSynthesizerOptions(pitch: register), in: folder)
            let voiced = synthesizer.dictatedPitch.withLock { $0.filter { $0 > 50 } }.map { log(Double($0)) }
            #expect(abs(quantile(0.5, of: voiced) - log(expected)) < 0.06)
        }
    }

    @Test func spansHoldTheWordsAndLittleElse() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try #require(try run(talk, in: folder).first)
        #expect(SpanPlanner().share(of: result.spans, words: result.words) <= 1.2)
        for word in result.words {
            #expect(result.spans.contains { $0.start <= word.span.start && word.span.end <= $0.end })
        }
    }

    @Test func aLoneDashIsNothingToSay() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var programme = ToneProgramme()
        programme.say("m", as: "-", pause: 0.4)
        let result = try #require(try run(programme, in: folder).first)
        #expect(result.isKept && result.flags == [.nothingToSay])
    }

    @Test func longTalkIsCutInPausesAndAChangedLineChangesOnePiece() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var programme = ToneProgramme()
        for index in 0..<30 { programme.say("patok limes nukola", pause: index % 3 == 2 ? 0.5 : 0.12) }
        var sources = try sources(programme, in: folder)
        let stage = stage(VoiceSynthesizerOptions(longestChunkSeconds: 12))
        let pieces = try stage.pieces(of: sources)
        #expect(pieces.count >= 3)
        #expect(pieces.flatMap(\.words) == programme.words)
        for piece in pieces { #expect(piece.span.seconds <= 12 && piece.span.seconds >= 4) }
        for (left, right) in zip(pieces, pieces.dropFirst()) {
            #expect(left.span.end == right.span.start)
            #expect(!programme.truth.contains { $0.contains(left.span.end) })
        }
        let stored = try JSONDecoder().decode(
            [SynthesisPiece].self, from: CanonicalJSON.encode(pieces))
        #expect(stored == pieces)
        sources.transcript.passages[0].words[40].text = "sepalon"
        let changed = try stage.pieces(of: sources)
        #expect(zip(pieces, changed).count { $0 != $1 } == 1)
    }

    @Test func theSamePieceGivesTheSameSpeech() throws {
        let (first, second) = (try folder(), try folder())
        defer { for url in [first, second] { try? FileManager.default.removeItem(at: url) } }
        let sources = try sources(talk, in: first)
        let piece = try #require(try stage().pieces(of: sources).first)
        let one = try stage().synthesize(piece, from: sources, in: first)
        let two = try stage().synthesize(piece, from: sources, in: second)
        #expect(one == two)
        let name = try #require(one.speech)
        #expect(
            try Digest.ofFile(first.appendingPathComponent(name))
                == Digest.ofFile(second.appendingPathComponent(name)))
    }

    @Test func anInterruptionIsLetThrough() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let sources = try sources(talk, in: folder)
        #expect(throws: CancellationError.self) {
            try stage().run(sources, in: folder) { _ in throw CancellationError() }
        }
    }

    @Test func anotherLanguageIsRefusedInOneSentence() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let sources = try sources(talk, language: "fr", in: folder)
        let error = #expect(throws: AudioError.self) { try stage().pieces(of: sources) }
        #expect(error?.kind == .usage)
        #expect(error?.description.contains("fr") ?? false)
    }

    @Test func aPassageInAnotherLanguageStaysTheOriginal() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var sources = try sources(talk, in: folder)
        let whole = sources.transcript.passages[0]
        let cut = whole.words.count / 2
        var (spoken, foreign) = (whole, whole)
        spoken.words = Array(whole.words[..<cut])
        spoken.span.end = try #require(spoken.words.last?.span.end) + 0.1
        foreign.id = 8
        foreign.language = "fr"
        foreign.words = Array(whole.words[cut...])
        foreign.span.start = spoken.span.end
        sources.transcript.passages = [spoken, foreign]
        let results = try stage().run(sources, in: folder) { _ in }
        #expect(results.map(\.passage) == [7, 8] && results.map(\.isKept) == [false, true])
        #expect(results[1].flags == [.languageUnspoken, .keptOriginal])
        #expect(results[1].speech == nil && results[1].spans.isEmpty)
        #expect(results[1].words.map(\.text) == foreign.words.map(\.text))
        // A person of whom nothing can be spoken is refused even where another one can be.
        sources.transcript.passages[1].speaker = other
        sources.voices[other] = voice
        let error = #expect(throws: AudioError.self) { try stage().pieces(of: sources) }
        #expect(error?.description.contains("Speaker_B says in \"fr\"") == true)
    }
}

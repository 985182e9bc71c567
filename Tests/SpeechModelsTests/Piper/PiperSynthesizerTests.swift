import AudioCore
import Foundation
import Inference
import SpeechModels
import Testing

/// The voice piper_joe with its real weights.
@Suite(
    .serialized,
    .enabled(
        if: InstalledModels.have("piper-en-us-joe/voice.onnx", "misaki-en/us_gold.json"),
        "needs the models piper-en-us-joe (`hyperaudio voices install piper_joe`) and misaki-en"))
struct PiperSynthesizerTests {
    private static let made = Result {
        try PiperSynthesizer(
            InstalledModels.folder.appending(path: "piper-en-us-joe/voice.onnx"), name: "Piper (piper_joe)",
            in: InstalledModels.runtime())
    }
    private let voice = PiperSynthesizer.voice(named: "piper_joe", model: "piper-en-us-joe", digest: "00")

    private func spoken(_ text: String) throws -> [SpokenWord] {
        let english = EnglishPhonemizer(lexiconFolder: InstalledModels.folder.appending(path: "misaki-en"))
        return try PiperPhonemizer(reader: english).readings(
            of: text.split(separator: " ").map(String.init), language: "en"
        ).flatMap { $0.first ?? [] }
    }

    private let text = "The quick brown fox jumps over the lazy dog, and then it runs away."

    @Test func pronouncesAsTheVoiceWasTrained() throws {
        let words = try spoken("We read 42 pages of the book, a story by e. e. cummings.")
        #expect(
            words.map(\.text).prefix(7)
                == ["We", "read", "forty", "two", "pages", "of", "the"])
        // espeak-ng runs "of the" together; each word has its sounds all the same.
        #expect(words.allSatisfy { !$0.phonemes.isEmpty && !$0.phonemes.contains("^") })
        #expect(words.first { $0.text == "the" }?.phonemes == "ðə")
        #expect(words.first { $0.text == "a" }?.phonemes == "ɐ")
        #expect(words.first { $0.text == "book" }?.punctuation == ",")
    }

    /// Everything that is dictated is kept, to the sample, and words lie where they were put.
    @Test func speaksAsLongAsItIsTold() throws {
        let piper = try Self.made.get()
        let plan = try piper.plan(spoken(text), voice: voice)
        #expect(plan.features.rows == plan.predictedFrames.reduce(0) { $0 + Int($1) })
        #expect(try piper.ownFrames(plan.tokens, voice: voice).map(Double.init) == plan.predictedFrames)
        for factor in [0.7, 1.0, 1.6] {
            var frames = plan.predictedFrames.map { max(1, Int(($0 * factor).rounded())) }
            // A pause of exactly 0.6 s at the comma, and half a second at either end.
            let comma = try #require(plan.tokens.firstIndex { $0.symbol == "," })
            frames[comma] = 24
            frames[0] = 20
            frames[frames.count - 1] = 20
            let prosody = try piper.prosody(plan.tokens, frames: frames, voice: voice)
            let samples = try piper.speak(prosody, tokenCount: plan.tokens.count, voice: voice)
            let count = frames.reduce(0, +) * 600
            #expect(samples.count == count)
            let before = frames[..<comma].reduce(0, +) * 600
            let pause = level(samples[before + 2400..<before + 12_000])
            let speech = level(samples[12_000..<before])
            #expect(pause < speech - 40)
            #expect(level(samples[..<9600]) < speech - 40)
            #expect(level(samples[(count - 9600)...]) < speech - 40)
            // Sound begins and ends within 60 ms of where the words do.
            let energy = SpeechEnergy(samples, sampleRate: 24_000)
            let loud = energy.percentile(0.95) - 30
            let first = try #require(energy.decibels.firstIndex { $0 > loud })
            #expect(abs(Double(first) * 0.005 - 0.5) < 0.06)
        }
    }

    @Test func givesTheSameSoundAgainAndAnotherInAnotherDraw() throws {
        let piper = try Self.made.get()
        let plan = try piper.plan(spoken("One two three."), voice: voice)
        let frames = plan.predictedFrames.map { Int($0) }
        func sound(_ voice: Voice) throws -> [Float] {
            try piper.speak(
                piper.prosody(plan.tokens, frames: frames, voice: voice), tokenCount: plan.tokens.count, voice: voice)
        }
        let first = try sound(voice)
        #expect(try first == sound(voice))
        var other = voice
        other.styles = Matrix(rows: 510, columns: 1, elements: [Float](repeating: 77, count: 510))
        #expect(try first != sound(other))
    }

    @Test func liesWhereItsVoiceLies() throws {
        let range = try Self.made.get().pitchRange(of: voice)
        let hertz = exp(range.medianLog)
        // A man's voice.
        #expect((75.0...150).contains(hertz))
        #expect(range.lowLog < range.medianLog && range.medianLog < range.highLog)
    }

    /// The lock knows its own words from others, and finds again what it was told.
    @Test(
        .enabled(if: InstalledModels.have("whisper-base/model.bin"), "needs the model whisper-base"))
    func findsItsOwnTimingAgain() throws {
        let piper = try Self.made.get()
        let plan = try piper.plan(spoken(text), voice: voice)
        var frames = plan.predictedFrames.map { Int($0) }
        frames[0] = 12
        for index in frames.indices where plan.tokens[index].owner == .word(2) { frames[index] *= 2 }
        let sound = try piper.speak(
            piper.prosody(plan.tokens, frames: frames, voice: voice), tokenCount: plan.tokens.count, voice: voice)
        let samples = RationalResampler(from: 24_000, to: 16_000).resample(sound)
        let whisper = WhisperFeatures(
            model: try WhisperModel(
                folder: InstalledModels.folder.appending(path: "whisper-base"), runtime: InstalledModels.runtime(),
                threads: 2))
        let track = PhoneticTrack(try whisper.phoneticFeatures(of: samples), hopSeconds: whisper.hopSeconds)
        let silence = SilenceMask(SpeechEnergy(samples, sampleRate: 16_000))
        let seconds = Double(samples.count) / 16_000
        let lock = try #require(TimingLock(piper).align(plan, to: track, silence: silence, seconds: seconds))
        #expect(!lock.isRejected)
        var elapsed = 0
        var told: [Double] = []
        for (index, token) in plan.tokens.enumerated() {
            if case .word(let word) = token.owner, told.count == word {
                told.append(Double(elapsed) * piper.frameSeconds)
            }
            elapsed += frames[index]
        }
        let errors = zip(told, lock.words).map { abs($0 - $1.span.start) }.sorted()
        #expect(errors[errors.count / 2] <= 0.03)
        #expect(errors[errors.count - 2] <= 0.1)
        let wrong = try piper.plan(
            spoken("Nobody knew why old houses by the sea were never painted any other way."), voice: voice)
        let other = TimingLock(piper).align(wrong, to: track, silence: silence, seconds: seconds)
        #expect(other.map { $0.score > lock.score + 0.1 && $0.isRejected } ?? true)
    }

    private func level(_ samples: ArraySlice<Float>) -> Double {
        10 * log10(samples.reduce(0) { $0 + Double($1 * $1) } / Double(max(1, samples.count)) + 1e-12)
    }
}

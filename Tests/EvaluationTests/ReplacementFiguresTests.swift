import AudioCore
import Foundation
import TestSupport
import Testing

@testable import Evaluation
@testable import Pipeline

/// Figures of a replacement, on sounds whose figures are known.
@Suite struct ReplacementFiguresTests {
    private static let rate = ReplacedSound.rate
    private static let anna = SpeakerID("anna")
    private static let ben = SpeakerID("ben")

    /// Bursts of a harmonic sound with the pitch `hertz`, at the given times.
    private static func bursts(_ times: [ClosedRange<Double>], hertz: Double, seconds: Double) -> [Float] {
        let sound = Golden.voice(seconds: seconds, base: hertz, swing: 0.2, period: 0.9, pauses: [], seed: 5)
        return sound.enumerated().map { n, value in
            let time = Double(n) / Double(rate)
            return times.contains { $0.contains(time) } ? Float(value) : Float(0.0001 * value)
        }
    }

    private static func value(_ name: String, _ evidence: [Evidence]) -> Double? {
        evidence.first { $0.kind.name == name }?.value
    }

    // MARK: Taking the mixture apart

    private static func mixture(_ gains: [[Float]], _ sounds: [[Float]]) -> Waveform {
        Waveform(
            sampleRate: rate,
            channels: gains.map { gains in
                sounds[0].indices.map { n in zip(gains, sounds).reduce(Float(0)) { $0 + $1.0 * $1.1[n] } }
            })
    }

    @Test func theGainsOfTheStemsAreFound() throws {
        let first = Golden.noise(16000, seed: 1).map { Float($0) }
        let second = Golden.noise(16000, seed: 2).map { Float($0) }
        let bed = Golden.noise(16000, seed: 3).map { Float(0.3 * $0) }
        let mixed = Self.mixture([[0.9, 0.2, 1], [0.4, 0.8, 1]], [first, second, bed])
        let mix = try StemMix(
            programme: mixed, output: mixed, speaker: Self.anna, stems: [Self.anna: first, Self.ben: second],
            bed: [bed], name: "test")
        // What is left without anna is ben and the bed, in both channels.
        for (channel, gain) in [Float(0.2), 0.8].enumerated() {
            let worst = zip(mix.others[channel], zip(second, bed)).map { abs($0 - gain * $1.0 - $1.1) }.max() ?? 1
            #expect(worst < 1e-3)
        }
        #expect(abs(mix.old[0][100] - 0.9 * first[100]) < 1e-3 && abs(mix.new[1][100] - 0.4 * first[100]) < 1e-3)
    }

    @Test func stemsOfAnotherMixtureAreRefused() {
        let first = Golden.noise(16000, seed: 1).map { Float($0) }
        let other = Golden.noise(16000, seed: 2).map { Float($0) }
        let silence = [Float](repeating: 0, count: 16000)
        let programme = Waveform(sampleRate: Self.rate, mono: first)
        let error = #expect(throws: AudioError.self) {
            try StemMix(
                programme: programme, output: programme, speaker: Self.anna, stems: [Self.anna: other], bed: [silence],
                name: "test")
        }
        #expect(error?.kind == .badData)
    }

    // MARK: Where the judges look

    @Test func whatLiesOutsideTheSpansIsSilenced() {
        let samples = [Float](repeating: 1, count: 4 * Self.rate)
        let masked = ReplacedSound.masked(
            samples, TimeSpan(start: 1, end: 3), to: [TimeSpan(start: 0, end: 1.5), TimeSpan(start: 2, end: 2.25)])
        #expect(masked.count == 2 * Self.rate)
        #expect(masked.reduce(0, +) == 0.75 * Float(Self.rate))
        #expect(masked[0] == 1 && masked[Self.rate * 3 / 4] == 0 && masked[Self.rate + 10] == 1)
    }

    /// Anna speaks in three bursts, ben's turn covers the last; the first two were replaced by the same bursts, later.
    /// - Parameter newVoices: what of the output the program says is new; nil: all of it.
    private func sound(
        old: [Float]? = nil, new: [Float], newVoices: [Float]? = nil, replacedWords: [Double] = [0.5, 2]
    ) throws -> (ReplacedSound, Report) {
        let old = old ?? Self.bursts([0.5...1.5, 2...3, 4...5], hertz: 120, seconds: 6)
        let silence = [Float](repeating: 0, count: old.count)
        let mix = try StemMix(
            programme: Waveform(sampleRate: Self.rate, mono: old), output: Waveform(sampleRate: Self.rate, mono: new),
            speaker: Self.anna, stems: [Self.anna: old, Self.ben: silence], bed: [silence], name: "test")
        let report = try Self.report(spans: [0.45...1.55, 1.95...3.05])
        let words = replacedWords.map {
            LockedWord(
                text: "la", span: TimeSpan(start: $0, end: $0 + 1), confidence: 1, cost: 0, isReplaced: true)
        }
        let replacement = Replacement(
            passage: 0, speaker: Self.anna, voice: "x", span: TimeSpan(start: 0, end: 3.5), text: "la la",
            isKept: false,
            flags: [], words: words,
            spans: [TimeSpan(start: 0.45, end: 1.55), TimeSpan(start: 1.95, end: 3.05)], lockScore: 0, speech: nil)
        let sound = try ReplacedSound(
            mix: mix, newVoices: [newVoices ?? new], speaker: Self.anna,
            turns: [
                SpeakerTurn(speaker: Self.anna, span: TimeSpan(start: 0.5, end: 5), confidence: 1),
                SpeakerTurn(speaker: Self.ben, span: TimeSpan(start: 3.9, end: 5.1), confidence: 1),
            ], passages: [TruePassage(speaker: Self.anna, span: TimeSpan(start: 0.5, end: 3.2), text: "la la la")],
            report: report, replacements: [replacement], media: NoMedia())
        return (sound, report)
    }

    /// A report of two turns, one of them kept, that changed the given spans.
    private static func report(spans: [ClosedRange<Double>]) throws -> Report {
        let side =
            #"{"path": "a", "sha256": "b", "seconds": 6, "sampleRate": 16000, "channels": 1, "loudnessLUFS": -20, "#
        func turn(_ kept: Bool) -> String {
            #"{"turn": 0, "passage": 0, "speaker": "anna", "voice": "x", "start": 0, "end": 3, "text": "la", "#
                + #""kept": \#(kept), "flags": [\#(kept ? "\"keptOriginal\"" : "")], "#
                + [
                    "timing", "f0Correlation", "voicingAgreement", "energyCorrelation", "levelDifferenceDB",
                    "placementDifferenceDB", "highBandDifferenceDB", "roundTripConsistency", "similarity", "quality",
                ]
                .map { #""\#($0)": null"# }.joined(separator: ", ") + "}"
        }
        let list = spans.map {
            #"{"start": \#($0.lowerBound), "end": \#($0.upperBound), "startSample": 0, "endSample": 0, "turn": 0}"#
        }
        let text =
            #"{"version": 1, "program": "x", "input": \#(side)"truePeakDBTP": -1, "reencoded": null, "repairedSeconds": null}, "#
            + #""output": \#(side)"truePeakDBTP": -2, "reencoded": false, "repairedSeconds": null}, "speakers": [], "#
            + #""spans": [\#(list.joined(separator: ", "))], "replacements": [\#(turn(false)), \#(turn(true))], "#
            + #""untouched": {"samplesOutside": 10, "samplesChanged": 0}, "files": {"newVoices": "a", "vocals": "b"}, "#
            + #""stages": [], "totals": {"seconds": 1, "realTimeFactor": 1, "replacedShare": 0.7, "spanShare": 1, "#
            + #""keptTurns": 1, "timing": null}}"#
        return try JSONDecoder().decode(Report.self, from: Data(text.utf8))
    }

    // MARK: Figures

    @Test func whatOthersTalkOverDoesNotCountAsReplaceable() throws {
        let old = Self.bursts([0.5...1.5, 2...3, 4...5], hertz: 120, seconds: 6)
        let (sound, report) = try sound(new: old)
        let figures = CoverageEvidence.evidence(sound, report)
        // Two of three seconds are anna's alone, and both lie in spans.
        #expect(abs(ReplacedSound.seconds(sound.solo) - 2) < 0.1)
        #expect(try #require(Self.value("replacedShare", figures)) > 0.97)
        #expect(abs(try #require(Self.value("spanSecondsPerSpeechSecond", figures)) - 1.1) < 0.06)
        #expect(Self.value("turnsKept", figures) == 0.5 && Self.value("turnsFlagged", figures) == 0.5)
        #expect(Self.value("truePeakBeforeDBTP", figures) == -1 && Self.value("truePeakAfterDBTP", figures) == -2)
        #expect(Self.value("samplesChangedOutside", figures) == 0)
    }

    @Test func theSameSoundKeepsEverything() throws {
        let old = Self.bursts([0.5...1.5, 2...3, 4...5], hertz: 120, seconds: 6)
        let (sound, _) = try sound(new: old)
        let figures = try ProsodyEvidence.evidence(sound) {}
        #expect(try #require(Self.value("timingMedianMs", figures)) < 1)
        #expect(Self.value("timingWordsJudged", figures) == 1)
        #expect(try #require(Self.value("f0Correlation", figures)) > 0.999)
        #expect(Self.value("voicingAgreement", figures) == 1 && Self.value("grossPitchErrors", figures) == 0)
        #expect(Self.value("pausesKept", figures) == 1)
        #expect(abs(try #require(Self.value("speakingRateRatio", figures)) - 1) < 1e-9)
        #expect(try #require(Self.value("timingJudgeP95Ms", figures)) < 20)
    }

    @Test func aVoiceThatIsLateAndFillsThePausesIsFoundOut() throws {
        // 60 ms later, and a second longer: it speaks through the pause.
        let new = Self.bursts([0.56...3.06], hertz: 200, seconds: 6)
        let (sound, _) = try sound(new: new, replacedWords: [0.5])
        let figures = try ProsodyEvidence.evidence(sound) {}
        #expect(abs(try #require(Self.value("timingBiasMs", figures)) - 60) < 15)
        #expect(try #require(Self.value("pausesKept", figures)) < 0.7)
        #expect(try #require(Self.value("speakingRateRatio", figures)) < 0.9)
    }

    /// In a room nothing is ever silent: what counts is that the pause lies as deep as it did.
    @Test(arguments: [(-28.0, 1.0), (-27, 1), (-12, 0)])
    func aPauseOfARoomStaysOneWhereItIsAsFaint(_ newFloor: Double, _ kept: Double) throws {
        let spoken = [0.5...1.5, 2...3, 4...5]
        func room(_ floorDecibels: Double) -> [Float] {
            let (voice, quiet) = (Self.bursts([0...6], hertz: 120, seconds: 6), pow(10, floorDecibels / 20))
            return voice.enumerated().map { n, value in
                let time = Double(n) / Double(Self.rate)
                return spoken.contains { $0.contains(time) } ? value : value * Float(quiet)
            }
        }
        var new = room(newFloor)
        // The new voice knows real silence, too, so that the room is loud beside it.
        for n in Int(3.05 * Double(Self.rate))..<Int(3.5 * Double(Self.rate)) { new[n] *= 0.0001 }
        let figures = try ProsodyEvidence.evidence(sound(old: room(-28), new: new).0) {}
        #expect(Self.value("pausesKept", figures).map { abs($0 - kept) < 0.4 } == true)
    }

    @Test func placementIsMeasuredWithoutTheBed() {
        let voice = Golden.noise(16000, seed: 4).map { Float($0) }
        let found = PlacementEvidence.relation(
            [voice.map { 0.8 * $0 }, voice.map { 0.4 * $0 }], Self.rate, [TimeSpan(start: 0, end: 0.5)])
        #expect(abs((found.levelDB ?? 0) - 6.0206) < 0.001 && abs((found.correlation ?? 0) - 1) < 1e-6)
        let opposite = PlacementEvidence.relation(
            [voice, voice.map { -$0 }], Self.rate, [TimeSpan(start: 0, end: 1)])
        #expect(abs((opposite.correlation ?? 0) + 1) < 1e-6)
    }

    @Test func whatTheOldVoiceLeavesBehindIsHeard() throws {
        let old = Self.bursts([0.5...1.5, 2...3, 4...5], hertz: 120, seconds: 6)
        // The output still has a tenth of the old voice; the new voice itself says nothing.
        let leaking = try sound(new: old.map { 0.1 * $0 }).0
        let judge = HearingEvidence(
            sound: leaking, transcriber: LevelTranscriber(), embedder: LevelEmbedder(), language: "en", check: {})
        let figures = try judge.evidence()
        // In this double's ears everything over -30 dBFS says "la la la".
        #expect(Self.value("wordErrorsBefore", figures) == 0 && Self.value("minus20OldWords", figures) == 0)
        #expect(Self.value("trueBedOldWords", figures) == 0)
        #expect(Self.value("wordErrorsAfter", figures) == 1 && Self.value("wordErrorsAdded", figures) == 1)
        #expect(Self.value("leftoverOldWords", figures) == 0, "all of it is said to be new")
        // The whole old voice is still there, beside a new one that is silent.
        let untouched = try sound(new: old, newVoices: old.map { _ in 0 }).0
        let heard = try HearingEvidence(
            sound: untouched, transcriber: LevelTranscriber(), embedder: LevelEmbedder(), language: "en", check: {}
        ).evidence()
        #expect(Self.value("leftoverOldWords", heard) == 1 && Self.value("trueBedOldWords", heard) == 0)
    }
}

/// Nothing is resampled here.
private struct NoMedia: MediaAccess {
    func open(_ file: URL) throws -> any MediaSource { throw CocoaError(.fileNoSuchFile) }
    func create(
        _ file: URL, sampleRate: Int, channelCount: Int, original: URL?, encoding: MediaEncoding, tags: [String: String]
    ) throws -> any MediaSink { throw CocoaError(.fileNoSuchFile) }
    func resampler(from: Int, to: Int, channelCount: Int) throws -> any StreamResampler {
        throw CocoaError(.featureUnsupported)
    }
}

/// Hears "la la la" in whatever is loud enough.
private struct LevelTranscriber: SpeechTranscriber {
    let name = "level"
    let sampleRate = 16000
    let longestSeconds = 30.0
    let languages = ["en"]

    func languages(of samples: [Float]) -> [String: Double] { ["en": 1] }

    func recognize(_ samples: [Float], options: RecognitionOptions) throws -> Recognition {
        let power = samples.reduce(0) { $0 + $1 * $1 } / Float(max(1, samples.count))
        let words = power > 0.001 ? ["la", "la", "la"] : []
        return Recognition(
            language: "en",
            words: words.map { Word(text: $0, span: TimeSpan(start: 0, end: 1), confidence: 1) },
            noSpeechProbability: 0, averageLogProbability: 0)
    }
}

private struct LevelEmbedder: SpeakerEmbedder {
    let name = "level"
    let sampleRate = 16000
    let dimension = 2

    func features(of samples: [Float]) -> Matrix { Matrix(rows: 1, columns: 1) }
    func voicePrint(of features: Matrix) throws -> [Float] { [1, 0] }
}

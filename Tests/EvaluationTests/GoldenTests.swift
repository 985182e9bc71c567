import AudioCore
import Foundation
import Testing

@testable import Evaluation

/// The scorers against the tools that the field uses (`Benchmarks/evaluation/golden.py`).
@Suite struct GoldenTests {
    private struct Turn: Decodable {
        var speaker: String, start: Double, end: Double

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            (speaker, start, end) = (
                try list.decode(String.self), try list.decode(Double.self), try list.decode(Double.self)
            )
        }
    }

    private struct Programme: Decodable {
        struct Figures: Decodable {
            var collarSeconds: Double, countsOverlap: Bool
            var total: Double, missed: Double, falseAlarm: Double, confused: Double, errorRate: Double
        }
        var reference: [Turn], hypothesis: [Turn], figures: [Figures]
    }

    /// Tolerance: what adding a hundred stretches in another order rounds.
    @Test func whoSpeaksWhenIsScoredAsByPyannote() throws {
        func turns(_ list: [Turn]) -> [SpeakerTurn] {
            list.map {
                SpeakerTurn(
                    speaker: SpeakerID($0.speaker), span: TimeSpan(start: $0.start, end: $0.end), confidence: 1)
            }
        }
        for programme in try Golden.read("diarization", as: [Programme].self) {
            for figures in programme.figures {
                let score = DiarizationScore(
                    reference: turns(programme.reference), hypothesis: turns(programme.hypothesis),
                    collarSeconds: figures.collarSeconds, countsOverlap: figures.countsOverlap)
                let parts = score.parts
                #expect(abs(parts.total - figures.total) < 1e-6)
                #expect(abs(parts.missed - figures.missed) < 1e-6)
                #expect(abs(parts.falseAlarm - figures.falseAlarm) < 1e-6)
                #expect(abs(parts.confused - figures.confused) < 1e-6)
                #expect(abs((score.errorRate ?? -1) - figures.errorRate) < 1e-6)
            }
        }
    }

    private struct Texts: Decodable {
        struct Pair: Decodable {
            var reference: String, hypothesis: String
            var wordErrorRate: Double, characterErrorRate: Double
        }
        struct Meeting: Decodable {
            var reference: [String: String], hypothesis: [String: String]
            var errors: Int, words: Int
        }
        var pairs: [Pair], meetings: [Meeting]
    }

    @Test func wordsAndLettersAreCountedAsByJiwer() throws {
        for pair in try Golden.read("words", as: Texts.self).pairs {
            let truth = TruePassage(speaker: SpeakerID("x"), span: nil, text: pair.reference)
            let heard = pair.hypothesis.split(separator: " ").map {
                Word(text: String($0), span: TimeSpan(start: 0, end: 0), confidence: 1)
            }
            let score = WordScore(truth: [truth], heard: heard)
            #expect(abs((score.wordErrorRate ?? -1) - pair.wordErrorRate) < 1e-12)
            let letters = Double(score.characterErrors) / Double(score.characters)
            #expect(abs(letters - pair.characterErrorRate) < 1e-12)
        }
    }

    @Test func speakersWordsArePairedAsByMeeteval() throws {
        for meeting in try Golden.read("words", as: Texts.self).meetings {
            func said(_ texts: [String: String]) -> [SpeakerID: String] {
                Dictionary(uniqueKeysWithValues: texts.map { (SpeakerID($0.key), $0.value) })
            }
            let score = PermutedWordScore(truth: said(meeting.reference), heard: said(meeting.hypothesis))
            #expect(score.errors == meeting.errors && score.words == meeting.words)
        }
    }

    private struct Separation: Decodable { var name: String, sdr: Double, siSDR: Double }

    /// Tolerance 0.02 dB: samples here are single precision, there double.
    @Test func separationIsScoredAsByFastBSSEval() throws {
        for (golden, sounds) in zip(try Golden.read("separation", as: [Separation].self), Golden.estimates()) {
            let score = SeparationScore(reference: sounds.reference, estimate: sounds.estimate)
            let (scaleInvariant, distortion) = (score.scaleInvariantDB ?? .nan, score.distortionDB ?? .nan)
            #expect(abs(scaleInvariant - golden.siSDR) < 0.02, "\(golden.name)")
            #expect(abs(distortion - golden.sdr) < 0.02, "\(golden.name)")
        }
    }

    private struct Loud: Decodable { var sampleRate: Int, level: Double, hertz: Double, loudnessLUFS: Double }

    /// Tolerance 0.1 LU: pyloudnorm designs the K filter anew for each rate, by other formulas than the standard's.
    @Test func loudnessIsThatOfPyloudnorm() throws {
        for golden in try Golden.read("loudness", as: [Loud].self) {
            let rate = Double(golden.sampleRate)
            let left = (0..<8 * golden.sampleRate).map { n in
                let time = Double(n) / rate
                return Float(golden.level * sin(2 * .pi * golden.hertz * time) * (time < 4 ? 1 : 0.02))
            }
            var loudness = Loudness(sampleRate: golden.sampleRate, channelCount: 2)
            loudness.add([left, left.map { 0.5 * $0 }])
            #expect(abs((loudness.integrated ?? 0) - golden.loudnessLUFS) < 0.1)
        }
    }

    private struct Melody: Decodable {
        struct Source: Decodable { var base: Double, swing: Double, period: Double, pauses: [[Double]] }
        struct Case: Decodable {
            var name: String, base: Double, swing: Double, period: Double, pauses: [[Double]]
            var f0Correlation: Double, voicingAgreement: Double
        }
        var source: Source, cases: [Case]
    }

    /// Tolerances: the trackers differ within 20 ms of a pause's edges, where Praat's windows of three periods (27 ms at
    /// 110 Hz) still see the voice: 8 such frames of 290 are 3 % of the agreement; those frames' pitch moves the
    /// correlation of unlike melodies by up to 0.05.
    @Test func melodyIsComparedAsThroughPraat() throws {
        let golden = try Golden.read("melody", as: Melody.self)
        let source = Golden.voice(
            seconds: 3, base: golden.source.base, swing: golden.source.swing, period: golden.source.period,
            pauses: golden.source.pauses, seed: 3
        ).map { Float($0) }
        for one in golden.cases {
            let result = Golden.voice(
                seconds: 3, base: one.base, swing: one.swing, period: one.period, pauses: one.pauses, seed: 4
            ).map { Float($0) }
            let found = ProsodyAgreement(source: source, result: result, sampleRate: Golden.sampleRate)
            #expect(abs((found.f0Correlation ?? .nan) - one.f0Correlation) < 0.05, "\(one.name)")
            #expect(abs((found.voicingAgreement ?? .nan) - one.voicingAgreement) < 0.03, "\(one.name)")
        }
    }
}

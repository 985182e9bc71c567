import AudioCore
import Foundation
import Testing

@Suite struct PitchTransferTests {
    private let range = PitchRange(
        medianLog: log(200), deviationLog: 0.2, lowLog: log(120), highLog: log(320))

    /// A melody of two semitones up and down around 110 Hz, with unvoiced gaps.
    private var melody: [Float] {
        (0..<400).map { $0 % 40 < 30 ? Float(110 * exp(0.115 * sin(Double($0) / 25))) : 0 }
    }

    @Test func keepsTheContourAtTheVoicesOwnMedian() throws {
        let transfer = try #require(
            PitchTransfer(pitchHertz: melody, speakerMedianLog: log(110), range: range, register: .own))
        let predicted = (0..<400).map { Float($0 % 50 < 40 ? 190 : 3) }
        let result = transfer.applied(to: predicted, offset: 0)
        for index in 0..<400 {
            if predicted[index] < 50 {
                #expect(result[index] == predicted[index])
            } else if melody[index] > 0 {
                #expect(abs(log(result[index] / melody[index]) - Float(log(200.0 / 110))) < 0.002)
            } else {
                #expect(result[index] > 150 && result[index] < 260)
            }
        }
    }

    @Test func theRegisterOfTheSourceKeepsItsHertz() throws {
        let transfer = try #require(
            PitchTransfer(pitchHertz: melody, speakerMedianLog: log(110), range: range, register: .source))
        let result = transfer.applied(to: [Float](repeating: 180, count: 60), offset: -20)
        for index in 20..<50 { #expect(abs(result[index] / melody[index - 20] - 1) < 1e-3) }
        #expect(abs(result[0] / melody[0] - 1) < 1e-3)
    }

    @Test func repairsOctaveJumps() throws {
        var jumpy = melody
        for index in 100..<106 { jumpy[index] *= 2 }
        for index in 205..<209 { jumpy[index] /= 2 }
        let clean = try #require(
            PitchTransfer(pitchHertz: melody, speakerMedianLog: log(110), range: range, register: .own))
        let repaired = try #require(
            PitchTransfer(pitchHertz: jumpy, speakerMedianLog: log(110), range: range, register: .own))
        let predicted = [Float](repeating: 180, count: 400)
        for (a, b) in zip(clean.applied(to: predicted, offset: 0), repaired.applied(to: predicted, offset: 0)) {
            #expect(abs(log(a / b)) < 0.01)
        }
    }

    @Test func staysWithinWhatTheVoiceCanDo() throws {
        let excited = (0..<400).map { Float(110 * exp(0.9 * sin(Double($0) / 40))) }
        let transfer = try #require(
            PitchTransfer(pitchHertz: excited, speakerMedianLog: log(110), range: range, register: .own))
        let result = transfer.applied(to: [Float](repeating: 180, count: 400), offset: 0)
        #expect((result.max() ?? 0) <= 320 * Float(exp(0.25)) + 0.1)
        #expect((result.min() ?? 0) >= 120 * Float(exp(-0.2)) - 0.1)
    }

    @Test func withoutVoiceThereIsNoMelody() {
        #expect(
            PitchTransfer(
                pitchHertz: [Float](repeating: 0, count: 99), speakerMedianLog: 4.7, range: range, register: .own)
                == nil)
    }
}

@Suite struct EnergyTransferTests {
    /// Noise whose level follows `decibels` (one value each 100 ms).
    private func noise(_ decibels: [Float], sampleRate: Int, seed: UInt64 = 3) -> [Float] {
        var generator = SeededGenerator(seed)
        return (0..<decibels.count * sampleRate / 10).map { index in
            Float.random(in: -1...1, using: &generator) * Float(pow(10, decibels[index * 10 / sampleRate] / 20))
        }
    }

    private let contour: [Float] = [-20, -22, -18, -60, -60, -25, -20, -19, -30, -28, -60, -20, -18, -21, -60]

    @Test func dictatedEnergyFollowsTheRecordingInTheSynthesizersUnits() {
        let source = SpeechEnergy(noise(contour, sampleRate: 16000), sampleRate: 16000)
        let predicted = (0..<120).map { Float(contour[min($0 / 8, 14)] > -50 ? 7 : -8) }
        let dictated = EnergyTransfer(source: source).dictated(over: predicted, offset: 0)
        // Middles of the 100 ms pieces: 10 dB are 1.15 units.
        #expect(abs((dictated[20] - dictated[68]) - 1.15) < 0.25)
        let speech = (0..<120).filter { predicted[$0] > 2 }
        let mean = speech.reduce(0) { $0 + dictated[$1] } / Float(speech.count)
        #expect(abs(mean - 7) < 0.5)
        #expect((dictated.min() ?? -99) >= -9)
        // Frames before the recording are silent.
        #expect(EnergyTransfer(source: source).dictated(over: predicted, offset: -20)[5] < 0)
    }

    @Test func matchedSpeechIsAsLoudAsTheRecording() {
        let samples = noise(contour, sampleRate: 16000)
        let transfer = EnergyTransfer(source: SpeechEnergy(samples, sampleRate: 16000))
        let flat = noise(contour.map { $0 > -50 ? -30 : -70 }, sampleRate: 24000, seed: 9)
        func difference(_ result: [Float]) -> [Float] {
            let a = SpeechEnergy(samples, sampleRate: 16000)
            let b = SpeechEnergy(result, sampleRate: 24000)
            return [0, 1, 2, 5, 6, 7, 8, 9, 11, 12, 13].map { piece in
                let frames = (piece * 20 + 6)..<(piece * 20 + 15)
                return frames.reduce(0) { $0 + a.decibels[$1] - b.decibels[$1] } / 9
            }
        }
        let level = difference(transfer.matched(flat, sampleRate: 24000, startSeconds: 0, followsContour: false))
        #expect(abs(level.reduce(0, +) / Float(level.count)) < 0.7)
        let before = difference(flat)
        let contoured = difference(transfer.matched(flat, sampleRate: 24000, startSeconds: 0, followsContour: true))
        func spread(_ values: [Float]) -> Float {
            let mean = values.reduce(0, +) / Float(values.count)
            return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        #expect(spread(contoured) < 0.5 * spread(before))
    }

    @Test func silenceIsFoundUnderADenoisedVoice() {
        let mask = SilenceMask(SpeechEnergy(noise(contour, sampleRate: 16000), sampleRate: 16000))
        let pauses = mask.pauses(atLeast: 0.08)
        #expect(pauses.count == 3)
        for (pause, start) in zip(pauses, [0.3, 1.0, 1.4]) { #expect(abs(pause.start - start) < 0.02) }
    }

    @Test func digitalSilenceIsSilent() {
        let samples = sineBursts()
        let mask = SilenceMask(SpeechEnergy(samples, sampleRate: 16000))
        #expect(mask.pauses(atLeast: 0.4).count == 1)
    }

    private func sineBursts() -> [Float] {
        (0..<32000).map { index in
            (8000..<16000).contains(index) ? 0 : Float(0.3 * sin(Double(index) * 2 * .pi * 440 / 16000))
        }
    }

    @Test func theGateSilencesPausesAndLeavesWordsAlone() {
        let mask = SilenceMask(isSilent: (0..<400).map { (100..<180).contains($0) || (300..<330).contains($0) })
        let samples = [Float](repeating: 1, count: 2 * 24000)
        let gated = PauseGate(mask).applied(to: samples, sampleRate: 24000)
        // 0.5...0.9 s is long enough: open until 0.56, shut from 0.59 to 0.81, open from 0.84 on.
        #expect(gated[Int(0.559 * 24000)] == 1)
        #expect(gated[Int(0.60 * 24000)...Int(0.80 * 24000)].allSatisfy { $0 == 0 })
        #expect(gated[Int(0.841 * 24000)] == 1)
        // 150 ms are left alone.
        #expect(gated[Int(1.4 * 24000)...].allSatisfy { $0 == 1 })
    }
}

@Suite struct SpanPlannerTests {
    private func word(_ start: Double, _ end: Double, _ isReplaced: Bool = true) -> LockedWord {
        LockedWord(
            text: "a", span: TimeSpan(start: start, end: end), confidence: 1, cost: 0.4, isReplaced: isReplaced)
    }

    private let planner = SpanPlanner()
    private let limits = TimeSpan(start: 0, end: 10)

    @Test func joinsNearWordsAndWidensALittle() {
        let words = [word(1, 1.5), word(1.6, 2), word(2.5, 4)]
        let spans = planner.spans(of: words, within: limits)
        #expect(spans.count == 2)
        #expect(abs(spans[0].start - 0.95) < 1e-9 && abs(spans[0].end - 2.05) < 1e-9)
        #expect(abs(spans[1].start - 2.45) < 1e-9)
    }

    @Test func neverEntersAWordThatStays() {
        let words = [word(1, 1.5), word(1.51, 2, false), word(2.01, 2.6)]
        let spans = planner.spans(of: words, within: limits)
        #expect(spans.map(\.end)[0] <= 1.51)
        #expect(spans.map(\.start)[1] >= 2)
    }

    @Test func theShareIsKeptForLoneShortWords() {
        let words = (0..<20).map { word(Double($0), Double($0) + 0.2) }
        let spans = planner.spans(of: words, within: TimeSpan(start: 0, end: 20))
        #expect(planner.share(of: spans, words: words) <= 1.2 + 1e-9)
        #expect(spans.count == 20)
    }

    @Test func theShareIsKeptForWordsWithSmallGaps() {
        let words = (0..<20).map { word(Double($0) * 0.34, Double($0) * 0.34 + 0.2) }
        let spans = planner.spans(of: words, within: limits)
        #expect(planner.share(of: spans, words: words) <= 1.2 + 1e-9)
    }

    @Test func staysInsideTheSpeech() {
        let spans = planner.spans(of: [word(0.02, 9.99)], within: limits)
        #expect(spans == [TimeSpan(start: 0, end: 10)])
    }
}

import Files
import Foundation
import Testing

@testable import AudioCore
@testable import Pipeline

/// Two people with a microphone each, in one room: who is replaced is replaced in the other one's microphone, too.
@Suite struct TwoMicrophonesTests {
    private let rate = 48000
    private let a = SpeakerID("Speaker_A")
    private let b = SpeakerID("Speaker_B")
    /// Amplitude of a voice in the other microphone, 200 samples late.
    private let leak: Float = 0.2

    /// Noise in syllables, in one stretch.
    private func voice(_ span: Range<Double>, seconds: Double, seed: UInt64, rate: Int) -> [Float] {
        var source = NoiseSource(seed: seed)
        return source.samples(Int(seconds * Double(rate))).enumerated().map { index, sample in
            let time = Double(index) / Double(rate)
            return span.contains(time) ? 0.1 * sample * Float(max(0.01, sin(2 * .pi * 2.5 * time))) : 0
        }
    }

    private func late(_ samples: [Float]) -> [Float] {
        [Float](repeating: 0, count: 200) + samples.dropLast(200).map { $0 * leak }
    }

    private func write(_ channels: [[Float]], _ file: URL, _ rate: Int) throws {
        let writer = try WaveWriter(file, sampleRate: rate, channelCount: channels.count)
        try writer.append(channels)
        try writer.finish()
    }

    private func power(_ samples: some Sequence<Float>) -> Double {
        samples.reduce(0) { $0 + Double($1) * Double($1) }
    }

    @Test func theOldVoiceLeavesBothMicrophones() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("two-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("out"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ name: String) -> URL { folder.appendingPathComponent(name) }
        let seconds = 30.0
        let first = voice(1..<14, seconds: seconds, seed: 1, rate: rate)
        let second = voice(12..<28, seconds: seconds, seed: 2, rate: rate)
        let bed = [UInt64(3), 4].map { seed in
            var source = NoiseSource(seed: seed)
            return source.samples(first.count).map { $0 * 0.0001 }
        }
        let (leakOfFirst, leakOfSecond) = (late(first), late(second))
        let left = zip(zip(first, leakOfSecond), bed[0]).map { $0.0 + $0.1 + $1 }
        let right = zip(zip(second, leakOfFirst), bed[1]).map { $0.0 + $0.1 + $1 }
        try write([left, right], file("programme.wav"), rate)
        // The separator takes all that is spoken for speech.
        try write([zip(left, bed[0]).map(-), zip(right, bed[1]).map(-)], file("vocals.wav"), rate)
        let speech = voice(1..<14, seconds: seconds, seed: 5, rate: 24000)
        try write([speech], file("speech.wav"), 24000)
        let replacement = Replacement(
            passage: 0, speaker: a, voice: "af_heart", span: TimeSpan(start: 0, end: seconds), text: "", isKept: false,
            flags: [], words: [], spans: [TimeSpan(start: 1, end: 14)], lockScore: nil, speech: "speech.wav")
        let turns = [(a, 0.9, 14.1), (b, 11.9, 28.1)].map {
            SpeakerTurn(speaker: $0, span: TimeSpan(start: $1, end: $2), confidence: 1)
        }
        let product = try AudioReconstructor(
            media: AudioReconstructorTests.PlainMedia(), options: AudioReconstructorOptions(marksSpeech: false)
        ).run(
            programme: file("programme.wav"), vocals: file("vocals.wav"),
            diarization: Diarization(turns: turns, channels: [a: 0, b: 1]), replacements: [replacement],
            speechFolder: folder, in: folder.appendingPathComponent("out"), progress: { _ in })
        #expect(product.crosstalk.map { [$0.from, $0.to] } == [[0, 1], [1, 0]])
        #expect(product.crosstalk.allSatisfy { $0.reductionDB > 15 })
        let reader = try WaveReader(folder.appendingPathComponent("out/\(product.programme)"))
        let output = try reader.read(0..<reader.frameCount)
        let newVoice = try WaveReader(folder.appendingPathComponent("out/\(product.newVoices)"))
        let new = try newVoice.read(0..<reader.frameCount)
        let span = product.replacements[0].spans[0]
        // Alone and under the other: what the right microphone keeps is the other's voice and the bed.
        for seconds in [2.0..<11.0, 12.2..<13.5] {
            let frames = Int(seconds.lowerBound * Double(rate))..<Int(seconds.upperBound * Double(rate))
            let kept = frames.map { output[1][$0] - new[1][$0] - second[$0] - bed[1][$0] }
            #expect(10 * log10(power(leakOfFirst[frames]) / power(kept)) > 12, "\(seconds)")
            // The new voice is heard there as the old one was.
            let ratio = power(frames.map { new[1][$0] }) / power(frames.map { new[0][$0] })
            #expect(abs(10 * log10(ratio) - 20 * log10(Double(leak))) < 1.5, "\(seconds)")
        }
        for (channel, original) in [left, right].enumerated() {
            let wrong = original.indices.filter {
                !(span.startSample..<span.endSample).contains($0) && output[channel][$0] != original[$0]
            }
            #expect(wrong.isEmpty)
        }
    }

    /// What networks listen to holds each person on one channel only.
    @Test func theCopyForNetworksIsFreedOfTheOthers() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("two-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (rate, seconds) = (16000, 50.0)
        let first = voice(1..<26, seconds: seconds, seed: 1, rate: rate)
        let second = voice(24..<48, seconds: seconds, seed: 2, rate: rate)
        let channels = [zip(first, late(second)).map(+), zip(second, late(first)).map(+)]
        try write(channels, folder.appendingPathComponent("analysis.wav"), rate)
        let reader = try WaveReader(folder.appendingPathComponent("analysis.wav"))
        let removal = try #require(try CrosstalkRemoval(reader) { _ in })
        try removal.write(to: folder.appendingPathComponent("clean.wav")) { _ in }
        let clean = try WaveReader(folder.appendingPathComponent("clean.wav")).read(0..<reader.frameCount)
        func level(_ samples: [Float], _ span: Range<Double>) -> Double {
            let frames = Int(span.lowerBound * Double(rate))..<Int(span.upperBound * Double(rate))
            return 10 * log10(power(samples[frames]) / Double(frames.count) + 1e-12)
        }
        #expect(clean[0].count == channels[0].count)
        // Gone where the other speaks; whole where one speaks alone, and where both do.
        #expect(level(clean[1], 3..<22) < level(channels[1], 3..<22) - 35)
        #expect(level(clean[0], 27..<46) < level(channels[0], 27..<46) - 35)
        for (channel, own) in [first, second].enumerated() {
            for span in [channel == 0 ? 3.0..<22.0 : 27.0..<46.0, 24.2..<25.8] {
                let error = zip(clean[channel], own).map(-)
                #expect(level(error, span) < level(own, span) - 18, "\(channel), \(span)")
            }
        }
        // Nothing to be taken out where nothing leaks.
        try write([first, second], folder.appendingPathComponent("apart.wav"), rate)
        #expect(try CrosstalkRemoval(WaveReader(folder.appendingPathComponent("apart.wav"))) { _ in } == nil)
    }

    @Test func whatDoesNotLeakIsNotTouched() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("two-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("programme.wav")
        let channels = [
            voice(1..<14, seconds: 30, seed: 1, rate: rate), voice(14..<28, seconds: 30, seed: 2, rate: rate),
        ]
        try write(channels, file, rate)
        let turns = [(a, 1.0, 14.0), (b, 14.0, 28.0)].map {
            SpeakerTurn(speaker: $0, span: TimeSpan(start: $1, end: $2), confidence: 1)
        }
        var material = try ReconstructionMaterial(
            programme: file, vocals: file, diarization: Diarization(turns: turns, channels: [a: 0, b: 1]))
        try material.learnCrosstalk { _ in }
        #expect(material.leaks(of: a).isEmpty && material.leaks(of: b).isEmpty)
        #expect(try material.readVocals(0..<rate, of: a) == Array(channels[0][..<rate]))
    }
}

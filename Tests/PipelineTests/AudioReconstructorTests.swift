import AudioCore
import Files
import Foundation
import Pipeline
import Testing

@Suite struct AudioReconstructorTests {
    /// Linear interpolation is enough where the content lies far below the rates.
    final class PlainResampler: StreamResampler {
        let ratio: Double
        var input: [[Float]] = []

        init(ratio: Double) { self.ratio = ratio }

        func process(_ block: [[Float]]) throws -> [[Float]] {
            input = input.isEmpty ? block : zip(input, block).map { $0 + $1 }
            return block.map { _ in [] }
        }

        func finish() throws -> [[Float]] {
            input.map { samples in
                (0..<Int((Double(samples.count) * ratio).rounded())).map { index in
                    let at = Double(index) / ratio
                    let low = min(samples.count - 1, Int(at))
                    let high = min(samples.count - 1, low + 1)
                    return samples[low] + Float(at - Double(low)) * (samples[high] - samples[low])
                }
            }
        }
    }

    struct PlainMedia: MediaAccess {
        struct NotNeeded: Error {}
        func open(_ file: URL) throws -> any MediaSource { throw NotNeeded() }
        func create(
            _ file: URL, sampleRate: Int, channelCount: Int, original: URL?, encoding: MediaEncoding,
            tags: [String: String]
        ) throws -> any MediaSink { throw NotNeeded() }
        func resampler(from: Int, to: Int, channelCount: Int) throws -> any StreamResampler {
            PlainResampler(ratio: Double(to) / Double(from))
        }
    }

    static let rate = 48000
    static let seconds = 12.0

    /// Harmonics in syllables, 200 ms each, silent between 5.4 and 6.4 s.
    static func voice(pitchHertz: Double, sampleRate: Int, level: Double) -> [Float] {
        (0..<Int(seconds * Double(sampleRate))).map { index in
            let time = Double(index) / Double(sampleRate)
            guard !(5.4..<6.4).contains(time), time > 1, time < 11 else { return 0 }
            let syllable = max(0, sin(2 * .pi * 2.5 * time))
            let tone = (1...15).reduce(0.0) { $0 + sin(2 * .pi * Double($1) * pitchHertz * time) / Double($1) }
            return Float(level * syllable * tone)
        }
    }

    /// A programme of two channels: a voice panned to 1.2 and 0.6 over noise, and what the stage needs with it.
    struct Material {
        let folder: URL
        let programme: [[Float]]
        let replacement: Replacement

        init() throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("reconstructor-\(UUID().uuidString)")
            let output = folder.appendingPathComponent("out")
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            let old = voice(pitchHertz: 200, sampleRate: rate, level: 0.1)
            var generator = SystemRandomNumberGenerator()
            let bed = old.map { _ in Float.random(in: -0.001...0.001, using: &generator) }
            programme = [Float(1.2), 0.6].map { gain in zip(old, bed).map { $0 * gain + $1 } }
            replacement = Replacement(
                passage: 0, speaker: SpeakerID("Speaker_A"), voice: "af_heart",
                span: TimeSpan(start: 0, end: seconds), text: "", isKept: false, flags: [], words: [],
                spans: [TimeSpan(start: 1, end: 5.4), TimeSpan(start: 6.4, end: 11)], lockScore: nil,
                speech: "speech.wav")
            try write(programme, "programme.wav", rate)
            // A separator a little too quiet.
            try write([old.map { $0 * 0.9 * 0.95 }], "vocals.wav", rate)
            try write([voice(pitchHertz: 270, sampleRate: 24000, level: 0.2)], "speech.wav", 24000)
        }

        private func write(_ channels: [[Float]], _ name: String, _ rate: Int) throws {
            let writer = try WaveWriter(
                folder.appendingPathComponent(name), sampleRate: rate, channelCount: channels.count)
            try writer.append(channels)
            try writer.finish()
        }

        func run(_ replacements: [Replacement], options: AudioReconstructorOptions = .init()) throws -> (
            AudioReconstruction, [[Float]]
        ) {
            let turn = SpeakerTurn(
                speaker: SpeakerID("Speaker_A"), span: TimeSpan(start: 0.9, end: 11.1), confidence: 1)
            let output = folder.appendingPathComponent("out")
            let product = try AudioReconstructor(media: PlainMedia(), options: options).run(
                programme: folder.appendingPathComponent("programme.wav"),
                vocals: folder.appendingPathComponent("vocals.wav"), diarization: Diarization(turns: [turn]),
                replacements: replacements, speechFolder: folder, in: output, progress: { _ in })
            let reader = try WaveReader(output.appendingPathComponent(product.programme))
            #expect(reader.sampleRate == rate && reader.frameCount == programme[0].count)
            return (product, try reader.read(0..<reader.frameCount))
        }
    }

    static func meanSquare(_ samples: ArraySlice<Float>) -> Double {
        samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, samples.count))
    }

    /// Amplitude of one frequency.
    static func amplitude(_ hertz: Double, in samples: ArraySlice<Float>) -> Double {
        var (real, imaginary) = (0.0, 0.0)
        for (index, sample) in zip(samples.indices, samples) {
            let angle = 2 * .pi * hertz * Double(index) / Double(rate)
            real += Double(sample) * cos(angle)
            imaginary += Double(sample) * sin(angle)
        }
        return 2 * (real * real + imaginary * imaginary).squareRoot() / Double(samples.count)
    }

    @Test func replacesInsideSpansAndNowhereElse() throws {
        let material = try Material()
        defer { try? FileManager.default.removeItem(at: material.folder) }
        let (product, output) = try material.run([material.replacement])
        let spans = product.replacements[0].spans
        #expect(spans.count == 2)
        var outside = [Bool](repeating: true, count: output[0].count)
        for span in spans {
            for frame in span.startSample..<span.endSample { outside[frame] = false }
            #expect(span.roughness < 1.5)
        }
        #expect(spans.reduce(0) { $0 + $1.endSample - $1.startSample } < Int(9.25 * Double(Self.rate)))
        for channel in 0..<2 {
            let changed = outside.indices.filter {
                outside[$0] && output[channel][$0] != material.programme[channel][$0]
            }
            #expect(changed.isEmpty)
        }
        // The old pitch is gone, the new one is there, placed and as loud as the old one.
        let inside = Self.rate * 2..<Self.rate * 5
        for channel in 0..<2 {
            let before = Self.amplitude(200, in: material.programme[channel][inside])
            #expect(Self.amplitude(200, in: output[channel][inside]) < 0.03 * before)
            #expect(Self.amplitude(270, in: output[channel][inside]) > 0.5 * before)
        }
        let difference = 10 * log10(Self.meanSquare(output[0][inside]) / Self.meanSquare(output[1][inside]))
        #expect(abs(difference - 6.02) < 0.3)
        let level = 10 * log10(Self.meanSquare(output[0][inside]) / Self.meanSquare(material.programme[0][inside]))
        #expect(abs(level) < 1)
        #expect(abs(product.replacements[0].newLevelLUFS - product.replacements[0].oldLevelLUFS) < 0.1)
    }

    @Test func keptReplacementsLeaveTheProgrammeAsItIs() throws {
        let material = try Material()
        defer { try? FileManager.default.removeItem(at: material.folder) }
        var kept = material.replacement
        kept.isKept = true
        let (product, output) = try material.run([kept])
        #expect(product.replacements.isEmpty)
        #expect(output == material.programme)
    }

    @Test func givesTheSameResultTwice() throws {
        let material = try Material()
        defer { try? FileManager.default.removeItem(at: material.folder) }
        let first = try material.run([material.replacement])
        let second = try material.run([material.replacement])
        #expect(first.0 == second.0 && first.1 == second.1)
    }

    @Test func stopsWhenInterrupted() throws {
        let material = try Material()
        defer { try? FileManager.default.removeItem(at: material.folder) }
        let stage = AudioReconstructor(media: PlainMedia())
        #expect(throws: CancellationError.self) {
            try stage.run(
                programme: material.folder.appendingPathComponent("programme.wav"),
                vocals: material.folder.appendingPathComponent("vocals.wav"), diarization: Diarization(turns: []),
                replacements: [material.replacement], speechFolder: material.folder,
                in: material.folder.appendingPathComponent("out")
            ) { if $0 > 0.5 { throw CancellationError() } }
        }
    }

    @Test func refusesVocalsOfAnotherRate() throws {
        let material = try Material()
        defer { try? FileManager.default.removeItem(at: material.folder) }
        #expect(throws: AudioError.self) {
            _ = try AudioReconstructor(media: PlainMedia()).run(
                programme: material.folder.appendingPathComponent("programme.wav"),
                vocals: material.folder.appendingPathComponent("speech.wav"), diarization: Diarization(turns: []),
                replacements: [material.replacement], speechFolder: material.folder,
                in: material.folder.appendingPathComponent("out"), progress: { _ in })
        }
    }
}

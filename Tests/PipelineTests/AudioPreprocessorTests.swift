import AudioCore
import Files
import Foundation
import MediaIO
import TestSupport
import Testing

@testable import Pipeline

/// A folder that vanishes with the test.
final class StageFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("stage-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func folder(_ name: String) throws -> URL {
        let folder = url.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    func write(_ channels: [[Float]], sampleRate: Int, name: String = "input.wav") throws -> URL {
        let file = url.appendingPathComponent(name)
        let writer = try WaveWriter(file, sampleRate: sampleRate, channelCount: channels.count)
        try writer.append(channels)
        try writer.finish()
        return file
    }

    func samples(_ file: URL) throws -> [[Float]] {
        let reader = try WaveReader(file)
        return try reader.read(0..<reader.frameCount)
    }
}

/// Bursts of noise like words, [seconds * sampleRate], in the tenths of a second in which `isSpeaking`.
func babble(seconds: Double, sampleRate: Int, seed: UInt64, isSpeaking: (Int) -> Bool = { $0 % 5 != 4 }) -> [Float] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    let step = sampleRate / 10
    return (0..<Int(seconds * Double(sampleRate))).map { index in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        guard isSpeaking(index / step) else { return 0 }
        return 0.3 * (Float(state >> 40) * 0x1p-23 - 1)
    }
}

@Suite struct AudioPreprocessorTests {
    private func run(
        _ input: URL, _ folder: StageFolder, options: AudioPreprocessorOptions = AudioPreprocessorOptions()
    )
        throws -> (product: AudioPreprocessorProduct, folder: URL)
    {
        let output = try folder.folder(UUID().uuidString)
        return (try AudioPreprocessor(media: FFmpegMedia(), options: options).run(input, in: output) { _ in }, output)
    }

    @Test("A broken packet is silent, counted, and moves nothing")
    func repaired() throws {
        let folder = try StageFolder()
        let samples = babble(seconds: 20, sampleRate: 44100, seed: 3) { _ in true }
        let whole = folder.url.appendingPathComponent("a.mp3")
        let sink = try FFmpegMedia().create(whole, sampleRate: 44100, channelCount: 1)
        try sink.write(Waveform(sampleRate: 44100, mono: samples))
        try sink.finish()
        var bytes = try Data(contentsOf: whole)
        let middle = bytes.count / 2
        bytes.replaceSubrange(middle..<middle + 300, with: [UInt8](repeating: 0x5A, count: 300))
        let damaged = folder.url.appendingPathComponent("b.mp3")
        try bytes.write(to: damaged)
        let (expected, _) = try run(whole, folder)
        let (product, output) = try run(damaged, folder)
        #expect(expected.repairedSeconds == 0 && (0.02...0.2).contains(product.repairedSeconds))
        #expect(product.damage == nil && product.frameCount == expected.frameCount)
        let read = try folder.samples(output.appendingPathComponent(product.programme))[0]
        #expect(Double(read.count { $0 == 0 }) / 44100 >= product.repairedSeconds)
    }

    @Test("The programme is kept as it is; the analysis copy is its mid at 16 kHz")
    func copies() throws {
        let folder = try StageFolder()
        let left = sine(440, seconds: 2.01, sampleRate: 44100)
        let right = sine(700, seconds: 2.01, sampleRate: 44100)
        let (product, output) = try run(folder.write([left, right], sampleRate: 44100), folder)
        #expect(try folder.samples(output.appendingPathComponent(product.programme)) == [left, right])
        #expect(product.frameCount == left.count && product.format.channelCount == 2)
        #expect(product.damage == nil && !product.separateChannels && !product.isDualMono)
        let analysis = try folder.samples(output.appendingPathComponent(product.analysis))
        #expect(analysis.count == 1)
        #expect(analysis[0].count == Int((Double(left.count) * 16000 / 44100).rounded()))
        let ideal = zip(sine(440, seconds: 3, sampleRate: 16000), sine(700, seconds: 3, sampleRate: 16000)).map {
            ($0 + $1) / 2
        }
        let error = (1600..<30000).map { abs(ideal[$0] - analysis[0][$0]) }.max() ?? 1
        #expect(error < 1e-4)
    }

    /// EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS has -23 LUFS.
    @Test("Loudness, true peak, offset and clipping")
    func measures() throws {
        let folder = try StageFolder()
        let level = pow(10, -23.0 / 20)
        let tone = sine(1000, seconds: 20, sampleRate: 48000, amplitude: level)
        let (product, _) = try run(folder.write([tone, tone], sampleRate: 48000), folder)
        #expect(abs((product.loudnessLUFS ?? 0) + 23) < 0.1)
        #expect(abs(product.truePeakDBTP + 23) < 0.2)
        #expect(product.clippedSamples == 0 && product.isDualMono)

        let hot = sine(100, seconds: 1, sampleRate: 48000, amplitude: 1.5).map { min(max($0, -1), 1) }
        let shifted = tone.prefix(48000).map { $0 + 0.05 }
        let (loud, _) = try run(folder.write([hot, Array(shifted)], sampleRate: 48000), folder)
        // A sine of 1.5 is above 1 for acos(1 / 1.5) / (pi / 2) of the time.
        #expect(abs(Double(loud.clippedSamples) - 48000 * acos(1 / 1.5) / (.pi / 2)) < 300)
        #expect(abs(loud.channelOffsets[0]) < 1e-4 && abs(loud.channelOffsets[1] - 0.05) < 1e-4)
    }

    @Test("One speaker a channel is told from panned, mixed and doubled ones")
    func channelRelation() throws {
        let folder = try StageFolder()
        let anna = babble(seconds: 12, sampleRate: 16000, seed: 1) { $0 / 20 % 2 == 0 && $0 % 5 != 4 }
        let ben = babble(seconds: 12, sampleRate: 16000, seed: 2) { $0 / 20 % 2 == 1 && $0 % 5 != 4 }
        let music = babble(seconds: 12, sampleRate: 16000, seed: 3) { _ in true }
        func mix(_ a: Float, _ b: Float, _ c: Float) -> [Float] {
            anna.indices.map { a * anna[$0] + b * ben[$0] + c * music[$0] }
        }
        func isSeparate(_ left: [Float], _ right: [Float]) throws -> Bool {
            let (product, output) = try run(folder.write([left, right], sampleRate: 16000), folder)
            let analysis = try WaveReader(output.appendingPathComponent(product.analysis))
            #expect(analysis.channelCount == (product.separateChannels ? 2 : 1))
            return product.separateChannels
        }
        #expect(try isSeparate(anna, ben))
        #expect(try isSeparate(mix(1, 0.05, 0.01), mix(0.05, 1, 0.01)), "crosstalk 26 dB down")
        #expect(try !isSeparate(mix(1, 0.4, 0), mix(0.4, 1, 0)), "panned half left and right")
        #expect(try !isSeparate(mix(1, 1, 0.2), mix(1, 1, 0.2)), "dual mono")
        #expect(try !isSeparate(mix(1, 0, 0.7), mix(0, 1, 0.7)), "over music")
        #expect(try !isSeparate(mix(1, 1, 0), anna.map { _ in 0 }), "one channel empty")
        let forced = try run(
            folder.write([mix(1, 1, 0.1), mix(1, 1, 0.2)], sampleRate: 16000), folder,
            options: AudioPreprocessorOptions(separateChannels: true))
        #expect(forced.product.separateChannels)
    }

    @Test("Silence, next to nothing and cancelling channels are refused in a sentence")
    func refusals() throws {
        let folder = try StageFolder()
        func error(_ channels: [[Float]]) throws -> AudioError? {
            let file = try folder.write(channels, sampleRate: 16000)
            return #expect(throws: AudioError.self) { _ = try run(file, folder) }
        }
        #expect(try error([[Float](repeating: 0, count: 16000)])?.description.contains("silent") == true)
        #expect(try error([[Float](repeating: 0.2, count: 16000)])?.kind == .badData, "an offset is no sound")
        #expect(try error([sine(440, seconds: 0.1, sampleRate: 16000)])?.description.contains("0.10 s") == true)
        var broken = sine(440, seconds: 1, sampleRate: 16000)
        broken[8000] = .nan
        #expect(try error([broken])?.description.contains("not numbers") == true)
        let tone = sine(440, seconds: 1, sampleRate: 16000)
        #expect(try error([tone, tone.map { -$0 }])?.description.contains("cancel") == true)
    }

    @Test("Being interrupted ends it")
    func interruption() throws {
        let folder = try StageFolder()
        let file = try folder.write([sine(440, seconds: 5, sampleRate: 44100)], sampleRate: 44100)
        #expect(throws: CancellationError.self) {
            try AudioPreprocessor(media: FFmpegMedia()).run(file, in: folder.folder("out")) { fraction in
                if fraction > 0.3 { throw CancellationError() }
            }
        }
    }

    private static let evaluation = ProcessInfo.processInfo.environment["HYPERAUDIO_EVALUATION_AUDIO"]

    @Test(
        "Real calls keep one speaker a channel, podcasts and music do not",
        .enabled(if: evaluation != nil, "needs HYPERAUDIO_EVALUATION_AUDIO"))
    func realProgrammes() throws {
        let root = URL(fileURLWithPath: try #require(Self.evaluation))
        func relation(_ file: URL) throws -> ChannelRelation {
            let source = try FFmpegMedia().open(file)
            var relation = ChannelRelation(sampleRate: source.format.sampleRate)
            while let block = try source.read() { relation.add(block.channels[0], block.channels[1]) }
            return relation
        }
        func files(_ folder: String, _ name: (String) -> Bool) throws -> [URL] {
            let list = FileManager.default.enumerator(
                at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
            return (list?.allObjects ?? []).compactMap { $0 as? URL }.filter { name($0.lastPathComponent) }
        }
        let calls = try files("spokenwoz") { $0.hasSuffix(".flac") }
        let mixtures = try files("podcasts") { $0 == "mixture.flac" } + files("music") { $0.hasSuffix(".ogg") }
        #expect(calls.count >= 3 && mixtures.count >= 8)
        for file in calls { #expect(try relation(file).hasOneSpeakerAChannel, "\(file.lastPathComponent)") }
        for file in mixtures { #expect(try !relation(file).hasOneSpeakerAChannel, "\(file.path)") }
    }
}

import AudioCore
import Files
import Foundation
import MediaIO
import TestSupport
import Testing

@testable import Pipeline

/// Gives back a share of what it got, in odd pieces and late, as a network with a look-ahead does.
private struct LateSeparator: SourceSeparator {
    var sampleRate = 48000
    var share: Float = 1
    /// Samples lost at the end, as a fault.
    var lost = 0

    func separate(next: () throws -> [Float]?, emit: ([Float]) throws -> Void) throws {
        var held: [Float] = []
        while let block = try next() {
            held += block.map { $0 * share }
            let ready = max(0, held.count - 1440) / 480 * 480
            try emit(Array(held[..<ready]))
            held.removeFirst(ready)
        }
        try emit(Array(held.dropLast(lost)))
    }
}

@Suite struct VoiceSeparatorTests {
    private func run(
        _ channels: [[Float]], sampleRate: Int, separateChannels: Bool = false,
        separator: LateSeparator = LateSeparator()
    ) throws -> (product: VoiceSeparatorProduct, vocals: [[Float]], analysis: [[Float]]) {
        let folder = try StageFolder()
        let programme = try folder.write(channels, sampleRate: sampleRate)
        let output = try folder.folder("out")
        let product = try VoiceSeparator(media: FFmpegMedia(), separator: separator)
            .run(programme: programme, separateChannels: separateChannels, in: output) { _ in }
        let names = try FileManager.default.contentsOfDirectory(atPath: output.path).sorted()
        #expect(names == ["vocals.wav", "vocals16k.wav"])
        return (
            product, try folder.samples(output.appendingPathComponent(product.vocals)),
            try folder.samples(output.appendingPathComponent(product.vocals16k))
        )
    }

    @Test(
        "Vocals lie where the programme's speech lies, and are as long",
        arguments: [44100, 48000, 22050, 16000, 8000, 96000, 11025])
    func alignment(_ sampleRate: Int) throws {
        let frames = sampleRate * 3 + 1237
        let tone = Array(sine(440, seconds: 4, sampleRate: sampleRate)[..<frames])
        let (product, vocals, analysis) = try run([tone, tone.map { $0 / 2 }], sampleRate: sampleRate)
        #expect(product.channelCount == 1 && vocals.count == 1)
        #expect(vocals[0].count == frames)
        #expect(analysis[0].count == Int((Double(frames) * 16000 / Double(sampleRate)).rounded()))
        let inner = sampleRate / 10..<frames - sampleRate / 10
        #expect(inner.allSatisfy { abs(vocals[0][$0] - 0.75 * tone[$0]) < 1e-4 })
        let ideal = sine(440, seconds: 4, sampleRate: 16000)
        #expect((1600..<46000).allSatisfy { abs(analysis[0][$0] - 0.75 * ideal[$0]) < 1e-4 })
    }

    @Test("Channels with a speaker each are separated apart")
    func channels() throws {
        let left = sine(440, seconds: 1.5, sampleRate: 44100)
        let right = sine(1000, seconds: 1.5, sampleRate: 44100)
        let (product, vocals, analysis) = try run([left, right], sampleRate: 44100, separateChannels: true)
        #expect(product.channelCount == 2 && analysis.count == 2)
        #expect(
            (4410..<60000).allSatisfy { abs(vocals[0][$0] - left[$0]) < 1e-4 && abs(vocals[1][$0] - right[$0]) < 1e-4 })
    }

    @Test("The level of the speech re the rest")
    func level() throws {
        let noise = babble(seconds: 3, sampleRate: 48000, seed: 5)
        let half = try run([noise], sampleRate: 48000, separator: LateSeparator(share: 0.8)).product
        #expect(abs((half.speechToBedDecibels ?? 0) - 20 * log10(0.8 / 0.2)) < 0.1)
        #expect(try run([noise], sampleRate: 48000).product.speechToBedDecibels == nil, "nothing but speech")
        #expect(
            try run([noise], sampleRate: 48000, separator: LateSeparator(share: 0)).product.speechToBedDecibels == nil)
    }

    @Test("A separator that loses samples is found out")
    func lostSamples() throws {
        #expect(throws: AudioError.self) {
            try run([sine(440, seconds: 1, sampleRate: 48000)], sampleRate: 48000, separator: LateSeparator(lost: 7))
        }
    }

    @Test("Exported stems add up to the programme, sample for sample", arguments: ["wav", "flac"])
    func stems(_ kind: String) throws {
        let folder = try StageFolder()
        let voice = babble(seconds: 4, sampleRate: 44100, seed: 1)
        let music = sine(300, seconds: 4, sampleRate: 44100, amplitude: 0.2)
        let programme = [1.4, 0.6].map { pan in voice.indices.map { Float(pan) * voice[$0] + music[$0] } }
            .map { $0.map { $0 * 1.8 } }
        let files = (
            programme: try folder.write(programme, sampleRate: 44100),
            vocals: try folder.write([voice.map { $0 * 1.8 }], sampleRate: 44100, name: "mono.wav")
        )
        let (vocalsFile, musicFile) = (
            folder.url.appendingPathComponent("vocals.\(kind)"), folder.url.appendingPathComponent("music.\(kind)")
        )
        let media = FFmpegMedia()
        try StemExport(media: media).run(
            programme: files.programme, vocals: files.vocals, original: nil, vocalsFile: vocalsFile,
            musicFile: musicFile
        ) { _ in }
        func read(_ file: URL) throws -> [[Float]] {
            let source = try media.open(file)
            #expect(source.format.bitDepth == 24)
            var channels: [[Float]] = [[], []]
            while let block = try source.read() {
                for channel in 0..<2 { channels[channel] += block.channels[channel] }
            }
            return channels
        }
        let (vocals, rest) = (try read(vocalsFile), try read(musicFile))
        let unit: Float = 8_388_608
        for channel in 0..<2 {
            #expect(vocals[channel].count == voice.count)
            let whole = programme[channel].map { min(max(($0 * unit).rounded(.toNearestOrEven), -unit), unit - 1) }
            #expect(whole.indices.allSatisfy { vocals[channel][$0] * unit + rest[channel][$0] * unit == whole[$0] })
            // The voice sits 1.4 to 0.6: little of it is left in the music of either side.
            let quiet = whole.indices.filter { abs(programme[channel][$0]) < 0.99 && $0 > 30000 && $0 < 140_000 }
            let ghost = quiet.map { rest[channel][$0] - 1.8 * music[$0] }.reduce(0) { $0 + Double($1 * $1) }
            let speech = quiet.map { vocals[channel][$0] }.reduce(0) { $0 + Double($1 * $1) }
            #expect(10 * log10(ghost / speech) < -25, "\(10 * log10(ghost / speech)) dB")
        }
    }
}

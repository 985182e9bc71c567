import AudioCore
import Foundation
import MediaIO
import TestSupport
import Testing

@Suite("Resampling")
struct ResamplerTests {
    struct Rates: Sendable, CustomTestStringConvertible {
        var from: Int
        var to: Int
        var testDescription: String { "\(from) -> \(to)" }
    }

    static let rates = [
        Rates(from: 44100, to: 16000), Rates(from: 44100, to: 48000), Rates(from: 48000, to: 44100),
        Rates(from: 48000, to: 16000), Rates(from: 24000, to: 44100), Rates(from: 24000, to: 48000),
        Rates(from: 8000, to: 48000), Rates(from: 16000, to: 44100), Rates(from: 11025, to: 16000),
        Rates(from: 96000, to: 44100), Rates(from: 192_000, to: 8000), Rates(from: 8000, to: 192_000),
    ]

    @Test("A sine keeps its place, level and length, however it is cut", arguments: rates)
    func sineIsKept(_ rates: Rates) throws {
        let frames = rates.from * 2 + 777
        let hertz = 0.3 * Double(min(rates.from, rates.to)) / 2
        let input = (0..<frames).map { Float(0.5 * sin(2 * .pi * hertz * Double($0) / Double(rates.from))) }
        let whole = try FFmpegMedia().resample(input, from: rates.from, to: rates.to)
        #expect(whole.count == Int((Double(frames) * Double(rates.to) / Double(rates.from)).rounded()))
        let ideal = whole.indices.map { Float(0.5 * sin(2 * .pi * hertz * Double($0) / Double(rates.to))) }
        // The ends ring: the sine begins and stops there.
        let inner = rates.to / 10..<whole.count - rates.to / 10
        let decibels = signalToErrorDecibels(Array(ideal[inner]), Array(whole[inner]))
        #expect(decibels > 110, "\(decibels) dB")

        let resampler = try Resampler(from: rates.from, to: rates.to, channelCount: 1)
        var pieces: [Float] = []
        var at = 0
        var size = 1
        while at < input.count {
            let end = min(input.count, at + size)
            pieces += try resampler.process([Array(input[at..<end])])[0]
            at = end
            size = size * 7 % 5003 + 1
        }
        pieces += try resampler.finish()[0]
        #expect(pieces == whole)
    }

    @Test("Nothing above the new half rate folds back")
    func noAlias() throws {
        for hertz in [8200.0, 9000, 12000, 15900, 20000] {
            let input = sine(hertz, seconds: 1, sampleRate: 44100)
            let output = try FFmpegMedia().resample(input, from: 44100, to: 16000)
            let level = output[1600..<14400].map { abs($0) }.max() ?? 1
            #expect(20 * log10(Double(level) / 0.5) < -120, "\(hertz) Hz")
        }
    }

    @Test("An impulse stays where it was")
    func impulse() throws {
        var input = [Float](repeating: 0, count: 44100)
        input[22050] = 1
        let output = try FFmpegMedia().resample(input, from: 44100, to: 16000)
        let peak = output.indices.max { abs(output[$0]) < abs(output[$1]) }
        #expect(peak == 8000)
        #expect(abs(output[7999] - output[8001]) < 1e-5)
    }

    @Test("Channels do not mix", arguments: [1, 2, 3, 5, 6, 8, 12])
    func channels(_ count: Int) throws {
        let resampler = try Resampler(from: 48000, to: 16000, channelCount: count)
        let input = (0..<count).map { sine(Double(300 + 100 * $0), seconds: 0.5, sampleRate: 48000) }
        var output = try resampler.process(input)
        let rest = try resampler.finish()
        for channel in output.indices { output[channel] += rest[channel] }
        for channel in 0..<count {
            let ideal = sine(Double(300 + 100 * channel), seconds: 0.5, sampleRate: 16000)
            #expect(output[channel].count == 8000)
            #expect(signalToErrorDecibels(Array(ideal[800..<7200]), Array(output[channel][800..<7200])) > 110)
        }
    }

    @Test("Very short signals keep their length", arguments: [1, 2, 3, 10, 100])
    func short(_ frames: Int) throws {
        for (from, to) in [(44100, 16000), (16000, 44100), (48000, 24000), (8000, 8000)] {
            let output = try FFmpegMedia().resample([Float](repeating: 0.1, count: frames), from: from, to: to)
            #expect(output.count == Int((Double(frames) * Double(to) / Double(from)).rounded()))
        }
    }
}

import AudioCore
import Files
import Foundation
import Testing

@testable import Pipeline

/// Doubles for the two networks. The sound itself says who speaks: a sample's value is the sum of 1/8, 2/8 and 4/8 for
/// the first, second and third person.
private enum SpokenCode {
    static func sample(_ people: [Int]) -> Float { people.reduce(0) { $0 + Float(1 << $1) / 8 } }
    static func people(_ sample: Float) -> [Int] { (0..<3).filter { Int((sample * 8).rounded()) & (1 << $0) != 0 } }
}

private struct CodeSegmenter: SpeechSegmenter {
    let sampleRate = 16_000
    let windowSamples = 160_000
    let framesPerWindow = 589

    func classes(of windows: [[Float]]) -> [[UInt8]] {
        windows.map { window in
            (0..<framesPerWindow).map { frame in
                switch SpokenCode.people(window[360 + frame * 270 + 135]) {
                case [0]: 1
                case [1]: 2
                case [2]: 3
                case [0, 1]: 4
                case [0, 2]: 5
                case [1, 2]: 6
                default: 0
                }
            }
        }
    }
}

private struct CodeEmbedder: SpeakerEmbedder {
    let name = "code"
    let sampleRate = 16_000
    let dimension = 8

    func features(of samples: [Float]) -> Matrix {
        let rows = samples.count < 400 ? 0 : 1 + (samples.count - 400) / 160
        return Matrix(rows: rows, columns: 1, elements: (0..<rows).map { samples[$0 * 160 + 200] })
    }

    func voicePrint(of features: Matrix) -> [Float] {
        var print = [Float](repeating: 0.05, count: dimension)
        for value in features.elements {
            for person in SpokenCode.people(value) { print[person] += 1 }
        }
        let length = print.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return print.map { $0 / length }
    }
}

@Suite struct SpeakerDiarizerTests {
    private struct Turn {
        var people: [Int]
        var start: Double
        var end: Double
    }

    private struct Ending: Error {}

    /// Writes a programme and diarizes it.
    /// - Parameter channels: what is said on each channel.
    private func diarize(
        _ channels: [[Turn]], seconds: Double, options: SpeakerDiarizerOptions = SpeakerDiarizerOptions(),
        progress: (Double) throws -> Void = { _ in }, inspect: (SpeakerDiarizerProduct, URL) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("diarizer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("analysis.wav")
        let writer = try WaveWriter(file, sampleRate: 16_000, channelCount: channels.count)
        try writer.append(
            channels.map { turns in
                var samples = [Float](repeating: 0, count: Int(seconds * 16_000))
                for turn in turns {
                    for index in Int(turn.start * 16_000)..<Int(turn.end * 16_000) {
                        samples[index] = SpokenCode.sample(turn.people)
                    }
                }
                return samples
            })
        try writer.finish()
        let stage = SpeakerDiarizer(segmenter: CodeSegmenter(), embedder: CodeEmbedder(), options: options)
        try inspect(stage.run(analysis: file, name: "talk", in: folder, progress: progress), folder)
    }

    private let conversation = [
        Turn(people: [1], start: 1, end: 8), Turn(people: [0], start: 9, end: 14),
        Turn(people: [1], start: 15, end: 20),
        Turn(people: [0], start: 20.7, end: 27), Turn(people: [0, 1], start: 27, end: 28),
        Turn(people: [1], start: 28, end: 33),
    ]

    @Test func turnsNamesAndFiles() throws {
        try diarize([conversation], seconds: 35) { product, folder in
            let diarization = product.diarization
            #expect(diarization.speakers == [SpeakerID(index: 0), SpeakerID(index: 1)])
            #expect(diarization.turns.count == 5)
            // A margin on each side, but for where somebody else speaks.
            let margin = SpeakerAttribution.Options().marginSeconds
            let expected = [
                (0, 1 - margin, 8 + margin), (1, 9 - margin, 14 + margin), (0, 15 - margin, 20 + margin),
                (1, 20.7 - margin, 28), (0, 27, 33 + margin),
            ]
            for (turn, truth) in zip(diarization.turns, expected) {
                #expect(turn.speaker == SpeakerID(index: truth.0))
                #expect(abs(turn.span.start - truth.1) < 0.03 && abs(turn.span.end - truth.2) < 0.03)
                #expect((0...1).contains(turn.confidence))
            }
            #expect(diarization.channels.isEmpty)
            #expect(Set(diarization.voicePrints.keys) == Set(diarization.speakers))

            let rttm = try String(contentsOf: folder.appendingPathComponent(product.rttm), encoding: .utf8)
            let entries = try RTTM.entries(in: rttm, name: product.rttm)
            #expect(entries.count == 5 && entries.allSatisfy { $0.file == "talk" })

            for (speaker, code) in [(SpeakerID(index: 0), Float(0.25)), (SpeakerID(index: 1), 0.125)] {
                let sample = try WaveReader(folder.appendingPathComponent(try #require(product.samples[speaker])))
                #expect(abs(sample.seconds - 5) < 0.05)
                let middle = try sample.read(1600..<sample.frameCount - 1600)[0]
                #expect(middle.allSatisfy { $0 == code }, "somebody else or silence in the sample of \(speaker)")
            }
        }
    }

    @Test func eachChannelIsHeardByItself() throws {
        let left = [Turn(people: [0], start: 3, end: 10), Turn(people: [0], start: 14, end: 20)]
        let right = [Turn(people: [1], start: 1, end: 4), Turn(people: [1], start: 9, end: 15)]
        try diarize([left, right], seconds: 22) { product, folder in
            let (a, b) = (SpeakerID(index: 0), SpeakerID(index: 1))
            #expect(product.diarization.channels == [a: 1, b: 0])
            #expect(product.diarization.turns(of: a).count == 2)
            #expect(product.diarization.turns(of: b).count == 2)
            let margins = 4 * SpeakerAttribution.Options().marginSeconds
            #expect(abs(product.diarization.seconds(of: b) - 13 - margins) < 0.1)
            let rttm = try String(contentsOf: folder.appendingPathComponent(product.rttm), encoding: .utf8)
            #expect(try RTTM.entries(in: rttm, name: "").map(\.channel) == [2, 1, 2, 1])
        }
    }

    @Test func twoPeopleOnOneChannelAreDivided() throws {
        let left = conversation
        let right = [Turn(people: [2], start: 2, end: 12), Turn(people: [2], start: 20, end: 30)]
        try diarize([left, right], seconds: 35) { product, _ in
            #expect(product.diarization.speakers.count == 3)
            #expect(product.diarization.channels.values.sorted() == [0, 0, 1])
        }
        try diarize([left, right], seconds: 35, options: SpeakerDiarizerOptions(speakers: 2)) { product, _ in
            #expect(product.diarization.channels.values.sorted() == [0, 1])
        }
    }

    @Test func channelsWithoutSpeechHaveNobody() throws {
        try diarize([[], []], seconds: 12) { product, _ in
            #expect(product.diarization.turns.isEmpty && product.diarization.channels.isEmpty)
        }
        let error = #expect(throws: AudioError.self) {
            try diarize([[], []], seconds: 12, options: SpeakerDiarizerOptions(speakers: 2)) { _, _ in }
        }
        #expect(error?.kind == .badData)
    }

    @Test func aGivenNumberIsObeyedOrRefused() throws {
        try diarize([conversation], seconds: 35, options: SpeakerDiarizerOptions(speakers: 1)) { product, _ in
            #expect(product.diarization.speakers.count == 1)
        }
        let error = try #require(throws: AudioError.self) {
            try diarize([conversation], seconds: 35, options: SpeakerDiarizerOptions(speakers: 200)) { _, _ in }
        }
        #expect(error.description.contains("200 speakers"))
        #expect(throws: AudioError.self) {
            try diarize([[]], seconds: 35, options: SpeakerDiarizerOptions(speakers: 2)) { _, _ in }
        }
    }

    @Test func silenceHasNoSpeakers() throws {
        try diarize([[]], seconds: 12) { product, folder in
            #expect(product.diarization.turns.isEmpty && product.samples.isEmpty)
            #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent(product.rttm).path))
        }
    }

    @Test func aProgrammeShorterThanAWindowIsHeard() throws {
        try diarize([[Turn(people: [0], start: 0.5, end: 2)]], seconds: 2.5) { product, _ in
            #expect(product.diarization.turns.count == 1)
            #expect(product.diarization.turns.allSatisfy { $0.span.end <= 2.5 })
        }
    }

    @Test func interruptionEndsTheStage() throws {
        var seen: [Double] = []
        #expect(throws: Ending.self) {
            try diarize([conversation], seconds: 35) {
                seen.append($0)
                if $0 > 0.3 { throw Ending() }
            } inspect: { _, _ in
            }
        }
        #expect(seen == seen.sorted() && seen.count > 2)
    }

    @Test func productSurvivesItsFile() throws {
        try diarize([conversation], seconds: 35) { product, _ in
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            let data = try encoder.encode(product)
            #expect(try JSONDecoder().decode(SpeakerDiarizerProduct.self, from: data) == product)
            #expect(try encoder.encode(JSONDecoder().decode(SpeakerDiarizerProduct.self, from: data)) == data)
        }
    }
}

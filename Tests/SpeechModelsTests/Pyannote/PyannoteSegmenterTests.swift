import AudioCore
import Files
import Foundation
import Inference
import SpeechModels
import Testing

@Suite(
    .enabled(
        if: InstalledModels.have("pyannote-segmentation-3.0/pytorch_model.bin", "pyannote-sample/sample.wav"),
        "pyannote-segmentation-3.0 and pyannote-sample are not installed"))
struct PyannoteSegmenterTests {
    private static func segmenter() throws -> PyannoteSegmenter {
        try PyannoteSegmenter(
            InstalledModels.folder.appending(path: "pyannote-segmentation-3.0"), runtime: InstalledModels.runtime())
    }

    /// A real telephone call, 30 s at 16 kHz, 16 bits.
    private static func windows() throws -> [[Float]] {
        let bytes = try Data(contentsOf: InstalledModels.folder.appending(path: "pyannote-sample/sample.wav"))
        let start = try #require(bytes.range(of: Data("data".utf8))).upperBound + 4
        let samples = bytes[start...].withUnsafeBytes { buffer in
            (0..<buffer.count / 2).map {
                Float(buffer.loadUnaligned(fromByteOffset: 2 * $0, as: Int16.self)) / 32768
            }
        }
        return (0..<3).map { Array(samples[$0 * 160_000..<($0 + 1) * 160_000]) }
    }

    private static func turns() throws -> [TimeSpan] {
        let text = try String(
            contentsOf: InstalledModels.folder.appending(path: "pyannote-sample/sample.rttm"), encoding: .utf8)
        return try text.split(separator: "\n").map { line in
            let fields = line.split(separator: " ")
            let start = try #require(Double(fields[3]))
            return TimeSpan(start: start, end: start + (try #require(Double(fields[4]))))
        }
    }

    @Test func speechAndOverlapAgreeWithPeople() throws {
        let turns = try Self.turns()
        let classes = try Self.segmenter().classes(of: Self.windows())
        var speechAgrees = 0
        var overlapAgrees = 0
        for (window, frames) in classes.enumerated() {
            #expect(frames.count == 589)
            for (frame, best) in frames.enumerated() {
                let seconds = 10 * Double(window) + (Double(frame) * 270 + 495) / 16000
                let speakers = turns.count { $0.contains(seconds) }
                if (speakers > 0) == (best > 0) { speechAgrees += 1 }
                if (speakers > 1) == (best > 3) { overlapAgrees += 1 }
            }
        }
        let frames = Double(3 * 589)
        #expect(Double(speechAgrees) / frames > 0.95)
        #expect(Double(overlapAgrees) / frames > 0.93)
    }

    @Test func givesTheSameAgainAndInBatches() throws {
        let segmenter = try Self.segmenter()
        let windows = try Self.windows()
        let together = try segmenter.logProbabilities(of: windows)
        #expect(try segmenter.logProbabilities(of: windows) == together)
        let alone = try windows.flatMap { try segmenter.logProbabilities(of: [$0]) }
        #expect(zip(alone, together).allSatisfy { abs(exp($0) - exp($1)) < 1e-4 })
    }

    @Test func classesAreProbabilities() throws {
        let scores = try Self.segmenter().logProbabilities(of: [Self.windows()[0]])
        for frame in stride(from: 0, to: scores.count, by: 7) {
            let sum = scores[frame..<frame + 7].reduce(0) { $0 + exp($1) }
            #expect(abs(sum - 1) < 1e-4)
        }
    }

    @Test func refusesWindowsOfAnotherLength() throws {
        let segmenter = try Self.segmenter()
        #expect(throws: AudioError.self) { try segmenter.classes(of: [[0, 0, 0]]) }
    }
}

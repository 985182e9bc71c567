import AudioCore
import Foundation
import MediaIO

/// Recordings with known truth, on machines that have them.
enum EvaluationAudio {
    static let folder = ProcessInfo.processInfo.environment["HYPERAUDIO_EVALUATION_AUDIO"].map { URL(filePath: $0) }
    static let isThere = folder != nil

    /// The mean of a file's channels at the rate wanted.
    static func read(_ path: String, sampleRate: Int) throws -> [Float] {
        guard let folder else { return [] }
        let media = FFmpegMedia()
        let source = try media.open(folder.appending(path: path))
        var samples: [Float] = []
        while let block = try source.read() { samples += block.mid }
        return try media.resample(samples, from: source.format.sampleRate, to: sampleRate)
    }

    /// LibriSpeech's readers here.
    static let readers = [1688, 2033, 2609, 3080, 367]

    /// All utterances of a reader, in order, 16 kHz.
    static func utterances(of reader: Int) throws -> [[Float]] {
        guard let folder else { return [] }
        let names = try FileManager.default
            .contentsOfDirectory(atPath: folder.appending(path: "librispeech/\(reader)").path)
        return try names.filter { $0.hasSuffix(".flac") }.sorted()
            .map { try read("librispeech/\(reader)/\($0)", sampleRate: 16000) }
    }
}

/// Cosines between voice prints of the same and of different people.
struct VoiceTrials {
    private(set) var same: [Double] = []
    private(set) var different: [Double] = []

    /// - Parameter prints: unit vectors, by person.
    init(_ prints: [[[Float]]]) {
        for (person, mine) in prints.enumerated() {
            for (index, print) in mine.enumerated() {
                same += mine[(index + 1)...].map { Self.cosine(print, $0) }
                for others in prints[(person + 1)...] { different += others.map { Self.cosine(print, $0) } }
            }
        }
    }

    static func cosine(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    var meanOfSame: Double { same.reduce(0, +) / Double(same.count) }
    var meanOfDifferent: Double { different.reduce(0, +) / Double(different.count) }

    /// The rate of errors at the threshold where both kinds are equally frequent.
    var equalErrorRate: Double {
        let thresholds = (same + different).sorted()
        return thresholds.map { threshold in
            let misses = Double(same.count { $0 < threshold }) / Double(same.count)
            let alarms = Double(different.count { $0 >= threshold }) / Double(different.count)
            return max(misses, alarms)
        }.min() ?? 1
    }
}

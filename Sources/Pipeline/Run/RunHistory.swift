import AudioCore
import Foundation

/// How often something was begun in a run, and how it ended, by the run's log.
public struct RunHistory: Codable, Sendable, Equatable {
    public var begun = 0
    public var ended = 0
    public var interrupted = 0
    /// What failed, one sentence each.
    public var failures: [String] = []

    /// Begun and never heard of again: killed, or still at work.
    public var lost: Int { max(0, begun - ended - interrupted - failures.count) }

    /// - Parameter folder: the run's.
    public init(of folder: URL) {
        for name in ["log.1.jsonl", "log.jsonl"] {
            let lines = (try? Data(contentsOf: folder.appendingPathComponent(name))) ?? Data()
            for line in lines.split(separator: UInt8(ascii: "\n")) {
                // The last line of a killed run may be half there.
                guard let entry = try? JSONDecoder().decode(Line.self, from: line) else { continue }
                count(entry)
            }
        }
    }

    private struct Line: Decodable {
        var what: String
        var text: String?
    }

    private mutating func count(_ line: Line) {
        switch RunLog.Entry.Happening(rawValue: line.what) {
        case .began: begun += 1
        case .ended: ended += 1
        case .interrupted: interrupted += 1
        case .failed: failures.append(line.text ?? "")
        default: break
        }
    }
}

import AudioCore
import Foundation

/// Whether a stage has the memory it needs, asked before its models are loaded: a process that the system ends for want of
/// memory can say nothing any more.
public struct MemoryBudget: Sendable, Equatable {
    /// The most that the process may take; nil: whatever is free.
    public var limitBytes: Int?

    public init(limitBytes: Int? = nil) { self.limitBytes = limitBytes }

    /// The peaks of docs/measurements.md with a tenth or more to spare; they do not grow with the programme. Timing words
    /// loads what speaking loads, writing the file starts from what the stage before left.
    static func need(of stage: StageName) -> Int {
        let megabytes =
            switch stage {
            case .preprocessor: 100
            case .separator: 180
            case .diarizer: 350
            case .recognizer: 1290
            case .wordTimes, .synthesizer: 1520
            case .reconstructor: 450
            case .output: 180
            case .report: 1280
            }
        return megabytes * 1_000_000
    }

    /// - Throws: `AudioError` of kind `.tryAgain` where the stage would take more than there is.
    func check(_ stage: StageName) throws {
        try check(need: Self.need(of: stage), free: Self.freeBytes.map { $0 + Self.residentBytes }, stage)
    }

    func check(need: Int, free: Int?, _ stage: StageName) throws {
        func refusal(_ cause: String, _ mend: String) -> AudioError {
            AudioError(.tryAgain, operation: "begin", subject: "the \(stage.rawValue) stage", cause: cause, mend: mend)
        }
        func text(_ bytes: Int) -> String { String(format: "%.1f GB", Double(bytes) / 1e9) }
        if let limitBytes, need > limitBytes {
            throw refusal(
                "it needs \(text(need)) of memory and may take \(text(limitBytes))",
                "allow more with --max-memory; what is finished is kept")
        }
        if let free, need > free {
            throw refusal(
                "it needs \(text(need)) of memory and \(text(free)) are free",
                "close other programs and run the same command again; what is finished is kept")
        }
    }

    private static var residentBytes: Int { (kilobytes("VmRSS:", in: "/proc/self/status") ?? 0) * 1024 }

    /// The smaller of what the machine has free and what the process's group may still take (cgroup version 2); nil where
    /// the system does not tell.
    public static var freeBytes: Int? {
        let free = kilobytes("MemAvailable:", in: "/proc/meminfo").map { $0 * 1024 }
        guard let free, let limit = groupHeadroom else { return free ?? groupHeadroom }
        return min(free, limit)
    }

    /// A field of a file such as /proc/self/status.
    static func kilobytes(_ field: String, in file: String) -> Int? {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix(field) }
        return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
    }

    private static var groupHeadroom: Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8) else { return nil }
        let path = text.split(separator: "\n").first { $0.hasPrefix("0::") }?.dropFirst(3) ?? "/"
        var folder = URL(fileURLWithPath: "/sys/fs/cgroup" + path)
        var headroom: Int?
        // A limit holds for everything below it.
        while folder.path.hasPrefix("/sys/fs/cgroup") {
            if let most = number(folder, "memory.max"), let now = number(folder, "memory.current") {
                headroom = min(headroom ?? .max, max(0, most - now))
            }
            folder.deleteLastPathComponent()
        }
        return headroom
    }

    private static func number(_ folder: URL, _ name: String) -> Int? {
        let text = try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
}

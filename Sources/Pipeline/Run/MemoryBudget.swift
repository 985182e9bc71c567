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
    public func check(_ stage: StageName) throws {
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

    /// The smaller of what the machine has free and what the process's control group may still take; nil where the system
    /// does not tell.
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
        let text = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)
        return text.flatMap { headroom(groups: $0, root: URL(fileURLWithPath: "/sys/fs/cgroup")) }
    }

    /// Where a version of control groups says what.
    private struct GroupFiles {
        /// In a line of /proc/self/cgroup, before the group's path.
        var mark: String
        /// Under the root.
        var folder: String
        var most: String, now: String
        /// The field of memory.stat with cached files that nobody reads: they count as taken and are given up when asked for.
        var cache: String
    }

    private static let groupFiles = [
        GroupFiles(mark: "0::", folder: "", most: "memory.max", now: "memory.current", cache: "inactive_file "),
        GroupFiles(
            mark: ":memory:", folder: "memory", most: "memory.limit_in_bytes", now: "memory.usage_in_bytes",
            cache: "total_inactive_file "),
    ]

    /// What may still be taken, bytes; nil where there is no limit.
    /// - Parameters:
    ///   - groups: what /proc/self/cgroup says.
    ///   - root: where control groups are mounted.
    static func headroom(groups: String, root: URL) -> Int? {
        let lines = groups.split(separator: "\n")
        return groupFiles.compactMap { files -> Int? in
            let path = lines.compactMap { line in line.range(of: files.mark).map { line[$0.upperBound...] } }.first
            guard let path else { return nil }
            let base = files.folder.isEmpty ? root : root.appendingPathComponent(files.folder)
            var folder = base.appendingPathComponent(String(path)).standardizedFileURL
            var headroom: Int?
            // A limit holds for everything below it.
            while folder.path.hasPrefix(base.path) {
                if let most = number(folder, files.most), let now = number(folder, files.now) {
                    let cached = number(folder, "memory.stat", after: files.cache) ?? 0
                    headroom = min(headroom ?? .max, max(0, most - now + cached))
                }
                folder.deleteLastPathComponent()
            }
            return headroom
        }.min()
    }

    /// A number that a file holds, or one of its lines behind a field.
    private static func number(_ folder: URL, _ name: String, after field: String = "") -> Int? {
        let text = try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        let line = text?.split(separator: "\n").first { $0.hasPrefix(field) }?.dropFirst(field.count)
        return line.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    }
}

import Foundation

/// The process that works on a job: told apart from a later one with the same number by when it was started.
public struct JobOwner: Sendable, Hashable, Codable {
    public let process: Int32
    /// Clock ticks from the start of the machine to the start of the process (proc(5), stat, field 22).
    let startTicks: Int
    /// The kernel's number for this run of the machine: after a restart everybody is dead.
    let boot: String

    init(process: Int32, startTicks: Int, boot: String) {
        self.process = process
        self.startTicks = startTicks
        self.boot = boot
    }

    /// This process.
    public static var current: JobOwner {
        JobOwner(process: getpid(), startTicks: startTicks(of: getpid()) ?? 0, boot: boot)
    }

    /// False where the process has ended, whoever has its number now. A zombie has ended, too.
    public var isAlive: Bool { boot == Self.boot && Self.startTicks(of: process) == startTicks }

    private static let boot: String = {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }()

    /// nil where there is no such process.
    private static func startTicks(of process: Int32) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
        // The name in parentheses may hold anything; what follows its last parenthesis begins with field 3, the state.
        guard let name = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return Int(fields[19])
    }
}

extension JobOwner {
    /// "1234:5678:<boot>", as it stands in the database.
    var text: String { "\(process):\(startTicks):\(boot)" }

    init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let process = Int32(parts[0]), let ticks = Int(parts[1]) else { return nil }
        self.init(process: process, startTicks: ticks, boot: String(parts[2]))
    }
}

import Foundation

/// What a process that decodes may take. It writes to nothing but its pipe.
public struct DecodingLimits: Sendable, Equatable {
    /// Address space beyond what the process has when it begins, bytes. FFmpeg needs a few megabytes, the index of a file
    /// of many hours some tens.
    public var memoryBytes = 512 << 20
    /// Processor time for opening the file, and again for each block of about a third of a second.
    public var processorSeconds = 30

    static let descriptors: UInt64 = 32
    /// The longest programme, hours; a file that never ends is stopped there.
    static let longestHours = 48

    public init() {}

    public init(memoryBytes: Int, processorSeconds: Int) {
        self.memoryBytes = memoryBytes
        self.processorSeconds = processorSeconds
    }

    /// Binds the process that calls it, for good.
    /// - Returns: whether memory is limited. It is not where a sanitizer keeps terabytes of address space for itself.
    func bind() -> Bool {
        Self.set(RLIMIT_CORE, 0)
        Self.set(RLIMIT_FSIZE, 0)
        Self.set(RLIMIT_NOFILE, Self.descriptors)
        allowProcessorTime()
        let before = Self.addressSpaceBytes
        guard before > 0, before < 1 << 40 else { return false }
        Self.set(RLIMIT_AS, UInt64(before + memoryBytes))
        return true
    }

    /// Gives the process `processorSeconds` from now on; the hard limit stays, so that it can be moved again.
    func allowProcessorTime() {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let used = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + 1
        Self.set(RLIMIT_CPU, UInt64(used + processorSeconds), hard: UInt64(Self.longestHours * 3600))
    }

    /// Of the calling process; 0 where the system does not tell.
    static var addressSpaceBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").first.flatMap { Int($0) } ?? 0) * Int(getpagesize())
    }

    private static func set(_ resource: __rlimit_resource, _ limit: UInt64, hard: UInt64? = nil) {
        var limits = rlimit(rlim_cur: rlim_t(limit), rlim_max: rlim_t(hard ?? limit))
        setrlimit(__rlimit_resource_t(resource.rawValue), &limits)
    }
}

import AudioCore
import Foundation

/// The child's side: reads one file and says what is in it. Nothing that a file can do to FFmpeg reaches further than the
/// process that runs this.
public struct DecodingService: Sendable {
    public enum Task: String, Sendable, CaseIterable {
        /// The sound, block by block.
        case samples
        /// Tags, chapters, cover and format.
        case original
    }

    private let limits: DecodingLimits
    private let output: Int32

    /// - Parameter output: a pipe.
    public init(limits: DecodingLimits, output: Int32 = STDOUT_FILENO) {
        self.limits = limits
        self.output = output
    }

    /// Binds this process to its limits and does the task.
    /// - Throws: `CancellationError` where nobody listens any more.
    public func run(_ task: Task, _ file: URL) throws {
        // Whoever waits for the sound decides when to stop, and closes the pipe.
        for number in [SIGINT, SIGTERM, SIGPIPE] { signal(number, SIG_IGN) }
        _ = FFmpegMedia()
        let isBound = limits.bind()
        let before = DecodingLimits.addressSpaceBytes
        do {
            switch task {
            case .samples: try tell(MediaReader(file))
            case .original: try tell(.original, Original(of: file))
            }
        } catch let error as AudioError {
            var refusal = DecodingMessage.Refusal(
                kind: error.kind, operation: error.operation, subject: error.subject, cause: error.cause,
                mend: error.mend)
            // FFmpeg calls it broken where it was given no memory.
            if isBound, Self.peakBytes - before >= limits.memoryBytes / 4 * 3 {
                refusal.kind = .badData
                refusal.cause = limits.tooMuchMemory
                refusal.mend = DecodingLimits.mend
            }
            try tell(.failure, refusal)
        }
    }

    private func tell(_ source: MediaReader) throws {
        try tell(
            .format, DecodingMessage.Beginning(format: source.format, expectedFrames: source.expectedFrames))
        while let block = try source.read() {
            let head = DecodingMessage.Head(.samples, length: 4 * block.frameCount * block.channels.count)
            try write(head.data)
            for channel in block.channels { try channel.withUnsafeBytes { try write($0) } }
            limits.allowProcessorTime()
        }
        try tell(.end, DecodingMessage.End(damage: source.damage, repairedSeconds: source.repairedSeconds))
    }

    private func tell(_ kind: DecodingMessage, _ value: some Encodable) throws {
        let data = try JSONEncoder().encode(value)
        try write(DecodingMessage.Head(kind, length: data.count).data + data)
    }

    private func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = Foundation.write(output, start, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw CancellationError() }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// The most address space that the process ever had.
    private static var peakBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmPeak:") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
}

extension DecodingLimits {
    var tooMuchMemory: String { "decoding it takes more than \(memoryBytes >> 20) MB of memory" }
    var tooMuchTime: String { "decoding a moment of it takes more than \(processorSeconds) s of processor time" }
    static let mend = "use another copy of it; this one is broken, or made to do harm"
}

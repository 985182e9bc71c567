import AudioCore
import Foundation

/// Opens files in a process of its own, so that one that makes FFmpeg crash, spin or take all memory does no more than fail.
public struct DecoderChild: Sendable {
    private let program: URL
    private let arguments: [String]
    private let limits: DecodingLimits

    /// - Parameters:
    ///   - program: what runs a `DecodingService`.
    ///   - arguments: followed by the task, the file's path, the memory in bytes and the processor time in seconds.
    public init(program: URL, arguments: [String], limits: DecodingLimits = DecodingLimits()) {
        self.program = program
        self.arguments = arguments
        self.limits = limits
    }

    func open(_ file: URL) throws -> any MediaSource { try ChildMediaSource(answer(.samples, file)) }

    func original(_ file: URL) throws -> Original {
        let answer = try answer(.original, file)
        guard case let head = try answer.head(), head.kind == .original else { throw answer.nonsense }
        return try answer.value(Original.self, head)
    }

    private func answer(_ task: DecodingService.Task, _ file: URL) throws -> DecoderAnswer {
        // What can be told without looking inside needs no process.
        try Demuxer.checkIsReadable(file)
        let process = try DecoderProcess(
            program, arguments + [task.rawValue, file.path, "\(limits.memoryBytes)", "\(limits.processorSeconds)"])
        return DecoderAnswer(process, file: file, limits: limits)
    }
}

/// What a decoding process says, checked: it may be in the hands of the file that it reads.
final class DecoderAnswer {
    let file: URL
    private let process: DecoderProcess
    private let limits: DecodingLimits

    private static let graceSeconds = 5.0

    init(_ process: DecoderProcess, file: URL, limits: DecodingLimits) {
        self.process = process
        self.file = file
        self.limits = limits
    }

    /// The next message that is no failure.
    func head() throws -> DecodingMessage.Head {
        guard let head = DecodingMessage.Head(try bytes(DecodingMessage.Head.bytes)) else { throw nonsense }
        guard head.kind == .failure else { return head }
        let refusal = try value(DecodingMessage.Refusal.self, head)
        throw AudioError(
            refusal.kind, operation: refusal.operation,
            subject: refusal.subject == file.path ? file.relativePath : refusal.subject, cause: refusal.cause,
            mend: refusal.mend)
    }

    func value<Value: Decodable>(_ type: Value.Type, _ head: DecodingMessage.Head) throws -> Value {
        let data = Data(try bytes(head.length))
        do { return try JSONDecoder().decode(type, from: data) } catch { throw nonsense }
    }

    private func bytes(_ count: Int) throws -> [UInt8] {
        do { return try process.read(count) } catch is DecoderProcess.Silence { throw death }
    }

    /// - Parameter frames: of one channel.
    func samples(_ frames: Int) throws -> [Float] {
        do {
            return try [Float](unsafeUninitializedCapacity: frames) { buffer, filled in
                try process.read(into: UnsafeMutableRawBufferPointer(buffer))
                filled = frames
            }
        } catch is DecoderProcess.Silence { throw death }
    }

    var nonsense: AudioError {
        process.end()
        return failure(.badData, "its decoder went mad", DecodingLimits.mend)
    }

    /// Why it says no more.
    private var death: any Error {
        switch process.end(graceSeconds: Self.graceSeconds) {
        case .signal(SIGXCPU): failure(.badData, limits.tooMuchTime, DecodingLimits.mend)
        case .signal(SIGKILL), .signal(SIGTERM):
            failure(
                .tryAgain, "its decoder was killed, most likely for want of memory",
                "close other programs and run the same command again")
        case .signal(let number):
            failure(
                .badData,
                process.peakBytes > limits.memoryBytes
                    ? limits.tooMuchMemory : "its decoder died (signal \(number))", DecodingLimits.mend)
        // It was interrupted before it could say that it does not heed that.
        case .exit(130): CancellationError()
        case .exit(let code):
            failure(.internal, "its decoder ended without a word (code \(code))", "run the same command again")
        }
    }

    private func failure(_ kind: AudioError.Kind, _ cause: String, _ mend: String) -> AudioError {
        Failure.reading(file, kind, cause, mend: mend)
    }
}

/// Sound that another process decodes.
private final class ChildMediaSource: MediaSource {
    let format: MediaFormat
    let expectedFrames: Int?
    private(set) var damage: String?
    private(set) var repairedSeconds = 0.0
    private let answer: DecoderAnswer
    private var framesRead = 0
    private var isAtEnd = false

    init(_ answer: DecoderAnswer) throws {
        self.answer = answer
        guard case let head = try answer.head(), head.kind == .format else { throw answer.nonsense }
        let beginning = try answer.value(DecodingMessage.Beginning.self, head)
        format = beginning.format
        expectedFrames = beginning.expectedFrames
        guard (1...63).contains(format.channelCount), (1000...1_000_000).contains(format.sampleRate),
            expectedFrames ?? 0 >= 0
        else { throw answer.nonsense }
    }

    func read() throws -> Waveform? {
        if Task.isCancelled { throw CancellationError() }
        guard !isAtEnd else { return nil }
        let head = try answer.head()
        switch head.kind {
        case .samples: return try block(head)
        case .end:
            let end = try answer.value(DecodingMessage.End.self, head)
            isAtEnd = true
            damage = end.damage
            repairedSeconds = end.repairedSeconds
            return nil
        case .format, .original, .failure: throw answer.nonsense
        }
    }

    private func block(_ head: DecodingMessage.Head) throws -> Waveform {
        let (frames, rest) = head.length.quotientAndRemainder(dividingBy: 4 * format.channelCount)
        guard rest == 0, frames > 0 else { throw answer.nonsense }
        framesRead += frames
        guard framesRead / format.sampleRate < 3600 * DecodingLimits.longestHours else {
            throw Failure.reading(
                answer.file, .badData, "it lasts longer than \(DecodingLimits.longestHours) hours",
                mend: "cut it into pieces")
        }
        return Waveform(
            sampleRate: format.sampleRate,
            channels: try (0..<format.channelCount).map { _ in try answer.samples(frames) })
    }
}

import ArgumentParser
import Foundation
import MediaIO
import Pipeline

/// Reads one media file in a process of its own, within limits, and gives what is in it to whoever started it.
struct MediaWorkerCommand: AsyncParsableCommand {
    static let name = "media-worker"
    static let configuration = CommandConfiguration(
        commandName: name, abstract: "Decode a file for the process that started this one.", shouldDisplay: false)

    @Argument var task: DecodingService.Task
    @Argument var file: String
    @Argument(help: "Bytes.") var memory: Int
    @Argument(help: "Of the processor.") var seconds: Int

    func run() async throws {
        let service = DecodingService(limits: DecodingLimits(memoryBytes: memory, processorSeconds: seconds))
        let (task, file) = (task, URL(fileURLWithPath: file))
        // Decoders want a larger stack than Swift's own threads have.
        try await onOwnThread(interrupt: {}) { try service.run(task, file) }
    }
}

extension DecodingService.Task: ExpressibleByArgument {}

import AudioCore
import Foundation

/// Takes speech out of a mixture with DeepFilterNet3 (Schröter et al., 2023), 48 kHz. It takes singing for speech.
public final class DeepFilterSeparator: SourceSeparator {
    public let sampleRate = 48000
    /// How late the network's output is: two frames of analysis and one of look-ahead.
    private static let delaySamples = 1440
    /// As good as no limit: all of the bed is to go.
    private static let attenuationLimitDB: Float = 100
    /// Samples that are handed on at once.
    private static let blockSamples = 48000

    private let library: DeepFilterLibrary
    private let model: URL

    /// - Parameter folder: holds `libdeepfilter.so` and `DeepFilterNet3_onnx.tar.gz`.
    public init(_ folder: URL) throws {
        library = try DeepFilterLibrary(folder.appending(path: "libdeepfilter.so"))
        model = folder.appending(path: "DeepFilterNet3_onnx.tar.gz")
    }

    public func separate(next: () throws -> [Float]?, emit: ([Float]) throws -> Void) throws {
        let stream = try DeepFilterLibrary.Stream(
            library, model: model, attenuationLimitDB: Self.attenuationLimitDB)
        guard stream.frameSamples > 0 else { throw DeepFilterLibrary.unavailable("its frames are empty") }
        var input = [Float](repeating: 0, count: stream.frameSamples)
        var output = input
        var filled = 0
        var pending: [Float] = []
        var received = 0
        var skipped = 0
        var emitted = 0

        func processFrame() throws {
            stream.process(&input, into: &output)
            filled = 0
            let late = min(Self.delaySamples - skipped, output.count)
            skipped += late
            pending += output[late...]
            if pending.count >= Self.blockSamples { try emitPending() }
        }
        func emitPending() throws {
            guard !Task.isCancelled else { throw CancellationError() }
            let count = min(pending.count, received - emitted)
            guard count > 0 else { return }
            emitted += count
            let block = Array(pending[..<count])
            pending.removeFirst(count)
            try emit(block)
        }

        while let block = try next() {
            received += block.count
            for sample in block {
                input[filled] = sample
                filled += 1
                if filled == input.count { try processFrame() }
            }
        }
        // Silence pushes the last samples out.
        while emitted + pending.count < received {
            for index in filled..<input.count { input[index] = 0 }
            try processFrame()
        }
        try emitPending()
    }
}

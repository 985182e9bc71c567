import AudioCore
import Foundation
import Inference

/// pyannote segmentation 3.0: who of up to three nearby people speaks in each 17 ms of a 10 s window.
public final class PyannoteSegmenter: SpeechSegmenter {
    public let sampleRate = 16000
    public let windowSamples = 160_000
    public let framesPerWindow = 589
    private let session: InferenceSession

    /// - Parameter folder: holds `pytorch_model.bin`.
    public init(_ folder: URL, runtime: InferenceRuntime, threads: Int = 1) throws {
        let checkpoint = try TorchCheckpoint(
            folder.appending(path: "pytorch_model.bin"),
            ignoring: [
                "torch.torch_version.TorchVersion", "pyannote.audio.core.task.Specifications",
                "pyannote.audio.core.task.Problem", "pyannote.audio.core.task.Resolution",
            ])
        session = try PyannoteNetwork.session(
            of: checkpoint, options: SessionOptions(name: "pyannote segmentation", intraOpThreads: threads), in: runtime
        )
    }

    public func classes(of windows: [[Float]]) throws -> [[UInt8]] {
        let classes = PyannoteNetwork.classes
        let scores = try logProbabilities(of: windows)
        return windows.indices.map { window in
            (0..<framesPerWindow).map { frame in
                let row = scores[((window * framesPerWindow + frame) * classes)...].prefix(classes)
                var best = row.startIndex
                for index in row.indices where row[index] > row[best] { best = index }
                return UInt8(best - row.startIndex)
            }
        }
    }

    /// - Parameter windows: samples, [count][windowSamples].
    /// - Returns: natural logarithms, [count * framesPerWindow * 7].
    public func logProbabilities(of windows: [[Float]]) throws -> [Float] {
        guard !windows.isEmpty else { return [] }
        guard windows.allSatisfy({ $0.count == windowSamples }) else {
            throw AudioError(
                .internal, operation: "segment", subject: "speech",
                cause: "a window does not hold \(windowSamples) samples")
        }
        var samples: [Float] = []
        samples.reserveCapacity(windows.count * windowSamples)
        for window in windows { samples += window }
        let input = try Tensor(samples, shape: [windows.count, 1, windowSamples], in: session.runtime)
        let output = try session.run([PyannoteNetwork.input: input], output: PyannoteNetwork.output)
        guard output.shape == [windows.count, framesPerWindow, PyannoteNetwork.classes] else {
            throw AudioError(
                .internal, operation: "segment", subject: "speech",
                cause: "the network gave the shape \(output.shape)")
        }
        return try output.array()
    }
}

import Foundation
import Inference

/// The models of this machine; tests that need one are enabled only where it is installed.
enum InstalledModels {
    static let folder = URL(
        filePath: ProcessInfo.processInfo.environment["HYPERAUDIO_MODELS"]
            ?? NSHomeDirectory() + "/.local/share/hyperaudio/models")

    /// - Parameter files: relative to the models' folder; ONNX Runtime is always needed.
    static func have(_ files: String...) -> Bool {
        (files + ["onnxruntime/libonnxruntime.so"]).allSatisfy {
            FileManager.default.fileExists(atPath: folder.appending(path: $0).path)
        }
    }

    static func runtime() throws -> InferenceRuntime {
        try InferenceRuntime.load(folder.appending(path: "onnxruntime/libonnxruntime.so"))
    }
}

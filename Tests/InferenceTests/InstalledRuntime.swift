import Foundation
import Inference

/// ONNX Runtime as it is installed on this machine.
enum InstalledRuntime {
    private static let folder = URL(
        filePath: ProcessInfo.processInfo.environment["HYPERAUDIO_MODELS"]
            ?? NSHomeDirectory() + "/.local/share/hyperaudio/models")
    private static let library = folder.appending(path: "onnxruntime/libonnxruntime.so")

    static let isThere = FileManager.default.fileExists(atPath: library.path)
    static func load() throws -> InferenceRuntime { try InferenceRuntime.load(library) }
    static func model(_ path: String) -> URL { folder.appending(path: path) }
    static func have(_ path: String) -> Bool { isThere && FileManager.default.fileExists(atPath: model(path).path) }
}

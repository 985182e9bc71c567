import Foundation
import Testing

@testable import ModelLibrary

@Suite struct ModelManifestTests {
    @Test func theBuiltInManifestsNameEveryByte() throws {
        let manifests = try ModelLibrary(folder: URL(fileURLWithPath: "/nonexistent")).manifests
        #expect(
            Set(manifests.map(\.id)).isSuperset(of: ["onnxruntime", "whisper-base", "kokoro-82m", "deepfilternet3"]))
        for manifest in manifests {
            let packages = Set(manifest.packages.map(\.name))
            #expect(manifest.packages.allSatisfy { $0.sha256.count == 64 })
            for file in manifest.files {
                #expect(file.sha256.count == 64 && file.bytes > 0)
                #expect(!file.parts.isEmpty && file.parts.allSatisfy { packages.contains($0.package) })
            }
        }
    }
}

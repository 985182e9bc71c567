import AudioCore
import Files
import Foundation
import ModelLibrary

@testable import Commands

/// The telephone talk that comes with the models, for tests with real ones.
enum SampleTalk {
    /// nil where a model that is installed by default is missing.
    static let file: URL? = {
        guard let library = try? ModelLibrary(folder: Places.models),
            library.manifests.filter(\.isDefault).allSatisfy({ library.state(of: $0) == .installed })
        else { return nil }
        return try? library.installed("sample-call").appendingPathComponent("sample.wav")
    }()
}

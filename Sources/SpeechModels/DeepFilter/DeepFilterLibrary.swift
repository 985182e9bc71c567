import AudioCore
import CDeepFilter
import Foundation
import Synchronization

/// DeepFilterNet's shared library and its four functions.
///
/// Sendable: it holds code only, and the library stays loaded until the process ends.
struct DeepFilterLibrary: @unchecked Sendable {
    private let create: df_create_function
    private let frameLength: df_get_frame_length_function
    private let process: df_process_frame_function
    private let release: df_free_function

    init(_ library: URL) throws {
        guard let handle = dlopen(library.path, RTLD_NOW | RTLD_LOCAL) else {
            throw Self.unavailable(dlerror().map { String(cString: $0) } ?? "the system cannot load it")
        }
        func function<Function>(_ name: String, as type: Function.Type) throws -> Function {
            guard let symbol = dlsym(handle, name) else { throw Self.unavailable("it has no function \(name)") }
            return unsafeBitCast(symbol, to: type)
        }
        // The types in C are optional pointers; a symbol that was found is none.
        guard let create = try function("df_create", as: df_create_function?.self),
            let frameLength = try function("df_get_frame_length", as: df_get_frame_length_function?.self),
            let process = try function("df_process_frame", as: df_process_frame_function?.self),
            let release = try function("df_free", as: df_free_function?.self)
        else { throw Self.unavailable("it is damaged") }
        self.create = create
        self.frameLength = frameLength
        self.process = process
        self.release = release
    }

    static func unavailable(_ cause: String) -> AudioError {
        AudioError(
            .unavailable, operation: "load", subject: "DeepFilterNet", cause: cause,
            mend: "run `hyperaudio models install`")
    }

    /// One stream through the network. Belongs to one thread.
    final class Stream {
        private let library: DeepFilterLibrary
        private let state: OpaquePointer
        let frameSamples: Int

        /// - Parameters:
        ///   - model: the `.tar.gz` with the three networks.
        ///   - attenuationLimitDB: how far noise may be lowered.
        init(_ library: DeepFilterLibrary, model: URL, attenuationLimitDB: Float) throws {
            guard FileManager.default.isReadableFile(atPath: model.path),
                let state = library.create(model.path, attenuationLimitDB, nil)
            else { throw DeepFilterLibrary.unavailable("\(model.path) cannot be read") }
            self.library = library
            self.state = state
            frameSamples = library.frameLength(state)
        }

        deinit { library.release(state) }

        /// - Parameters:
        ///   - input: [frameSamples].
        ///   - output: takes [frameSamples], 1440 samples late.
        func process(_ input: UnsafeMutablePointer<Float>, into output: UnsafeMutablePointer<Float>) {
            _ = library.process(state, input, output)
        }
    }
}

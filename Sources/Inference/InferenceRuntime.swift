import AudioCore
import COnnxRuntime
import Foundation
import Synchronization

/// ONNX Runtime, loaded once a process: its function table and its environment, which live until the process ends.
///
/// Sendable: the tables are immutable, the environment is thread-safe by ONNX Runtime's contract, the rest is locked.
public final class InferenceRuntime: @unchecked Sendable {
    /// The library's own: "1.31.1".
    public let version: String
    public let library: URL
    let api: UnsafePointer<OrtApi>
    let editor: UnsafePointer<OrtModelEditorApi>
    let environment: OpaquePointer
    let memory: OpaquePointer
    let allocator: UnsafeMutablePointer<OrtAllocator>
    let runs = RunRegister()
    /// How long the networks ran.
    public let clock = ModelClock()
    private let chosenDevice = Mutex(InferenceDevice.processor)

    private static let loaded = Mutex<InferenceRuntime?>(nil)

    /// - Parameter library: the shared library; a second call must name the same one.
    public static func load(_ library: URL) throws -> InferenceRuntime {
        try loaded.withLock { runtime in
            let library = library.resolvingSymlinksInPath()
            if let runtime {
                guard runtime.library == library else {
                    throw AudioError(
                        .internal, operation: "load", subject: library.path,
                        cause: "\(runtime.library.path) is loaded already and a process holds one ONNX Runtime")
                }
                return runtime
            }
            let new = try InferenceRuntime(library)
            runtime = new
            return new
        }
    }

    private init(_ library: URL) throws {
        self.library = library
        func unavailable(_ cause: String) -> AudioError {
            AudioError(
                .unavailable, operation: "load", subject: "ONNX Runtime", cause: cause,
                mend: "run `hyperaudio models install`")
        }
        guard FileManager.default.fileExists(atPath: library.path) else {
            throw unavailable("\(library.path) does not exist")
        }
        // Read by the library when it is loaded: without it, the wheel's build writes files under the home folder.
        setenv("ORT_DISABLE_TELEMETRY", "1", 1)
        guard let handle = dlopen(library.path, RTLD_NOW | RTLD_LOCAL) else {
            throw unavailable(dlerror().map { String(cString: $0) } ?? "the system cannot load it")
        }
        typealias GetBase = @convention(c) () -> UnsafePointer<OrtApiBase>?
        guard let symbol = dlsym(handle, "OrtGetApiBase"),
            let base = unsafeBitCast(symbol, to: GetBase.self)(),
            let getVersion = base.pointee.GetVersionString, let version = getVersion().map({ String(cString: $0) })
        else { throw unavailable("\(library.path) is not ONNX Runtime") }
        guard let api = base.pointee.GetApi(UInt32(ORT_API_VERSION)), let editor = api.pointee.GetModelEditorApi()
        else { throw unavailable("version \(version) is older than the interface this program needs (1.23)") }
        self.version = version
        self.api = api
        self.editor = editor
        // Fatal only: every other failure comes back as a status and is thrown.
        environment = try Self.make(api, "start") { api.pointee.CreateEnv(ORT_LOGGING_LEVEL_FATAL, "audio", &$0) }
        memory = try Self.make(api, "start") {
            api.pointee.CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &$0)
        }
        try Self.shareArena(api, environment, memory)
        var allocator: UnsafeMutablePointer<OrtAllocator>?
        try Self.check(api, "start", api.pointee.GetAllocatorWithDefaultOptions(&allocator))
        guard let allocator else { throw unavailable("it has no allocator") }
        self.allocator = allocator
    }

    /// One arena for the values of all sessions, which grows by what is asked for. With one for each session, doubled
    /// whenever it is full, every network would keep the most it ever needed, and up to as much again unused.
    private static func shareArena(
        _ api: UnsafePointer<OrtApi>, _ environment: OpaquePointer, _ memory: OpaquePointer
    ) throws {
        let settings = ["arena_extend_strategy": 1]
        let arena = try withCStrings(Array(settings.keys)) { names in
            try make(api, "start") {
                api.pointee.CreateArenaCfgV2(names.baseAddress, Array(settings.values), settings.count, &$0)
            }
        }
        defer { api.pointee.ReleaseArenaCfg(arena) }
        try check(api, "start", api.pointee.CreateAndRegisterAllocator(environment, memory, arena))
    }

    /// Where sessions made from now on run.
    public var device: InferenceDevice { chosenDevice.withLock { $0 } }

    /// Tries a device and uses it from now on; where it cannot be used, everything stays as it was.
    public func use(_ device: InferenceDevice) throws {
        let options = try make("prepare") { api.pointee.CreateSessionOptions(&$0) }
        defer { api.pointee.ReleaseSessionOptions(options) }
        try device.append(to: options, in: self)
        chosenDevice.withLock { $0 = device }
    }

    /// Ends all runs in flight; each throws `CancellationError`.
    public func terminateRuns() { runs.terminate(with: api) }

    // MARK: - Status to error

    @inline(__always)
    func check(_ operation: @autoclosure () -> String, _ status: OpaquePointer?) throws {
        guard let status else { return }
        throw Self.failure(api, operation(), status)
    }

    @inline(__always)
    func make(
        _ operation: @autoclosure () -> String, _ body: (inout OpaquePointer?) -> OpaquePointer?
    ) throws -> OpaquePointer {
        try Self.make(api, operation(), body)
    }

    private static func check(_ api: UnsafePointer<OrtApi>, _ operation: String, _ status: OpaquePointer?) throws {
        guard let status else { return }
        throw failure(api, operation, status)
    }

    private static func make(
        _ api: UnsafePointer<OrtApi>, _ operation: @autoclosure () -> String,
        _ body: (inout OpaquePointer?) -> OpaquePointer?
    ) throws -> OpaquePointer {
        var made: OpaquePointer?
        let status = body(&made)
        if let status { throw failure(api, operation(), status) }
        guard let made else {
            throw AudioError(
                .internal, operation: operation(), subject: "the network", cause: "ONNX Runtime gave nothing back")
        }
        return made
    }

    @inline(never)
    private static func failure(_ api: UnsafePointer<OrtApi>, _ operation: String, _ status: OpaquePointer)
        -> AudioError
    {
        defer { api.pointee.ReleaseStatus(status) }
        let message = api.pointee.GetErrorMessage(status).map { String(cString: $0) } ?? "no reason given"
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        let kind: AudioError.Kind =
            switch api.pointee.GetErrorCode(status) {
            case ORT_NO_SUCHFILE: .noInput
            case ORT_INVALID_PROTOBUF, ORT_INVALID_GRAPH, ORT_NO_MODEL: .badData
            default: .internal
            }
        return AudioError(kind, operation: operation, subject: "the network", cause: "ONNX Runtime says: \(line)")
    }
}

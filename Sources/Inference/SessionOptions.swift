import AudioCore
import COnnxRuntime

/// How a network is made ready and run.
public struct SessionOptions: Sendable, Equatable {
    public enum Optimization: Sendable {
        case none
        case basic
        case extended
        case all

        var code: GraphOptimizationLevel {
            switch self {
            case .none: ORT_DISABLE_ALL
            case .basic: ORT_ENABLE_BASIC
            case .extended: ORT_ENABLE_EXTENDED
            case .all: ORT_ENABLE_ALL
            }
        }
    }

    /// Threads that share one operator's work.
    public var intraOpThreads: Int
    public var optimization: Optimization
    /// Keeps freed memory for the next run: faster, and the most that any run needed stays taken.
    public var keepsMemoryArena: Bool
    /// Further entries of ONNX Runtime's session configuration.
    public var configuration: [String: String]

    public init(
        intraOpThreads: Int = 1, optimization: Optimization = .all, keepsMemoryArena: Bool = true,
        configuration: [String: String] = [:]
    ) {
        self.intraOpThreads = intraOpThreads
        self.optimization = optimization
        self.keepsMemoryArena = keepsMemoryArena
        self.configuration = configuration
    }

    /// - Parameter body: takes the handle, which is released afterwards.
    func withHandle<Result>(in runtime: InferenceRuntime, _ body: (OpaquePointer) throws -> Result) throws -> Result {
        let api = runtime.api
        let handle = try runtime.make("prepare") { api.pointee.CreateSessionOptions(&$0) }
        defer { api.pointee.ReleaseSessionOptions(handle) }
        try runtime.check("prepare", api.pointee.SetIntraOpNumThreads(handle, Int32(max(1, intraOpThreads))))
        try runtime.check("prepare", api.pointee.SetInterOpNumThreads(handle, 1))
        try runtime.check("prepare", api.pointee.SetSessionGraphOptimizationLevel(handle, optimization.code))
        try runtime.check("prepare", api.pointee.DisableProfiling(handle))
        if !keepsMemoryArena {
            try runtime.check("prepare", api.pointee.DisableCpuMemArena(handle))
            try runtime.check("prepare", api.pointee.DisableMemPattern(handle))
        }
        // Waiting threads that spin would take the cores from the rest of the program.
        let entries = configuration.merging(["session.intra_op.allow_spinning": "0"]) { given, _ in given }
        for (key, value) in entries {
            try runtime.check("prepare", api.pointee.AddSessionConfigEntry(handle, key, value))
        }
        return try body(handle)
    }
}

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

    /// What the time inside the network is booked under: "whisper-base encoder".
    public var name: String
    /// Threads that share one operator's work.
    public var intraOpThreads: Int
    public var optimization: Optimization
    /// Lays the memory of all values out beforehand, once for each shape of the inputs; of no use where no two inputs
    /// are alike, since the layouts stay.
    public var plansMemory: Bool
    /// Further entries of ONNX Runtime's session configuration.
    public var configuration: [String: String]

    public init(
        name: String = "network", intraOpThreads: Int = 1, optimization: Optimization = .all, plansMemory: Bool = true,
        configuration: [String: String] = [:]
    ) {
        self.name = name
        self.intraOpThreads = intraOpThreads
        self.optimization = optimization
        self.plansMemory = plansMemory
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
        if !plansMemory { try runtime.check("prepare", api.pointee.DisableMemPattern(handle)) }
        // Waiting threads that spin would take the cores from the rest of the program.
        let usual = ["session.intra_op.allow_spinning": "0", "session.use_env_allocators": "1"]
        let entries = configuration.merging(usual) { given, _ in given }
        for (key, value) in entries {
            try runtime.check("prepare", api.pointee.AddSessionConfigEntry(handle, key, value))
        }
        try runtime.device.append(to: handle, in: runtime)
        return try body(handle)
    }
}

import AudioCore
import COnnxRuntime
import Files
import Foundation

/// A network made ready to run.
///
/// Sendable: ONNX Runtime allows one session to run on several threads at once; nothing else changes.
public final class InferenceSession: @unchecked Sendable {
    public let inputNames: [String]
    public let outputNames: [String]
    public let runtime: InferenceRuntime
    private let name: String
    private let handle: OpaquePointer
    /// What the weights lie in.
    private let owners: [AnyObject]

    /// - Parameter model: an `.onnx` file.
    public convenience init(_ model: URL, options: SessionOptions = SessionOptions(), in runtime: InferenceRuntime)
        throws
    {
        guard FileManager.default.fileExists(atPath: model.path) else {
            throw AudioError(
                .noInput, operation: "load", subject: model.path, cause: "the file does not exist",
                mend: "run `hyperaudio models install`")
        }
        let handle = try options.withHandle(in: runtime) { options in
            try runtime.make("load \(model.path) as") {
                runtime.api.pointee.CreateSession(runtime.environment, model.path, options, &$0)
            }
        }
        try self.init(adopting: handle, name: options.name, in: runtime)
    }

    /// - Parameters:
    ///   - model: the bytes of an ONNX model, read while the session is made.
    ///   - weights: tensors that the model names as external data; they stay where they are.
    public convenience init(
        bytes model: ByteSlice, weights: [String: Tensor] = [:], options: SessionOptions = SessionOptions(),
        in runtime: InferenceRuntime
    ) throws {
        let names = weights.keys.sorted()
        let tensors = names.compactMap { weights[$0] }
        let handle = try options.withHandle(in: runtime) { options in
            if !names.isEmpty {
                try withCStrings(names) { names in
                    let handles: [OpaquePointer?] = tensors.map(\.handle)
                    try runtime.check(
                        "load",
                        runtime.api.pointee.AddExternalInitializers(options, names.baseAddress, handles, handles.count))
                }
            }
            return try model.withUnsafeBytes { bytes in
                try runtime.make("load") {
                    runtime.api.pointee.CreateSessionFromArray(
                        runtime.environment, bytes.baseAddress, bytes.count, options, &$0)
                }
            }
        }
        try self.init(adopting: handle, name: options.name, in: runtime, owners: tensors + [model.owner])
    }

    /// Takes the handle over: it is released whatever happens.
    init(adopting handle: OpaquePointer, name: String, in runtime: InferenceRuntime, owners: [AnyObject] = []) throws {
        self.handle = handle
        self.name = name
        self.runtime = runtime
        self.owners = owners
        do {
            inputNames = try Self.names(
                handle, in: runtime, runtime.api.pointee.SessionGetInputCount, runtime.api.pointee.SessionGetInputName)
            outputNames = try Self.names(
                handle, in: runtime, runtime.api.pointee.SessionGetOutputCount,
                runtime.api.pointee.SessionGetOutputName)
        } catch {
            runtime.api.pointee.ReleaseSession(handle)
            throw error
        }
    }

    deinit { runtime.api.pointee.ReleaseSession(handle) }

    private static func names(
        _ handle: OpaquePointer, in runtime: InferenceRuntime,
        _ count: (OpaquePointer?, UnsafeMutablePointer<Int>?) -> OpaquePointer?,
        _ name: (
            OpaquePointer?, Int, UnsafeMutablePointer<OrtAllocator>?,
            UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        ) -> OpaquePointer?
    ) throws -> [String] {
        var total = 0
        try runtime.check("read", count(handle, &total))
        return try (0..<total).map { index in
            var text: UnsafeMutablePointer<CChar>?
            try runtime.check("read", name(handle, index, runtime.allocator, &text))
            guard let text else { return "" }
            defer { _ = runtime.api.pointee.AllocatorFree(runtime.allocator, text) }
            return String(cString: text)
        }
    }

    /// Runs the network. A run can be ended from another thread by `InferenceRuntime.terminateRuns()`.
    /// - Parameters:
    ///   - inputs: by name.
    ///   - outputs: names of those wanted; nil: all.
    /// - Throws: `CancellationError` where the run or the task was told to stop.
    public func run(_ inputs: [String: Tensor], outputs: [String]? = nil) throws -> [String: Tensor] {
        let names = outputs ?? outputNames
        let tensors = try run(inputs.map { ($0.key, $0.value) }, outputs: names)
        return Dictionary(zip(names, tensors), uniquingKeysWith: { first, _ in first })
    }

    /// Runs a network of which one output is wanted.
    public func run(_ inputs: [String: Tensor], output: String) throws -> Tensor {
        try run(inputs.map { ($0.key, $0.value) }, outputs: [output])[0]
    }

    /// Ends this session's runs in flight; each throws `CancellationError`.
    public func terminateRuns() { runtime.runs.terminate(ObjectIdentifier(self), with: runtime.api) }

    private func run(_ inputs: [(name: String, tensor: Tensor)], outputs: [String]) throws -> [Tensor] {
        guard !Task.isCancelled else { throw CancellationError() }
        let api = runtime.api
        let options = try runtime.make("run") { api.pointee.CreateRunOptions(&$0) }
        defer { api.pointee.ReleaseRunOptions(options) }
        let handles: [OpaquePointer?] = inputs.map(\.tensor.handle)
        var results = [OpaquePointer?](repeating: nil, count: outputs.count)
        let start = ContinuousClock.now
        let ticket = runtime.runs.enter(options, of: ObjectIdentifier(self))
        let status = withExtendedLifetime(inputs) {
            withCStrings(inputs.map(\.name)) { inputNames in
                withCStrings(outputs) { outputNames in
                    api.pointee.Run(
                        handle, options, inputNames.baseAddress, handles, handles.count, outputNames.baseAddress,
                        outputNames.count, &results)
                }
            }
        }
        let isTerminated = runtime.runs.leave(ticket)
        runtime.clock.add(ContinuousClock.now - start, to: name)
        var failure: (any Error)? = isTerminated ? CancellationError() : nil
        do { try runtime.check("run", status) } catch { failure = failure ?? error }
        if let failure {
            for case let result? in results { api.pointee.ReleaseValue(result) }
            throw failure
        }
        return try adopt(results)
    }

    /// Every handle finds an owner or is released.
    private func adopt(_ results: [OpaquePointer?]) throws -> [Tensor] {
        var tensors: [Tensor] = []
        for (index, result) in results.enumerated() {
            do {
                guard let result else {
                    throw AudioError(.internal, operation: "run", subject: "the network", cause: "an output is missing")
                }
                tensors.append(try Tensor(adopting: result, in: runtime))
            } catch {
                for case let later? in results[(index + 1)...] { runtime.api.pointee.ReleaseValue(later) }
                throw error
            }
        }
        return tensors
    }
}

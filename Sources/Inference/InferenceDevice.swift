import AudioCore
import COnnxRuntime

/// Where networks run.
public enum InferenceDevice: Sendable, Equatable {
    case processor
    /// An NVIDIA card, counted from 0. What it cannot do is done by the processor.
    /// - `networkBytes`: the most that one network's values and weights may take of the card's memory; a network that
    ///   needs more fails.
    case cuda(card: Int, networkBytes: Int)

    /// No step has more than nine networks loaded at once (the report's judges and the plain voice), so that together they
    /// stay under 20 GB: a card of 24 GB has room for CUDA itself and for what the desktop needs.
    public static let cuda = InferenceDevice.cuda(card: 0, networkBytes: 2 << 30)

    /// Makes sessions of these options run here.
    func append(to options: OpaquePointer, in runtime: InferenceRuntime) throws {
        guard case .cuda(let card, let bytes) = self else { return }
        let api = runtime.api
        let settings = [
            ("device_id", "\(card)"), ("gpu_mem_limit", "\(bytes)"),
            // Grows by what is asked for, not by powers of two.
            ("arena_extend_strategy", "kSameAsRequested"),
        ]
        do {
            let provider = try runtime.make("use") { api.pointee.CreateCUDAProviderOptions(&$0) }
            defer { api.pointee.ReleaseCUDAProviderOptions(provider) }
            try withCStrings(settings.map(\.0)) { keys in
                try withCStrings(settings.map(\.1)) { values in
                    try runtime.check(
                        "use",
                        api.pointee.UpdateCUDAProviderOptions(
                            provider, keys.baseAddress, values.baseAddress, settings.count))
                }
            }
            try runtime.check("use", api.pointee.SessionOptionsAppendExecutionProvider_CUDA_V2(options, provider))
        } catch let error as AudioError {
            throw AudioError(
                .unavailable, operation: "use", subject: "the NVIDIA card", cause: error.cause,
                mend: "leave --device out; or run `hyperaudio models install onnxruntime-gpu` and install NVIDIA's "
                    + "driver, CUDA 13 and cuDNN 9")
        }
    }
}

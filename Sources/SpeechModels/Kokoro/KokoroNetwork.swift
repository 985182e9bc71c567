import AudioCore
import Files
import Foundation
import Inference

/// How Kokoro's network is run.
public struct KokoroSettings: Sendable, Equatable {
    public enum Precision: String, Sendable, Codable {
        /// Products of 8-bit integers, as the file has them: a third of the memory.
        case quantized
        /// The same weights as floats: without the noise of quantised activations.
        case single
    }

    /// Threads that share one operator's work.
    public var intraOpThreads: Int
    /// Of the parts that make melody and sound; durations are whole frames anyway and stay quantised.
    public var precision: Precision

    public init(intraOpThreads: Int = 2, precision: Precision = .single) {
        self.intraOpThreads = intraOpThreads
        self.precision = precision
    }
}

/// Kokoro-82M in three parts, cut at named values of the graph, so that durations, melody and loudness can be dictated.
/// Each part is made ready when it is first needed.
final class KokoroNetwork: Sendable {
    /// Frames of 1/40 s for each token, [1, tokens].
    private static let frames = "/encoder/Clip_output_0"
    /// F0 in Hz, 80 a second, [1, 2 * frames].
    private static let pitch = "/encoder/Reshape_output_0"
    /// Log energy, 80 a second, [1, 2 * frames].
    private static let energy = "/encoder/Reshape_1_output_0"
    /// Text features, [1, 512, frames].
    private static let text = "/encoder/MatMul_1_output_0"
    static let textChannels = 512

    private let runtime: InferenceRuntime
    private let durationSession: OnDemand<InferenceSession>
    private let textSession: OnDemand<InferenceSession>
    private let prosodySession: OnDemand<InferenceSession>
    private let decoderSession: OnDemand<InferenceSession>

    init(_ model: URL, settings: KokoroSettings, in runtime: InferenceRuntime) throws {
        self.runtime = runtime
        let graph = try OnnxGraph(model)
        func part(
            _ name: String, inputs: [String], outputs: [String], _ precision: KokoroSettings.Precision
        ) -> OnDemand<InferenceSession> {
            OnDemand {
                var part = try graph.cut(inputs: inputs, outputs: outputs, types: KokoroNetwork.types)
                if precision == .single { part = try part.dequantized() }
                // No two texts are equally long. Without ORT's arena, the decoder took 1.9 GB for 11 s of speech; with
                // it, 0.4.
                return try part.session(
                    options: SessionOptions(
                        name: "Kokoro " + name, intraOpThreads: settings.intraOpThreads, plansMemory: false),
                    in: runtime)
            }
        }
        let (frames, pitch, energy, text) = (Self.frames, Self.pitch, Self.energy, Self.text)
        durationSession = part("durations", inputs: ["tokens", "style", "speed"], outputs: [frames], .quantized)
        textSession = part("text", inputs: ["tokens", frames], outputs: [text], settings.precision)
        prosodySession = part(
            "prosody", inputs: ["tokens", "style", frames], outputs: [pitch, energy, text], settings.precision)
        decoderSession = part(
            "decoder", inputs: [text, pitch, energy, "style"], outputs: ["audio"], settings.precision)
    }

    private static let types = [
        OnnxValue(frames, shape: [1, "tokens"]), OnnxValue(pitch, shape: [1, "halfFrames"]),
        OnnxValue(energy, shape: [1, "halfFrames"]), OnnxValue(text, shape: [1, .fixed(textChannels), "frames"]),
    ]

    private func tokenTensor(_ tokens: [Int64]) throws -> Tensor {
        try Tensor(tokens, shape: [1, tokens.count], in: runtime)
    }

    private func styleTensor(_ style: ArraySlice<Float>) throws -> Tensor {
        try Tensor(Array(style), shape: [1, style.count], in: runtime)
    }

    /// - Parameter style: [256].
    /// - Returns: frames of 1/40 s for each token, whole numbers from 1 on, [tokens].
    func durations(_ tokens: [Int64], style: ArraySlice<Float>) throws -> [Float] {
        let session = try durationSession.value
        return try session.run(
            [
                "tokens": tokenTensor(tokens), "style": styleTensor(style),
                "speed": Tensor([Float(1)], shape: [1], in: runtime),
            ], output: KokoroNetwork.frames
        ).array()
    }

    /// What the sound is made of, without the voice: [tokens, 512].
    func textVectors(_ tokens: [Int64]) throws -> Matrix {
        let session = try textSession.value
        // The features are repeated for as many frames as a token lasts: here once.
        let text = try session.run(
            [
                "tokens": tokenTensor(tokens),
                KokoroNetwork.frames: Tensor(
                    [Float](repeating: 1, count: tokens.count), shape: [1, tokens.count], in: runtime),
            ], output: KokoroNetwork.text)
        guard text.count == KokoroNetwork.textChannels * tokens.count else {
            throw KokoroNetwork.failure("its text features are not as long as its text")
        }
        return try text.withElements(of: Float.self) { elements in
            var vectors = Matrix(rows: tokens.count, columns: KokoroNetwork.textChannels)
            for channel in 0..<KokoroNetwork.textChannels {
                for token in tokens.indices { vectors[token, channel] = elements[channel * tokens.count + token] }
            }
            return vectors
        }
    }

    func prosody(_ tokens: [Int64], frames: [Int], style: ArraySlice<Float>) throws -> Prosody {
        let session = try prosodySession.value
        let results = try session.run([
            "tokens": tokenTensor(tokens), "style": styleTensor(style),
            KokoroNetwork.frames: Tensor(frames.map(Float.init), shape: [1, frames.count], in: runtime),
        ])
        let total = frames.reduce(0, +)
        guard let pitch = results[KokoroNetwork.pitch], let energy = results[KokoroNetwork.energy],
            let text = results[KokoroNetwork.text], pitch.count == 2 * total, energy.count == 2 * total,
            text.count == KokoroNetwork.textChannels * total
        else { throw KokoroNetwork.failure("its melody is not as long as its text") }
        return Prosody(
            pitchHertz: try pitch.array(), energy: try energy.array(),
            text: Matrix(rows: KokoroNetwork.textChannels, columns: total, elements: try text.array()))
    }

    /// - Returns: samples at 24 kHz, 600 a frame.
    func decode(_ prosody: Prosody, style: ArraySlice<Float>) throws -> [Float] {
        let frames = prosody.text.columns
        guard prosody.text.rows == KokoroNetwork.textChannels, prosody.pitchHertz.count == 2 * frames,
            prosody.energy.count == 2 * frames
        else { throw KokoroNetwork.failure("melody, loudness and text differ in length") }
        let session = try decoderSession.value
        let samples: [Float] = try session.run(
            [
                KokoroNetwork.text: Tensor(
                    prosody.text.elements, shape: [1, KokoroNetwork.textChannels, frames], in: runtime),
                KokoroNetwork.pitch: Tensor(prosody.pitchHertz, shape: [1, 2 * frames], in: runtime),
                KokoroNetwork.energy: Tensor(prosody.energy, shape: [1, 2 * frames], in: runtime),
                "style": styleTensor(style),
            ], output: "audio"
        ).array()
        guard samples.count == 600 * frames else {
            throw KokoroNetwork.failure("\(frames) frames gave \(samples.count) samples")
        }
        return samples
    }

    static func failure(_ cause: String) -> AudioError {
        AudioError(.internal, operation: "speak with", subject: "Kokoro", cause: cause)
    }
}

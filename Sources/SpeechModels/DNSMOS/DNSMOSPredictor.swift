import AudioCore
import Foundation
import Inference

/// DNSMOS P.835 (Reddy et al., 2022): how people would rate speech, its background, and both together.
public final class DNSMOSPredictor: QualityPredictor {
    public let sampleRate = 16000
    /// 9.01 s.
    private static let windowSamples = 144_160

    private let hopSamples: Int
    private let session: InferenceSession

    /// - Parameters:
    ///   - folder: holds `sig_bak_ovr.onnx`.
    ///   - hopSeconds: between windows; the published script takes 1, longer ones cost less.
    public init(_ folder: URL, runtime: InferenceRuntime, threads: Int = 1, hopSeconds: Double = 1) throws {
        hopSamples = max(1, Int((hopSeconds * Double(sampleRate)).rounded()))
        session = try InferenceSession(
            folder.appending(path: "sig_bak_ovr.onnx"),
            options: SessionOptions(name: "DNSMOS", intraOpThreads: threads), in: runtime)
    }

    /// The mean over windows of 9.01 s. Shorter speech is repeated; louder than full scale, it is
    /// turned down.
    public func rate(_ samples: [Float]) throws -> QualityRating {
        guard !samples.isEmpty else {
            throw AudioError(.internal, operation: "rate", subject: "speech", cause: "there are no samples")
        }
        let peak = samples.reduce(Float(1)) { max($0, abs($1)) }
        var speech = samples
        // The published script doubles what it has until it is long enough.
        while speech.count < Self.windowSamples { speech += speech }
        var total = (signal: 0.0, background: 0.0, overall: 0.0)
        // The published script heeds whole seconds only.
        let end = max(Self.windowSamples, speech.count / sampleRate * sampleRate)
        let starts = Array(stride(from: 0, through: end - Self.windowSamples, by: hopSamples))
        for start in starts {
            let window = speech[start..<start + Self.windowSamples].map { $0 / peak }
            let raw = try scores(of: window)
            total.signal += Self.polynomial(raw[0], -0.08397278, 1.22083953, 0.0052439)
            total.background += Self.polynomial(raw[1], -0.13166888, 1.60915514, -0.39604546)
            total.overall += Self.polynomial(raw[2], -0.06766283, 1.11546468, 0.04602535)
        }
        let count = Double(starts.count)
        return QualityRating(
            overall: total.overall / count, signal: total.signal / count, background: total.background / count)
    }

    /// - Returns: signal, background, overall, as the network gives them.
    private func scores(of window: [Float]) throws -> [Double] {
        let input = try Tensor(window, shape: [1, window.count], in: session.runtime)
        guard let name = session.outputNames.first else {
            throw AudioError(.badData, operation: "rate", subject: "speech", cause: "the network has no output")
        }
        let output = try session.run(["input_1": input], output: name).array(of: Float.self)
        guard output.count == 3 else {
            throw AudioError(
                .badData, operation: "rate", subject: "speech", cause: "the network gave \(output.count) scores")
        }
        return output.map(Double.init)
    }

    /// The authors' fit of the network's scores to people's: `a x^2 + b x + c`.
    private static func polynomial(_ x: Double, _ a: Double, _ b: Double, _ c: Double) -> Double { (a * x + b) * x + c }
}

import AudioCore
import Foundation
import Inference

/// CAM++ speaker vectors of 192 numbers, trained on Chinese and English; compared by cosine.
public final class CAMPlusEmbedder: SpeakerEmbedder {
    public let name = "CAM++"
    public let sampleRate = KaldiFilterBank.sampleRate
    public let dimension = CAMPlusNetwork.dimension
    private let filterBank = KaldiFilterBank(bandCount: CAMPlusNetwork.bands)
    private let session: InferenceSession

    /// - Parameter folder: holds `campplus_cn_en_common.pt`.
    public init(_ folder: URL, runtime: InferenceRuntime, threads: Int = 1) throws {
        let checkpoint = try TorchCheckpoint(folder.appending(path: "campplus_cn_en_common.pt"))
        session = try CAMPlusNetwork.session(
            of: checkpoint, options: SessionOptions(name: "CAM++", intraOpThreads: threads), in: runtime)
    }

    public func features(of samples: [Float]) -> Matrix { filterBank.features(of: samples) }

    public func voicePrint(of features: Matrix) throws -> [Float] {
        guard features.columns == CAMPlusNetwork.bands, features.rows >= CAMPlusNetwork.fewestFrames else {
            throw AudioError(
                .internal, operation: "describe", subject: "a voice",
                cause: "\(features.rows) frames of \(features.columns) bands are not enough")
        }
        let input = try Tensor(
            Self.centred(features).elements, shape: [1, features.rows, features.columns], in: session.runtime)
        let output: [Float] = try session.run([CAMPlusNetwork.input: input], output: CAMPlusNetwork.output).array()
        return try UnitVoicePrint.of(output, dimension: dimension)
    }

    /// Less the mean of each band over time.
    private static func centred(_ features: Matrix) -> Matrix {
        var result = features
        let columns = features.columns
        var means = [Float](repeating: 0, count: columns)
        for row in 0..<features.rows {
            for band in 0..<columns { means[band] += features.elements[row * columns + band] }
        }
        for band in 0..<columns { means[band] /= Float(features.rows) }
        for row in 0..<features.rows {
            for band in 0..<columns { result.elements[row * columns + band] -= means[band] }
        }
        return result
    }
}

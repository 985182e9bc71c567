import AudioCore

/// Whisper's encoder as a description of speech in which the same sound of two voices is alike.
public struct WhisperFeatures: PhoneticFeatureExtractor {
    public let model: WhisperModel

    public init(model: WhisperModel) { self.model = model }

    public var sampleRate: Int { WhisperMel.sampleRate }
    public var hopSeconds: Double { 0.02 }
    public var longestSeconds: Double { 30 }

    /// - Parameter samples: mono, 16 kHz, at most 30 s.
    /// - Returns: [frames, width]: one row for each 20 ms that the audio has begun.
    public func phoneticFeatures(of samples: [Float]) throws -> Matrix {
        guard samples.count <= WhisperMel.longestSamples else {
            throw AudioError(
                .internal, operation: "describe", subject: "speech",
                cause: "\(samples.count) samples are more than 30 seconds")
        }
        return try features(of: model.encode(samples))
    }

    /// The same of audio that the transcriber has encoded.
    public func features(of encoding: WhisperEncoding) throws -> Matrix {
        let rows = (encoding.frameCount + 1) / 2
        return try encoding.tensor.withElements(of: Float.self) {
            Matrix(rows: rows, columns: model.width, elements: Array($0[0..<rows * model.width]))
        }
    }
}

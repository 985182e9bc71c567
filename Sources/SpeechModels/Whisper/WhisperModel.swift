import AudioCore
import Foundation
import Inference
import Synchronization

/// What Whisper's encoder makes of a piece of audio; both the transcript and the phonetic features come of it.
public struct WhisperEncoding: Sendable {
    /// Features, [1500, width], of 30 s whatever the length of the audio.
    let tensor: Tensor
    /// Mel frames (10 ms) that hold audio.
    let frameCount: Int
}

/// A Whisper model of CTranslate2's form: a folder with `model.bin`, `config.json` and `tokenizer.json`.
///
/// The last pieces that were encoded are kept, so that the transcriber and the feature extractor of one model do not
/// encode the same audio twice.
public final class WhisperModel: Sendable {
    public let name: String
    let runtime: InferenceRuntime
    let tokenizer: WhisperTokenizer
    let rules: WhisperTokenRules
    /// Features of one frame.
    public let width: Int
    let headCount: Int
    let decoderLayerCount: Int
    let alignmentHeadCount: Int
    let vocabularyCount: Int
    /// Tokens of prompt and text together: 448.
    let contextCount: Int
    let encoder: InferenceSession
    /// Made when text is first wanted: who only wants features needs neither.
    let crossAttention: OnDemand<InferenceSession>
    let decoder: OnDemand<InferenceSession>
    let stepOutputs: [String]
    private let mel: WhisperMel
    private let recent = Mutex<[(samples: [Float], encoding: WhisperEncoding)]>([])
    /// Encodings that are kept, of 3 MB each (base).
    private static let recentCount = 2

    /// - Parameters:
    ///   - folder: its name is the model's.
    ///   - threads: that share one operator's work.
    public init(folder: URL, runtime: InferenceRuntime, threads: Int) throws {
        name = folder.lastPathComponent
        self.runtime = runtime
        let weights = try CTranslate2Model(folder.appendingPathComponent("model.bin"))
        guard weights.specification == "WhisperSpec" else {
            throw AudioError(
                .badData, operation: "load", subject: weights.url.path,
                cause: "it is a \(weights.specification), not a Whisper model")
        }
        let configuration = try WhisperConfiguration(folder.appendingPathComponent("config.json"))
        tokenizer = try WhisperTokenizer(folder.appendingPathComponent("tokenizer.json"))
        width = try weights.tensor("encoder/layer_norm/gamma").shape[0]
        headCount = width / WhisperGraph.headWidth
        decoderLayerCount = WhisperGraph.layerCount(weights, side: "decoder")
        vocabularyCount = try weights.tensor("decoder/projection/weight").shape[0]
        contextCount = try weights.tensor("decoder/position_encodings/encodings").shape[0]
        let (layers, heads) = (decoderLayerCount, headCount)
        let pairs = configuration.alignmentHeads
        guard !pairs.isEmpty,
            pairs.allSatisfy({ $0.count == 2 && (0..<layers).contains($0[0]) && (0..<heads).contains($0[1]) })
        else {
            throw AudioError(
                .badData, operation: "load", subject: folder.path, cause: "its alignment heads do not fit its weights")
        }
        alignmentHeadCount = pairs.count
        let vocabulary = vocabularyCount
        guard tokenizer.firstTimestamp + WhisperTokenizer.timestampCount <= vocabulary else {
            throw AudioError(
                .badData, operation: "load", subject: folder.path, cause: "its tokenizer does not fit its weights")
        }
        rules = WhisperTokenRules(
            endOfText: tokenizer.endOfText, noTimestamps: tokenizer.noTimestamps,
            suppressed: configuration.suppressed, suppressedAtStart: configuration.suppressedAtStart)
        mel = WhisperMel(bandCount: try weights.tensor("encoder/conv1/weight").shape[1])
        stepOutputs = ["logits"] + (0..<layers).flatMap { ["key_\($0)", "value_\($0)"] }
        encoder = try WhisperGraph.encoder(runtime, weights: weights, threads: threads)
        crossAttention = OnDemand {
            try WhisperGraph.crossAttention(runtime, weights: weights, threads: threads)
        }
        decoder = OnDemand {
            try WhisperDecoderGraph.session(runtime, weights: weights, alignmentHeads: pairs, threads: threads)
        }
    }

    /// ISO 639-1 codes (639-3 where there is none).
    public var languages: [String] { tokenizer.languages }

    /// Those of a model that is not loaded.
    /// - Parameter folder: the model's.
    public static func languages(in folder: URL) throws -> [String] {
        try WhisperTokenizer(folder.appendingPathComponent("tokenizer.json")).languages
    }

    /// Control tokens that begin a text.
    func startSequence(language: String) -> [Int] {
        guard tokenizer.isMultilingual, let token = tokenizer.languageTokens[language] else {
            return [tokenizer.startOfTranscript]
        }
        return [tokenizer.startOfTranscript, token, tokenizer.transcribe]
    }

    /// - Parameter samples: mono, 16 kHz, at most 30 s.
    public func encode(_ samples: [Float]) throws -> WhisperEncoding {
        if let known = recent.withLock({ $0.first { $0.samples == samples }?.encoding }) { return known }
        let input = try Tensor(
            mel.spectrogram(samples[...]), shape: [1, mel.bandCount, WhisperMel.frameCount], in: runtime)
        let encoding = WhisperEncoding(
            tensor: try encoder.run(["mel": input], output: "features"),
            frameCount: min(
                WhisperMel.frameCount, (samples.count + WhisperMel.hopSamples - 1) / WhisperMel.hopSamples))
        recent.withLock { recent in
            recent.append((samples, encoding))
            if recent.count > Self.recentCount { recent.removeFirst() }
        }
        return encoding
    }

    func decoder(for encoding: WhisperEncoding) throws -> WhisperDecoder {
        try WhisperDecoder(model: self, encoding: encoding)
    }
}

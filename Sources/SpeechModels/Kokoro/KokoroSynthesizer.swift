import AudioCore
import Foundation
import Inference

/// Speaks with Kokoro-82M; durations, melody and loudness can be dictated.
public final class KokoroSynthesizer: RehearsingSynthesizer {
    public let name = "Kokoro-82M"
    public let sampleRate = 24_000
    public let frameSeconds = 0.025
    public let leadFrames = 2
    /// The network takes 512; the rest is left for commas that the lock puts into pauses.
    public let longestPlan = 450
    public var phoneCentroids: Matrix { map.centroids }

    private static let networkTokens = 512
    private let network: KokoroNetwork
    private let vocabulary: KokoroVocabulary
    private let map: LockMap
    private let measuredPitch = MeasuredPitch()

    /// - Parameters:
    ///   - modelFolder: holds `kokoro-int8.onnx` and `vocab.json`.
    ///   - map: what the lock expects to hear; nil: the one that comes with the program.
    public init(
        modelFolder: URL, settings: KokoroSettings = KokoroSettings(), map: LockMap? = nil, in runtime: InferenceRuntime
    ) throws {
        vocabulary = try KokoroVocabulary(modelFolder.appending(path: "vocab.json"))
        network = try KokoroNetwork(
            modelFolder.appending(path: "kokoro-int8.onnx"), settings: settings, in: runtime)
        self.map = try map ?? LockMap.bundled("lock-map")
    }

    // MARK: text

    public func token(_ symbol: Character, owner: SpeechToken.Owner) -> SpeechToken? {
        vocabulary.id(symbol).map { SpeechToken(id: $0, symbol: symbol, owner: owner) }
    }

    private func required(_ symbol: Character, owner: SpeechToken.Owner, in text: String) throws -> SpeechToken {
        guard let token = token(symbol, owner: owner) else {
            throw AudioError(
                .badData, operation: "speak", subject: "\"\(text)\"", cause: "Kokoro has no sound for \"\(symbol)\"")
        }
        return token
    }

    /// Pad, words with a space between them and punctuation behind them, a full stop at the end, pad.
    func tokens(_ words: [SpokenWord]) throws -> [SpeechToken] {
        let pad = SpeechToken(id: 0, symbol: KokoroVocabulary.pad, owner: .gap(0))
        var tokens = [pad]
        for (index, word) in words.enumerated() {
            if index > 0 { tokens.append(try required(" ", owner: .gap(index), in: word.text)) }
            // A nasal vowel is two symbols: the vowel and a combining tilde.
            for phoneme in word.phonemes.unicodeScalars {
                tokens.append(try required(Character(phoneme), owner: .word(index), in: word.text))
            }
            let mark = word.punctuation.isEmpty && index == words.count - 1 ? "." : word.punctuation
            for symbol in mark { tokens.append(try required(symbol, owner: .gap(index + 1), in: word.text)) }
        }
        tokens.append(SpeechToken(id: 0, symbol: KokoroVocabulary.pad, owner: .gap(words.count)))
        return tokens
    }

    /// What the model would do with the text by itself.
    public func rehearse(_ words: [SpokenWord], voice: Voice) throws -> SpeechRehearsal {
        let (tokens, frames) = try durations(words, voice: voice)
        let ids = tokens.map(\.id)
        return SpeechRehearsal(
            tokens: tokens, frames: frames, vectors: try network.textVectors(ids),
            prosody: try network.prosody(ids, frames: frames, style: style(of: voice, tokenCount: ids.count)))
    }

    /// - Returns: tokens, and frames of 1/40 s for each, from 1 on.
    private func durations(_ words: [SpokenWord], voice: Voice) throws -> (tokens: [SpeechToken], frames: [Int]) {
        guard !words.isEmpty else {
            throw AudioError(.usage, operation: "speak", subject: "an empty text", cause: "it holds no words")
        }
        let tokens = try tokens(words)
        try check(tokens.count, voice)
        return (tokens, try ownFrames(tokens, voice: voice))
    }

    /// The features' row i stands for frame i of the tokens (`predictedFrames` end to end); its sound is heard
    /// `leadFrames` earlier: centred at (i - leadFrames + 0.5) * frameSeconds of the model's own speech.
    public func plan(_ words: [SpokenWord], voice: Voice) throws -> SpeechPlan {
        let (tokens, frames) = try durations(words, voice: voice)
        return SpeechPlan(
            words: words, tokens: tokens, predictedFrames: frames.map(Double.init),
            features: map.features(try network.textVectors(tokens.map(\.id)), frames: frames))
    }

    private func check(_ tokenCount: Int, _ voice: Voice) throws {
        guard tokenCount <= KokoroSynthesizer.networkTokens else {
            throw AudioError(
                .usage, operation: "speak", subject: "a text of \(tokenCount) symbols",
                cause: "at most \(KokoroSynthesizer.networkTokens) can be spoken at once", mend: "cut it at a pause")
        }
        guard voice.styles.rows > 0, voice.styles.columns == 256 else {
            throw AudioError(
                .badData, operation: "speak with", subject: "the voice \(voice.name)",
                cause: "its styles are not [rows, 256]")
        }
    }

    /// The voice's style for a text of this length: row (phonemes - 1).
    private func style(of voice: Voice, tokenCount: Int) -> ArraySlice<Float> {
        voice.styles[row: min(max(tokenCount - 3, 0), voice.styles.rows - 1)]
    }

    public func isSound(_ symbol: Character) -> Bool { KokoroAlphabet.isSound(symbol) }

    // MARK: sound

    public func ownFrames(_ tokens: [SpeechToken], voice: Voice) throws -> [Int] {
        try check(tokens.count, voice)
        return try network.durations(tokens.map(\.id), style: style(of: voice, tokenCount: tokens.count))
            .map { max(1, Int($0.rounded())) }
    }

    public func prosody(_ tokens: [SpeechToken], frames: [Int], voice: Voice) throws -> Prosody {
        try check(tokens.count, voice)
        guard frames.count == tokens.count, frames.dropFirst().allSatisfy({ $0 >= 1 }),
            frames.first.map({ $0 >= 0 }) == true
        else { throw KokoroNetwork.failure("a token's duration is missing or shorter than one frame") }
        return try network.prosody(
            tokens.map(\.id), frames: frames, style: style(of: voice, tokenCount: tokens.count))
    }

    public func speak(_ prosody: Prosody, tokenCount: Int, voice: Voice) throws -> [Float] {
        try check(tokenCount, voice)
        return try network.decode(prosody, style: style(of: voice, tokenCount: tokenCount))
    }

    /// Speaks as the model would by itself.
    public func speakPlain(_ words: [SpokenWord], voice: Voice) throws -> [Float] {
        let rehearsal = try rehearse(words, voice: voice)
        return try speak(rehearsal.prosody, tokenCount: rehearsal.tokens.count, voice: voice)
    }

    // MARK: pitch

    public func pitchRange(of voice: Voice) throws -> PitchRange {
        try measuredPitch.range(of: voice, on: PitchSample.sentences) { words in
            try rehearse(words, voice: voice).prosody.pitchHertz.filter { $0 > PitchSample.lowestVoicedHertz }
                .map { log(Double($0)) }
        }
    }
}

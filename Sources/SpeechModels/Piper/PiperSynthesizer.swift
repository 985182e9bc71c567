import AudioCore
import Foundation
import Inference

/// Speaks with a voice of Piper (VITS). Durations are dictated; pitch and loudness are the model's own.
public final class PiperSynthesizer: RehearsingSynthesizer {
    public let name: String
    public let sampleRate = 24_000
    public let frameSeconds = 0.025
    public let leadFrames = 0
    public let longestPlan = 450
    public var phoneCentroids: Matrix { map.centroids }
    public let control = SpeechControl(takesDurations: true, takesPitch: false, takesEnergy: false)

    /// By how much a symbol is heard before its boundary: on one sentence, sound after a pause rose within a frame of 11.6 ms
    /// of it. Not measured on more.
    private static let leadSeconds = 0.0

    private let network: PiperNetwork
    private let vocabulary: PiperVocabulary
    private let map: LockMap
    private let resampler: RationalResampler
    private let measuredPitch = MeasuredPitch()
    private var hopSeconds: Double { Double(PiperNetwork.hop) / Double(vocabulary.sampleRate) }

    /// - Parameters:
    ///   - model: the voice's `.onnx`, its `.onnx.json` beside it.
    ///   - map: what the lock expects to hear; nil: the one that comes with the program.
    public init(_ model: URL, name: String, threads: Int = 2, map: LockMap? = nil, in runtime: InferenceRuntime) throws
    {
        self.name = name
        vocabulary = try PiperVocabulary(model.appendingPathExtension("json"))
        network = try PiperNetwork(model, noiseScale: vocabulary.noiseScale, threads: threads, in: runtime)
        self.map = try map ?? LockMap.bundled("lock-map-piper")
        resampler = RationalResampler(from: vocabulary.sampleRate, to: sampleRate)
    }

    /// The voice of a model that has one.
    /// - Parameter digest: of the model.
    public static func voice(named name: String, model: String, digest: String) -> Voice {
        // As many draws of noise as Kokoro has styles, so that another take is another draw.
        let draws = Matrix(rows: 510, columns: 1, elements: (0..<510).map(Float.init))
        return Voice(name: name, styles: draws, digest: digest, model: model)
    }

    // MARK: text

    public func token(_ symbol: Character, owner: SpeechToken.Owner) -> SpeechToken? {
        vocabulary.token(symbol, owner: owner)
    }

    public func isSound(_ symbol: Character) -> Bool { symbol.isLetter }

    /// Start, words with a space between them and punctuation behind them, a full stop at the end, end.
    func tokens(_ words: [SpokenWord]) throws -> [SpeechToken] {
        guard !words.isEmpty else {
            throw AudioError(.usage, operation: "speak", subject: "an empty text", cause: "it holds no words")
        }
        var tokens = [try mark(PiperVocabulary.start, .gap(0))]
        for (index, word) in words.enumerated() {
            if index > 0 { tokens.append(try mark(" ", .gap(index))) }
            tokens += vocabulary.tokens(word.phonemes, owner: .word(index))
            let mark = word.punctuation.isEmpty && index == words.count - 1 ? "." : word.punctuation
            tokens += try mark.map { try self.mark($0, .gap(index + 1)) }
        }
        return tokens + [try mark(PiperVocabulary.end, .gap(words.count))]
    }

    private func mark(_ symbol: Character, _ owner: SpeechToken.Owner) throws -> SpeechToken {
        guard let token = token(symbol, owner: owner) else {
            throw AudioError(
                .badData, operation: "speak with", subject: name, cause: "it has no symbol \"\(symbol)\"")
        }
        return token
    }

    private func rehearsed(
        _ tokens: [SpeechToken]
    ) throws -> (text: PiperText, own: [Int], frames: [Int], vectors: Matrix) {
        let text = PiperText(tokens)
        let (own, vectors) = try network.text(text.symbols)
        let frames = text.tokenFrames(own, hopSeconds: hopSeconds, frameSeconds: frameSeconds)
        var sounds = Matrix(rows: tokens.count, columns: vectors.columns)
        for (row, token) in tokens.enumerated() {
            let source = text.ranges[row].lowerBound + 2 * vocabulary.sound(in: token)
            for column in 0..<vectors.columns { sounds[row, column] = vectors[source, column] }
        }
        return (text, own, frames, sounds)
    }

    public func plan(_ words: [SpokenWord], voice: Voice) throws -> SpeechPlan {
        let tokens = try tokens(words)
        let (_, _, frames, vectors) = try rehearsed(tokens)
        return SpeechPlan(
            words: words, tokens: tokens, predictedFrames: frames.map(Double.init),
            features: map.features(vectors, frames: frames))
    }

    public func rehearse(_ words: [SpokenWord], voice: Voice) throws -> SpeechRehearsal {
        let tokens = try tokens(words)
        let (_, _, frames, vectors) = try rehearsed(tokens)
        return SpeechRehearsal(
            tokens: tokens, frames: frames, vectors: vectors,
            prosody: try prosody(tokens, frames: frames, voice: voice))
    }

    // MARK: sound

    public func ownFrames(_ tokens: [SpeechToken], voice: Voice) throws -> [Int] { try rehearsed(tokens).frames }

    /// The finished sound lies in `text`, [1, samples]; pitch and energy, which cannot be dictated, are left at 0.
    public func prosody(_ tokens: [SpeechToken], frames: [Int], voice: Voice) throws -> Prosody {
        guard frames.count == tokens.count, frames.dropFirst().allSatisfy({ $0 >= 1 }),
            frames.first.map({ $0 >= 0 }) == true
        else { throw PiperNetwork.failure("a token's duration is missing or shorter than one frame") }
        let (text, own, _, _) = try rehearsed(tokens)
        let symbolFrames = text.symbolFrames(
            frames, own: own, hopSeconds: hopSeconds, frameSeconds: frameSeconds, delaySeconds: Self.leadSeconds)
        let sound = try resampler.resample(
            network.sound(text.symbols, frames: symbolFrames, seed: seed(of: voice, tokenCount: tokens.count)))
        let total = frames.reduce(0, +)
        let count = Int((Double(total) * frameSeconds * Double(sampleRate)).rounded())
        let samples = Array(sound.prefix(count)) + [Float](repeating: 0, count: max(0, count - sound.count))
        let silent = [Float](repeating: 0, count: 2 * total)
        return Prosody(
            pitchHertz: silent, energy: silent, text: Matrix(rows: 1, columns: count, elements: samples))
    }

    /// The draw of noise for a text of this length.
    private func seed(of voice: Voice, tokenCount: Int) -> UInt64 {
        guard voice.styles.rows > 0 else { return 0 }
        return UInt64(max(0, voice.styles[min(tokenCount, voice.styles.rows - 1), 0]))
    }

    public func speak(_ prosody: Prosody, tokenCount: Int, voice: Voice) throws -> [Float] { prosody.text.elements }

    // MARK: pitch

    public func pitchRange(of voice: Voice) throws -> PitchRange {
        let tracker = PitchTracker(sampleRate: sampleRate)
        return try measuredPitch.range(of: voice, on: PiperPitchSample.sentences) { words in
            tracker.track(try rehearse(words, voice: voice).prosody.text.elements).voicedHertz.map { log(Double($0)) }
        }
    }
}

/// The text of `PitchSample` as espeak-ng pronounces it.
enum PiperPitchSample {
    static let sentences = [
        "wˌɛn aɪ wʌz jˈʌŋ, wiː lˈɪvd ɪn ɐ smˈɔːl hˈaʊs nˌɪɹ ðə ɹˈɪvɚ, ænd ˈɛvɹi sˈʌmɚ ðə hˈoʊl fˈæmɪli kˈeɪm tə vˈɪzɪt.",
        "dˈɪd juː hˈɪɹ wʌt hˈæpənd jˈɛstɚdˌeɪ? ðeɪ fˈaʊnd ðɪ ˈoʊld klˈɑːk ðæt maɪ fˈɑːðɚ lˈɔst mˈɛni jˈɪɹz ɐɡˈoʊ!",
        "fˈɜːst juː mˈɪks ðə flˈaʊɚ wɪð wˈɔːɹm wˈɔːɾɚ, ðˈɛn juː wˈeɪt fɔːɹ ɐbˌaʊt ɐn ˈaʊɚ, ænd fˈaɪnəli juː pˌʊt ɪɾ ˌɪntʊ ðɪ "
            + "ˈʌvən.",
        "aɪɐm nˌɑːt ʃˈʊɹ wˈɛðɚ ðæt ɪz tɹˈuː, bˌʌt nˈoʊbɑːdi ˈɛls ɪnðə ɹˈuːm sˈiːmd tə nˈoʊ ðɪ ˈænsɚɹ ˈiːðɚ.",
        "wˈɛl, mˈeɪbiː wiː ʃˌʊd tˈɔːk ɐbˌaʊt sˈʌmθɪŋ dˈɪfɹənt tədˈeɪ, bɪkˈʌz pˈiːpəl kˈiːp ˈæskɪŋ mˌiː hˌaʊ ˈɔːl ʌv ðɪs "
            + "bɪɡˈæn.",
        "wˌaɪ wʊd ˈɛnɪbˌɑːdi tʃˈuːz ðə lˈɔŋɡɚ wˈeɪ hˈoʊm, wˌɛn ðə wˈɛðɚɹ ɪz kˈoʊld ænd ðə nˈaɪt ɪz ɔːlɹˌɛdi sˌoʊ dˈɑːɹk?",
    ]
}

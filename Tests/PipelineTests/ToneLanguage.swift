import AudioCore
import Foundation
import Synchronization

/// A made-up language in which every sound is a tone of its own over a hum at the speaker's pitch, so that engines can be
/// imitated exactly and their timing be read off the samples.
enum ToneLanguage {
    static let phones = Array("aeiouptkmsln")
    static let leadFrames = 2

    static func hertz(_ phone: Character) -> Double? {
        phones.firstIndex(of: phone).map { 440 + 220 * Double($0) }
    }

    /// - Parameter timeline: sounds (a space is silence) and how long they last.
    static func speak(
        _ timeline: [(Character, Double)], sampleRate: Int, pitch: Double = 110, amplitude: Float = 0.2
    ) -> [Float] {
        var samples: [Float] = []
        var end = 0.0
        for (phone, seconds) in timeline {
            end += seconds
            let tone = hertz(phone)
            while samples.count < Int((end * Double(sampleRate)).rounded()) {
                let time = Double(samples.count) / Double(sampleRate)
                guard let tone else {
                    samples.append(0)
                    continue
                }
                let value = 0.5 * sin(2 * .pi * pitch * time) + sin(2 * .pi * tone * time)
                samples.append(amplitude * Float(value))
            }
        }
        return samples
    }

    /// Windowed cosines and sines of each tone over 20 ms, [rate: [phones][samples]].
    private static let waves: [Int: [(cosine: [Float], sine: [Float])]] = {
        var table: [Int: [(cosine: [Float], sine: [Float])]] = [:]
        for rate in [16000, 24000] {
            let count = rate / 50
            let window = (0..<count).map { 0.5 - 0.5 * cos(2 * .pi * (Double($0) + 0.5) / Double(count)) }
            table[rate] = phones.compactMap(hertz).map { hertz in
                let angles = (0..<count).map { 2 * .pi * hertz * Double($0) / Double(rate) }
                return (
                    zip(angles, window).map { Float(cos($0) * $1) }, zip(angles, window).map { Float(sin($0) * $1) }
                )
            }
        }
        return table
    }()

    /// The strength of each tone in 20 ms, and a little constant that stands for silence, [phones + 1].
    static func features(_ samples: ArraySlice<Float>, sampleRate: Int) -> [Float] {
        (waves[sampleRate] ?? []).map { wave in
            var (real, imaginary) = (Float(0), Float(0))
            for (offset, sample) in samples.enumerated() {
                real += sample * wave.cosine[offset]
                imaginary += sample * wave.sine[offset]
            }
            return (real * real + imaginary * imaginary).squareRoot() / Float(samples.count)
        } + [0.005]
    }
}

/// Hears the tones.
struct ToneExtractor: PhoneticFeatureExtractor {
    let sampleRate = 16000
    let hopSeconds = 0.02
    let longestSeconds = 30.0

    func phoneticFeatures(of samples: [Float]) throws -> Matrix {
        guard samples.count <= 30 * sampleRate else {
            throw AudioError(.internal, operation: "describe", subject: "speech", cause: "more than 30 s")
        }
        let rows = (samples.count + 319) / 320
        let values = (0..<rows).flatMap {
            ToneLanguage.features(samples[$0 * 320..<min(samples.count, $0 * 320 + 320)], sampleRate: sampleRate)
        }
        return Matrix(rows: rows, columns: ToneLanguage.phones.count + 1, elements: values)
    }
}

/// Letters are sounds; "2" may be read "to" or "tupa"; a dash is not spoken.
struct TonePhonemizer: Phonemizer {
    let languages = ["en"]

    func readings(of words: [String], language: String) throws -> [[[SpokenWord]]] {
        words.enumerated().map { index, text in
            func word(_ phonemes: String) -> SpokenWord {
                SpokenWord(
                    text: phonemes, source: index, phonemes: phonemes, punctuation: text.hasSuffix(",") ? "," : "")
            }
            if text == "-" { return [] }
            if text == "2" { return [[word("to")], [word("tupa")], [word("tu"), word("pa")]] }
            return [[word(String(text.filter(ToneLanguage.phones.contains)))]]
        }
    }

    func fillers(language: String) -> [SpokenWord] {
        ["um", "en"].map { SpokenWord(text: $0, source: -1, phonemes: $0, punctuation: "") }
    }
}

/// Speaks in tones, two frames ahead of its tokens, and notes what was dictated.
final class ToneSynthesizer: SpeechSynthesizer {
    let name = "tones"
    let sampleRate = 24000
    let frameSeconds = 0.025
    let leadFrames = ToneLanguage.leadFrames
    let longestPlan = 500
    let spokenParts = Mutex<[String]>([])
    let dictatedPitch = Mutex<[Float]>([])

    /// Not quite the sounds themselves, as means over many contexts are not.
    var phoneCentroids: Matrix {
        let columns = ToneLanguage.phones.count + 1
        return Matrix(
            rows: columns - 1, columns: columns,
            elements: (0..<columns - 1).flatMap { row in
                (0..<columns).map { Float($0 == row ? 0.7 : $0 == (row + 5) % (columns - 1) ? 0.45 : -0.1) }
            })
    }

    private static let identifiers = Array("$ .,") + ToneLanguage.phones

    func token(_ symbol: Character, owner: SpeechToken.Owner) -> SpeechToken? {
        Self.identifiers.firstIndex(of: symbol).map { SpeechToken(id: Int64($0), symbol: symbol, owner: owner) }
    }

    func plan(_ words: [SpokenWord], voice: Voice) throws -> SpeechPlan {
        var tokens = [token("$", owner: .gap(0))]
        for (index, word) in words.enumerated() {
            if index > 0 { tokens.append(token(" ", owner: .gap(index))) }
            tokens += word.phonemes.map { token($0, owner: .word(index)) }
            if let mark = word.punctuation.first { tokens.append(token(mark, owner: .gap(index + 1))) }
        }
        if words.last?.punctuation.isEmpty ?? true { tokens.append(token(".", owner: .gap(words.count))) }
        tokens.append(token("$", owner: .gap(words.count)))
        let all = tokens.compactMap { $0 }
        let frames = all.map { $0.symbol == "$" ? 10.0 : $0.symbol == " " ? 2 : 4 }
        let columns = ToneLanguage.phones.count + 1
        let rows = zip(all, frames).flatMap { token, count -> [Float] in
            let hot = ToneLanguage.phones.firstIndex(of: token.symbol) ?? columns - 1
            let row = (0..<columns).map { Float($0 == hot ? 1 : 0) - 1 / Float(columns) }
            let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return (0..<Int(count)).flatMap { _ in row.map { $0 / length } }
        }
        return SpeechPlan(
            words: words, tokens: all, predictedFrames: frames,
            features: Matrix(rows: rows.count / columns, columns: columns, elements: rows))
    }

    func ownFrames(_ tokens: [SpeechToken], voice: Voice) throws -> [Int] {
        tokens.map { $0.symbol == "$" ? 10 : $0.symbol == " " ? 2 : 4 }
    }

    func prosody(_ tokens: [SpeechToken], frames: [Int], voice: Voice) throws -> Prosody {
        spokenParts.withLock { $0.append(String(tokens.map(\.symbol))) }
        let symbols = zip(tokens, frames).flatMap { token, count in
            [Int](repeating: ToneLanguage.phones.firstIndex(of: token.symbol) ?? -1, count: count)
        }
        // Curves have no lead: they belong to the sound, two frames ahead of the tokens.
        let sounding = symbols.indices.map { symbols[min($0 + leadFrames, symbols.count - 1)] }
        return Prosody(
            pitchHertz: sounding.flatMap { [Float](repeating: $0 < 0 ? 2 : 230, count: 2) },
            energy: sounding.flatMap { [Float](repeating: $0 < 0 ? -9 : 7, count: 2) },
            text: Matrix(rows: 1, columns: sounding.count, elements: sounding.map { Float($0) }))
    }

    func speak(_ prosody: Prosody, tokenCount: Int, voice: Voice) throws -> [Float] {
        dictatedPitch.withLock { $0 += prosody.pitchHertz }
        return ToneLanguage.speak(
            prosody.text.elements.map { ($0 < 0 ? " " : ToneLanguage.phones[Int($0)], frameSeconds) },
            sampleRate: sampleRate, pitch: 230, amplitude: 0.6)
    }

    func pitchRange(of voice: Voice) throws -> PitchRange {
        PitchRange(medianLog: log(230), deviationLog: 0.2, lowLog: log(150), highLog: log(350))
    }
}

import AudioCore
import Foundation

/// Repeatable random numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    /// Standard normal.
    mutating func normal() -> Float {
        let a = Double.random(in: 1e-9..<1, using: &self)
        let b = Double.random(in: 0..<1, using: &self)
        return Float((-2 * log(a)).squareRoot() * cos(2 * .pi * b))
    }
}

/// A made-up language of twelve sounds with known features, to speak sentences whose true timing is known.
struct SyntheticSpeaker {
    let dimension: Int
    static let phones = Array("aeiouptkmsln")
    let vectors: [Character: [Float]]
    let offset: [Float]
    let lead = 2

    init(seed: UInt64 = 1, dimension: Int = 48) {
        self.dimension = dimension
        var generator = SeededGenerator(seed)
        func vector() -> [Float] {
            let values = (0..<dimension).map { _ in generator.normal() }
            let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return values.map { $0 / length }
        }
        var vectors: [Character: [Float]] = [:]
        for phone in Self.phones { vectors[phone] = vector() }
        vectors["_"] = vector()
        self.vectors = vectors
        offset = vector().map { $0 * 2 }
    }

    var centroids: Matrix {
        Matrix(
            rows: Self.phones.count, columns: dimension, elements: Self.phones.flatMap { vectors[$0] ?? [] })
    }

    var lock: TimingLock { TimingLock(frameSeconds: 0.025, leadFrames: lead, phoneCentroids: centroids) }

    /// Random words of three to six sounds.
    static func words(_ count: Int, seed: UInt64) -> [String] {
        var generator = SeededGenerator(seed)
        return (0..<count).map { _ in
            var word = ""
            for _ in 0..<Int.random(in: 3...6, using: &generator) {
                let others = phones.filter { $0 != word.last }
                word.append(others[Int.random(in: 0..<others.count, using: &generator)])
            }
            return word
        }
    }

    static let identifiers: [Character: Int64] = {
        var table: [Character: Int64] = ["$": 0, " ": 1, ".": 2, ",": 3]
        for (index, phone) in phones.enumerated() { table[phone] = Int64(index + 4) }
        return table
    }()

    static func token(_ symbol: Character, _ owner: SpeechToken.Owner) -> SpeechToken? {
        identifiers[symbol].map { SpeechToken(id: $0, symbol: symbol, owner: owner) }
    }

    static func tokens(of words: [SpokenWord]) -> [SpeechToken] {
        var tokens = [token("$", .gap(0))]
        for (index, word) in words.enumerated() {
            if index > 0 { tokens.append(token(" ", .gap(index))) }
            tokens += word.phonemes.map { token($0, .word(index)) }
            if let mark = word.punctuation.first { tokens.append(token(mark, .gap(index + 1))) }
        }
        if words.last?.punctuation.isEmpty ?? true { tokens.append(token(".", .gap(words.count))) }
        return (tokens + [token("$", .gap(words.count))]).compactMap { $0 }
    }

    static func spoken(_ words: [String]) -> [SpokenWord] {
        words.enumerated().map { SpokenWord(text: $1, source: $0, phonemes: $1, punctuation: "") }
    }

    /// What the made-up synthesizer would do by itself: 3 to 4 frames a sound, 2 a space, 12 for a pad.
    func plan(_ words: [SpokenWord]) -> SpeechPlan {
        let tokens = Self.tokens(of: words)
        let frames = tokens.map { token -> Double in
            switch token.symbol {
            case "$": 12
            case " ": 2
            case ".", ",": 4
            default: Double(3 + token.id % 2)
            }
        }
        var rows: [Float] = []
        for (index, count) in frames.enumerated() {
            let vector = vector(tokens, index)
            for _ in 0..<Int(count) { rows += vector }
        }
        let features = Matrix(rows: rows.count / dimension, columns: dimension, elements: rows)
        return SpeechPlan(words: words, tokens: tokens, predictedFrames: frames, features: features)
    }

    /// A sound is coloured by its neighbours, so that the right context fits better than the bare phone.
    private func vector(_ tokens: [SpeechToken], _ index: Int) -> [Float] {
        if case .gap = tokens[index].owner { return vectors["_"] ?? [] }
        let neighbours = tokens[max(0, index - 1)...min(tokens.count - 1, index + 1)]
        var generator = SeededGenerator(neighbours.reduce(0) { $0 &* 31 &+ UInt64($1.id) })
        let colour = 0.6 / Float(dimension).squareRoot()
        let values = (vectors[tokens[index].symbol] ?? []).map { $0 + colour * generator.normal() }
        let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return values.map { $0 / length }
    }

    /// A recording in which each token lasts as long as is said.
    /// - Parameters:
    ///   - seconds: [tokens]
    ///   - noise: standard deviation of the noise on each (unit) feature vector, as a whole.
    func recording(_ tokens: [SpeechToken], seconds: [Double], noise: Float = 0.5, seed: UInt64 = 7) -> Recording {
        var generator = SeededGenerator(seed)
        var ends: [Double] = []
        for value in seconds { ends.append((ends.last ?? 0) + value) }
        let total = ends.last ?? 0
        func index(at time: Double) -> Int { ends.firstIndex { time < $0 } ?? ends.count - 1 }
        let count = Int((total / 0.02).rounded(.up))
        let expected = tokens.indices.map { vector(tokens, $0) }
        var rows: [Float] = []
        for frame in 0..<count {
            let vector = expected[index(at: (Double(frame) + 0.5) * 0.02)]
            let scale = noise / Float(dimension).squareRoot()
            for column in 0..<dimension { rows.append(vector[column] + offset[column] + scale * generator.normal()) }
        }
        let mask = (0...Int(total / 0.005)).map { frame -> Bool in
            let token = index(at: Double(frame) * 0.005)
            if case .gap = tokens[token].owner { return seconds[token] >= 0.08 }
            return false
        }
        return Recording(
            track: PhoneticTrack(
                Matrix(rows: count, columns: dimension, elements: rows), hopSeconds: 0.02),
            silence: SilenceMask(isSilent: mask), seconds: total, ends: ends)
    }
}

struct Recording {
    var track: PhoneticTrack
    var silence: SilenceMask
    var seconds: Double
    /// True end of each token.
    var ends: [Double]
}

import AudioCore
import Files
import Foundation
import MediaIO
import Synchronization

@testable import Pipeline

/// A conversation in tones: two people who hum at pitches of their own, with pauses between them.
enum TonePlay {
    static let sampleRate = 24_000
    /// What each person hums at; the new voice hums at the last.
    static let pitches = [110.0, 180, 230]
    static let lines: [(person: Int, text: String)] = [
        (0, "patok limes nukola sepalon"), (1, "tomuk enila kopes molik"), (0, "patse nulop lutame sikon pelut"),
        (1, "nomek tulas"), (0, "sulem kotap mines"),
    ]

    /// Samples, [2][frames]: the right channel is half as loud, and a steady hiss lies under everything.
    static let programme: [[Float]] = {
        var voices: [Float] = []
        for line in lines {
            let timeline = [(Character(" "), 0.5)] + timeline(of: line.text) + [(" ", 0.5)]
            voices += ToneLanguage.speak(timeline, sampleRate: sampleRate, pitch: pitches[line.person])
        }
        var state: UInt64 = 9
        let left = voices.map { sample -> Float in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return sample + 1e-4 * (Float(state >> 40) * 0x1p-23 - 1)
        }
        return [left, left.map { $0 / 2 }]
    }()

    /// Sounds and how long they last, with a gap after each word.
    static func timeline(of text: String) -> [(Character, Double)] {
        text.split(separator: " ").flatMap { word in
            word.enumerated().map { ($1, 0.09 + 0.02 * Double($0 % 3)) } + [(" ", 0.08)]
        }
    }

    /// Writes the programme as a WAV file.
    static func write(to file: URL) throws {
        let writer = try WaveWriter(file, sampleRate: sampleRate, channelCount: 2)
        try writer.append(programme)
        try writer.finish()
    }

    /// How strong each hum is in 50 ms about a sample, [pitches].
    static func hums(_ samples: [Float], at centre: Int, sampleRate: Int) -> [Float] {
        let half = sampleRate / 40
        let range = max(0, centre - half)..<min(samples.count, centre + half)
        return pitches.map { pitch in
            let coefficient = Float(2 * cos(2 * .pi * pitch / Double(sampleRate)))
            var (last, before) = (Float(0), Float(0))
            for index in range { (last, before) = (samples[index] + coefficient * last - before, last) }
            return (last * last + before * before - coefficient * last * before).squareRoot()
                / Float(max(1, range.count))
        }
    }

    /// The loudest hum; nil in silence.
    static func hummer(_ samples: [Float], at centre: Int, sampleRate: Int) -> Int? {
        let hums = hums(samples, at: centre, sampleRate: sampleRate)
        guard let most = hums.max(), most > 0.01 else { return nil }
        return hums.firstIndex(of: most)
    }
}

/// Takes everything for speech.
struct WholeSeparator: SourceSeparator {
    let sampleRate = 24_000

    func separate(next: () throws -> [Float]?, emit: ([Float]) throws -> Void) throws {
        while let block = try next() { try emit(block) }
    }
}

/// Knows people by their hums.
struct HumSegmenter: SpeechSegmenter {
    let sampleRate = 16_000
    let windowSamples = 160_000
    let framesPerWindow = 589

    func classes(of windows: [[Float]]) -> [[UInt8]] {
        windows.map { window in
            (0..<framesPerWindow).map { frame in
                TonePlay.hummer(window, at: 495 + frame * 270, sampleRate: sampleRate).map { UInt8($0 + 1) } ?? 0
            }
        }
    }
}

/// A voice print is who hums how often.
struct HumEmbedder: SpeakerEmbedder {
    let name = "hums"
    let sampleRate = 16_000
    let dimension = 8

    func features(of samples: [Float]) -> Matrix {
        let rows = samples.count < 400 ? 0 : 1 + (samples.count - 400) / 160
        return Matrix(
            rows: rows, columns: 1,
            elements: (0..<rows).map {
                Float(TonePlay.hummer(samples, at: $0 * 160 + 200, sampleRate: sampleRate) ?? -1)
            })
    }

    func voicePrint(of features: Matrix) -> [Float] {
        var print = [Float](repeating: 0.05, count: dimension)
        for value in features.elements where value >= 0 { print[Int(value)] += 1 }
        let length = print.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return print.map { $0 / length }
    }
}

/// Reads words off the tones: a word is what lies between silences.
struct ToneTranscriber: SpeechTranscriber {
    let name = "tones"
    let sampleRate = 16_000
    let longestSeconds = 30.0
    let languages = ["en"]

    func languages(of samples: [Float]) -> [String: Double] { ["en": 1] }

    func recognize(_ samples: [Float], options: RecognitionOptions) throws -> Recognition {
        let features = try ToneExtractor().phoneticFeatures(of: samples)
        var runs: [(phone: Int, frames: Range<Int>)] = []
        for frame in 0..<features.rows {
            let row = Array(features[row: frame])
            let phone = row.firstIndex(of: row.max() ?? 0) ?? features.columns - 1
            if let last = runs.last, last.phone == phone {
                runs[runs.count - 1].frames = last.frames.lowerBound..<frame + 1
            } else {
                runs.append((phone, frame..<frame + 1))
            }
        }
        var words: [Word] = []
        var isInside = false
        for run in runs where run.frames.count > 1 {
            guard run.phone < ToneLanguage.phones.count else {
                isInside = false
                continue
            }
            let phone = String(ToneLanguage.phones[run.phone])
            let span = TimeSpan(start: 0.02 * Double(run.frames.lowerBound), end: 0.02 * Double(run.frames.upperBound))
            if isInside {
                words[words.count - 1].text += phone
                words[words.count - 1].span.end = span.end
            } else {
                words.append(Word(text: phone, span: span, confidence: 0.9))
                isInside = true
            }
        }
        return Recognition(language: "en", words: words, noSpeechProbability: 0, averageLogProbability: -0.1)
    }
}

/// Rates every sound the same.
struct EvenPredictor: QualityPredictor {
    let sampleRate = 16_000

    func rate(_ samples: [Float]) -> QualityRating { QualityRating(overall: 3, signal: 3, background: 3) }
}

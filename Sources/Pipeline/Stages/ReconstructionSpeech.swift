import AudioCore
import Files
import Foundation

/// Reads new speech at the programme's rate.
struct ReconstructionSpeech: Sendable {
    let folder: URL
    let media: any MediaAccess
    let sampleRate: Int

    struct Spoken {
        /// [n], at the programme's rate.
        var samples: [Float]
        /// Frame of the programme of its first sample.
        var firstFrame: Int
        /// Where its spectrum ends: the resampler's filter needs the last twentieth.
        var bandHertz: Double
    }

    func read(_ planned: PlannedReplacement) throws -> Spoken {
        let reader = try WaveReader(folder.appendingPathComponent(planned.speech))
        let samples = try media.resample(
            reader.readMid(0..<reader.frameCount), from: reader.sampleRate, to: sampleRate)
        return Spoken(
            samples: samples, firstFrame: Int((planned.replacement.span.start * Double(sampleRate)).rounded()),
            bandHertz: 0.95 * Double(min(reader.sampleRate, sampleRate)) / 2)
    }
}

/// New speech as it lies in its file, about as loud as the old voice: good enough to tell where it is quiet.
struct SpeechSketch: Sendable {
    private let reader: WaveReader
    private let startSeconds: Double
    private let sampleRate: Int
    private let gain: Float

    init?(
        _ replacement: Replacement, _ speaker: SpeakerID, _ material: ReconstructionMaterial,
        _ speech: ReconstructionSpeech
    ) throws {
        guard let name = replacement.speech else { return nil }
        reader = try WaveReader(speech.folder.appendingPathComponent(name))
        startSeconds = replacement.span.start
        sampleRate = material.sampleRate
        let (file, start) = (reader, startSeconds)
        func power(_ span: TimeSpan, _ rate: Int, _ origin: Double, _ read: (Range<Int>) -> [Float]) -> Double {
            let first = Int((span.start - origin) * Double(rate))
            let samples = read(first..<max(first, Int((span.end - origin) * Double(rate))))
            return samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(rate)
        }
        let old = replacement.spans.reduce(0.0) { sum, span in
            sum + power(span, material.sampleRate, 0) { material.readVocals($0, of: speaker) }
        }
        let new = replacement.spans.reduce(0.0) { sum, span in
            sum + power(span, file.sampleRate, start) { file.readMid($0) }
        }
        gain = new > 0 ? Float((old / new).squareRoot()) : 0
    }

    /// Makes every sample as large as the two voices together.
    /// - Parameters:
    ///   - voice: the old voice, [range.count].
    ///   - range: frames of the programme.
    func add(to voice: inout [Float], range: Range<Int>) {
        let ratio = Double(reader.sampleRate) / Double(sampleRate)
        let first = (Double(range.lowerBound) / Double(sampleRate) - startSeconds) * Double(reader.sampleRate)
        let low = Int(first.rounded(.down))
        let high = low + Int(Double(range.count) * ratio) + 2
        guard high > 0, low < reader.frameCount else { return }
        let samples = reader.readMid(low..<high)
        for index in voice.indices {
            let new = gain * samples[min(samples.count - 1, Int(first - Double(low) + Double(index) * ratio))]
            voice[index] = (voice[index] * voice[index] + new * new).squareRoot()
        }
    }
}

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
///
/// The file is opened for each look: a programme of three hours has more pieces than a process may have files open.
struct SpeechSketch: Sendable {
    private let file: URL
    private let speechRate: Int
    private let speechFrames: Int
    private let startSeconds: Double
    private let sampleRate: Int
    private let gain: Float

    init?(
        _ replacement: Replacement, _ speaker: SpeakerID, _ material: ReconstructionMaterial,
        _ speech: ReconstructionSpeech
    ) throws {
        guard let name = replacement.speech else { return nil }
        file = speech.folder.appendingPathComponent(name)
        let reader = try WaveReader(file)
        (speechRate, speechFrames) = (reader.sampleRate, reader.frameCount)
        startSeconds = replacement.span.start
        sampleRate = material.sampleRate
        func power(
            _ span: TimeSpan, _ rate: Int, _ origin: Double, _ read: (Range<Int>) throws -> [Float]
        ) rethrows -> Double {
            let first = Int((span.start - origin) * Double(rate))
            let samples = try read(first..<max(first, Int((span.end - origin) * Double(rate))))
            return samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(rate)
        }
        let old = try replacement.spans.reduce(0.0) { sum, span in
            sum + (try power(span, material.sampleRate, 0) { try material.readVocals($0, of: speaker) })
        }
        let new = try replacement.spans.reduce(0.0) { sum, span in
            sum + (try power(span, reader.sampleRate, replacement.span.start) { try reader.readMid($0) })
        }
        gain = new > 0 ? Float((old / new).squareRoot()) : 0
    }

    /// Makes every sample as large as the two voices together.
    /// - Parameters:
    ///   - voice: the old voice, [range.count].
    ///   - range: frames of the programme.
    func add(to voice: inout [Float], range: Range<Int>) throws {
        let ratio = Double(speechRate) / Double(sampleRate)
        let first = (Double(range.lowerBound) / Double(sampleRate) - startSeconds) * Double(speechRate)
        let low = Int(first.rounded(.down))
        let high = low + Int(Double(range.count) * ratio) + 2
        guard high > 0, low < speechFrames else { return }
        let samples = try WaveReader(file).readMid(low..<high)
        for index in voice.indices {
            let new = gain * samples[min(samples.count - 1, Int(first - Double(low) + Double(index) * ratio))]
            voice[index] = (voice[index] * voice[index] + new * new).squareRoot()
        }
    }
}

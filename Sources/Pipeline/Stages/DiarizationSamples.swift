import AudioCore
import Files
import Foundation

/// A few seconds of each speaker, so that a person can hear who is who.
struct DiarizationSamples {
    let reader: WaveReader
    var seconds = 5.0
    private static let fadeSeconds = 0.01
    /// How much a frame in which somebody else speaks spoils a sample, in frames of the speaker alone.
    private static let spoiling = 3.0

    /// The stretch, at most `seconds` long, in which the speaker is heard most clearly and alone.
    func cleanest(of speaker: Int, in result: SpeakerAttribution) -> TimeSpan? {
        let activity = result.activity
        let length = min(activity.frameCount, result.grid.frames(seconds))
        func worth(_ frame: Int) -> Double {
            let base = frame * activity.speakerCount
            let others = activity.activeCount(frame) - (activity.isActive[base + speaker] ? 1 : 0)
            guard others == 0 else { return -Self.spoiling }
            return activity.isActive[base + speaker] ? Double(activity.strength[base + speaker]) : 0
        }
        var sum = 0.0
        var best = (start: 0, sum: 0.0)
        for frame in 0..<activity.frameCount {
            sum += worth(frame)
            if frame >= length { sum -= worth(frame - length) }
            if sum > best.sum + 1e-9 { best = (max(0, frame + 1 - length), sum) }
        }
        guard best.sum > 0 else {
            return result.turns.first { $0.speaker == speaker }.map { result.span(of: $0.frames) }
        }
        let window = best.start..<min(activity.frameCount, best.start + length)
        let active = window.filter { activity.isActive[$0 * activity.speakerCount + speaker] }
        guard let first = active.first, let last = active.last else { return nil }
        return result.span(of: first..<last + 1)
    }

    /// Writes one channel of a stretch, its edges faded.
    func write(_ span: TimeSpan, channel: Int, to file: URL) throws {
        let rate = Double(reader.sampleRate)
        let end = min(span.end, span.start + seconds)
        var samples = try reader.read(Int(span.start * rate)..<Int(end * rate))[channel]
        let fade = min(Int(Self.fadeSeconds * rate), samples.count / 2)
        for index in 0..<fade {
            let gain = Float(index) / Float(fade)
            samples[index] *= gain
            samples[samples.count - 1 - index] *= gain
        }
        let writer = try WaveWriter(file, sampleRate: reader.sampleRate, channelCount: 1)
        try writer.append([samples])
        try writer.finish()
    }
}

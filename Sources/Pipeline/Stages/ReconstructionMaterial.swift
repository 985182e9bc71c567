import AudioCore
import Files
import Foundation

/// The programme and its vocals, read piece by piece; and which channels a speaker sits on.
struct ReconstructionMaterial: Sendable {
    let programme: WaveReader
    let vocals: WaveReader
    let diarization: Diarization
    /// Stretches that a person wants to stay as they are.
    let kept: [TimeSpan]
    let grid: SpectralGrid

    init(programme: URL, vocals: URL, diarization: Diarization, kept: [TimeSpan] = []) throws {
        self.programme = try WaveReader(programme)
        self.vocals = try WaveReader(vocals)
        self.diarization = diarization
        self.kept = kept
        grid = SpectralGrid(sampleRate: self.programme.sampleRate)
        guard self.vocals.sampleRate == self.programme.sampleRate else {
            throw AudioError(
                .internal, operation: "reconstruct", subject: programme.lastPathComponent,
                cause: "its vocals have \(self.vocals.sampleRate) Hz, the programme \(self.programme.sampleRate) Hz")
        }
        guard self.vocals.channelCount == 1 || self.vocals.channelCount == self.programme.channelCount else {
            throw AudioError(
                .internal, operation: "reconstruct", subject: programme.lastPathComponent,
                cause: "its vocals have \(self.vocals.channelCount) channels, the programme "
                    + "\(self.programme.channelCount)")
        }
    }

    var sampleRate: Int { programme.sampleRate }

    /// The channels that hold the speaker: all, or his own where vocals were separated channel by channel.
    func channels(of speaker: SpeakerID) -> [Int] {
        if vocals.channelCount > 1, let own = diarization.channels[speaker], own < programme.channelCount {
            return [own]
        }
        return Array(0..<programme.channelCount)
    }

    /// - Returns: samples, [the speaker's channels][range.count].
    func readProgramme(_ range: Range<Int>, of speaker: SpeakerID) throws -> [[Float]] {
        let all = try programme.read(range)
        return channels(of: speaker).map { all[$0] }
    }

    /// - Returns: the separated voice, [range.count].
    func readVocals(_ range: Range<Int>, of speaker: SpeakerID) throws -> [Float] {
        if vocals.channelCount > 1, let own = diarization.channels[speaker], own < vocals.channelCount {
            return try vocals.read(range)[own]
        }
        return try vocals.readMid(range)
    }

    /// Stretches in which somebody else speaks; who sits on another channel is not in the way.
    func turnsOfOthers(than speaker: SpeakerID) -> [TimeSpan] {
        let areApart = vocals.channelCount > 1
        return diarization.turns.filter {
            $0.speaker != speaker && !(areApart && !diarization.shareChannel(speaker, $0.speaker))
        }.map(\.span)
    }

    /// Mean square of the quietest 20 ms within a second of the range, mean of the channels.
    func quietestPower(around range: Range<Int>, of speaker: SpeakerID) throws -> Float {
        let wide = max(0, range.lowerBound - sampleRate)..<min(programme.frameCount, range.upperBound + sampleRate)
        let channels = try readProgramme(wide, of: speaker)
        let block = max(1, sampleRate / 50)
        var least = Float.infinity
        for start in stride(from: 0, to: wide.count - block + 1, by: block) {
            var sum: Float = 0
            for channel in channels {
                for n in start..<start + block { sum += channel[n] * channel[n] }
            }
            least = min(least, sum / Float(block * channels.count))
        }
        return least.isFinite ? least : 0
    }
}

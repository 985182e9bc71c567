import AudioCore
import Files
import Foundation

/// The programme and its vocals, read piece by piece; and which channels a speaker sits on and leaks into.
struct ReconstructionMaterial: Sendable {
    let programme: WaveReader
    let vocals: WaveReader
    let diarization: Diarization
    /// Stretches that a person wants to stay as they are.
    let kept: [TimeSpan]
    let grid: SpectralGrid
    /// What channels hear of each other; nothing where speakers have no channels of their own.
    var crosstalk = CrosstalkMatrix()

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

    /// Where the speaker is heard in channels that are not his.
    func leaks(of speaker: SpeakerID) -> [(channel: Int, crosstalk: Crosstalk)] {
        guard let own = channels(of: speaker).first, channels(of: speaker).count == 1 else { return [] }
        return (crosstalk.leaks[own] ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Without what leaks in from other channels.
    /// - Returns: samples, [the speaker's channels][range.count].
    func readProgramme(_ range: Range<Int>, of speaker: SpeakerID) throws -> [[Float]] {
        let own = channels(of: speaker)
        let all = try programme.read(range)
        let strange = try strangers(in: own, range)
        return own.map { channel in strange.map { zip(all[channel], $0).map(-) } ?? all[channel] }
    }

    /// - Returns: the separated voice without what leaks in from other channels, [range.count].
    func readVocals(_ range: Range<Int>, of speaker: SpeakerID) throws -> [Float] {
        guard vocals.channelCount > 1, let own = diarization.channels[speaker], own < vocals.channelCount else {
            return try vocals.readMid(range)
        }
        let voice = try vocals.read(range)[own]
        return try strangers(in: [own], range).map { zip(voice, $0).map(-) } ?? voice
    }

    /// What the only channel of a speaker hears of the others' voices; nil: nothing.
    private func strangers(in own: [Int], _ range: Range<Int>) throws -> [Float]? {
        guard own.count == 1, crosstalk.isHeard(in: own[0]) else { return nil }
        let reach = crosstalk.reach
        let all = try programme.read(range.lowerBound - reach..<range.upperBound + reach)
        return Array(crosstalk.strangers(in: own[0], of: all)[reach..<reach + range.count])
    }

    /// Learns what channels hear of each other from stretches in which people of one channel speak and nobody else does, a
    /// minute at most.
    mutating func learnCrosstalk(progress: (Double) throws -> Void) throws {
        guard vocals.channelCount > 1 else { return }
        let channels = Set(diarization.channels.values).filter { $0 < programme.channelCount }.sorted()
        for (done, channel) in channels.enumerated() {
            try progress(Double(done) / Double(channels.count))
            let others = diarization.turns.filter { diarization.channels[$0.speaker] != channel }.map(\.span)
            let own = diarization.turns.filter { diarization.channels[$0.speaker] == channel }.map(\.span)
            let alone = TimeSpan.union(own).flatMap { $0.minus(others) }.map { span in
                Int(span.start * Double(sampleRate))..<Int(span.end * Double(sampleRate))
            }
            try crosstalk.learn(from: channel, in: alone, of: programme)
        }
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

import AudioCore
import Foundation
import Pipeline

/// Reads whole recordings of a suite, which are minutes long.
struct SoundReader: Sendable {
    let media: any MediaAccess
    let interruption: Interruption

    /// What the judges hear at.
    static let analysisRate = 16000

    func whole(_ file: URL) throws -> Waveform {
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw AudioError(
                .noInput, operation: "read", subject: file.path, cause: "there is no such file",
                mend: "check the suite's paths")
        }
        let source = try media.open(file)
        var channels = [[Float]](repeating: [], count: source.format.channelCount)
        while let block = try source.read() {
            try interruption.check()
            for channel in channels.indices { channels[channel] += block.channels[channel] }
        }
        return Waveform(sampleRate: source.format.sampleRate, channels: channels)
    }

    /// The mean of the channels at another rate.
    func mono(_ file: URL, sampleRate: Int) throws -> [Float] {
        let sound = try whole(file)
        return try media.resample(sound.mid, from: sound.sampleRate, to: sampleRate)
    }
}

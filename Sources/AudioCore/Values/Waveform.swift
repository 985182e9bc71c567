/// Sampled sound: one array of samples a channel, all equally long.
public struct Waveform: Sendable, Equatable {
    /// Samples a second.
    public var sampleRate: Int
    /// Samples, [channels][frames], nominally -1...1.
    public var channels: [[Float]]

    public init(sampleRate: Int, channels: [[Float]]) {
        precondition(Set(channels.map(\.count)).count <= 1, "channels differ in length")
        self.sampleRate = sampleRate
        self.channels = channels
    }

    public init(sampleRate: Int, mono samples: [Float]) {
        self.init(sampleRate: sampleRate, channels: [samples])
    }

    /// Frames: samples in each channel.
    public var frameCount: Int { channels.first?.count ?? 0 }
    public var seconds: Double { Double(frameCount) / Double(sampleRate) }

    /// The mean of the channels, [frames].
    public var mid: [Float] {
        guard channels.count != 1 else { return channels[0] }
        guard var sum = channels.first else { return [] }
        for channel in channels.dropFirst() {
            for index in sum.indices { sum[index] += channel[index] }
        }
        let scale = 1 / Float(channels.count)
        for index in sum.indices { sum[index] *= scale }
        return sum
    }
}

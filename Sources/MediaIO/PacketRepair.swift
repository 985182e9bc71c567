import CFFmpeg

/// Knows how much sound was in packets that could not be decoded, so that silence of that length keeps what follows in
/// its place.
///
/// Containers say how long a packet lasts. Streams without one (MP3, ADTS) are cut into packets by their sync words: what
/// is broken comes out in other pieces than it went in, so there its bytes are compared with those of sound packets.
struct PacketRepair {
    /// True where packets are cut out of a stream of bytes.
    private let isByteStream: Bool
    private let framesPerTick: Double
    /// Frames of a packet of this codec; the largest that was decoded where the codec does not say.
    private(set) var usualFrames: Int
    /// Fewest frames of a sound packet, the first two apart: they may be cut at the front.
    private var fewestFrames = Int.max
    private var soundPacketsInAll = 0
    /// Mean bytes of the last sound packets.
    private var meanBytes = 0.0
    private var soundPackets = 0
    /// What is broken since the last sound packet.
    private var brokenFrames = 0
    private var brokenFrom: Int64?
    private var tagBytes = 0

    /// Packets that `meanBytes` looks back on.
    private static let memory = 64

    init(isByteStream: Bool, timeBase: AVRational, sampleRate: Int, frameSize: Int) {
        self.isByteStream = isByteStream
        framesPerTick = Double(timeBase.num) / Double(max(1, timeBase.den)) * Double(sampleRate)
        usualFrames = frameSize
    }

    var hasBroken: Bool { brokenFrames > 0 }

    /// What is missing is a multiple of this: packets of one length are lost whole.
    var unitFrames: Int { fewestFrames == usualFrames ? usualFrames : 1 }

    /// - Parameter frames: decoded from it.
    mutating func noteSound(_ packet: AVPacket, frames: Int) {
        usualFrames = max(usualFrames, frames)
        soundPacketsInAll += 1
        if soundPacketsInAll > 2 { fewestFrames = min(fewestFrames, frames) }
        guard packet.size > 0 else { return }
        soundPackets = min(soundPackets + 1, Self.memory)
        meanBytes += (Double(packet.size) - meanBytes) / Double(soundPackets)
    }

    /// - Parameter decoded: frames that came out of it all the same.
    mutating func noteBroken(_ packet: AVPacket, decoded: Int) {
        guard packet.size > 0 else { return }
        if !hasBroken { brokenFrom = packet.pos >= 0 ? packet.pos : nil }
        brokenFrames += max(1, length(of: packet) - decoded)
        tagBytes += Self.tagBytes(packet)
    }

    /// A decoded frame that the decoder itself calls broken.
    mutating func noteBroken(frames: Int) { brokenFrames += frames }

    /// Frames that are missing before `packet`, which is sound; they are forgotten.
    mutating func take(before packet: AVPacket) -> Int {
        defer { (brokenFrames, brokenFrom, tagBytes) = (0, nil, 0) }
        guard isByteStream, let brokenFrom, packet.pos > brokenFrom, meanBytes > 0, usualFrames > 0 else {
            return brokenFrames
        }
        let bytes = Double(packet.pos - brokenFrom - Int64(tagBytes))
        return max(0, Int((bytes / meanBytes).rounded())) * usualFrames
    }

    /// What the container says; times in coarse ticks are made whole packets.
    private func length(of packet: AVPacket) -> Int {
        let told = Double(packet.duration) * framesPerTick
        guard told > 0, abs(told - Double(usualFrames)) > framesPerTick.rounded(.up) else { return usualFrames }
        return Int(told.rounded())
    }

    /// Files that were joined have an ID3 tag (id3.org/id3v2.4.0-structure) where the second begins; it is no sound.
    private static func tagBytes(_ packet: AVPacket) -> Int {
        guard let data = packet.data, packet.size >= 10, data[0] == 0x49, data[1] == 0x44, data[2] == 0x33 else {
            return 0
        }
        return 10 + (6..<10).reduce(0) { $0 << 7 | Int(data[$1] & 127) }
    }
}

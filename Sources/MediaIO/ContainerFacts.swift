import Foundation

/// What a file's own bytes say about its length and FFmpeg does not pass on.
struct ContainerFacts {
    private let handle: FileHandle
    private let fileBytes: Int

    /// - Returns: nil where the file cannot be opened.
    init?(_ file: URL) {
        guard let handle = try? FileHandle(forReadingFrom: file), let end = try? handle.seekToEnd() else { return nil }
        self.handle = handle
        fileBytes = Int(clamping: end)
    }

    /// Bytes that a WAV file promises and does not hold. FFmpeg takes the length from what is there.
    var missingWaveBytes: Int {
        let head = bytes(at: 0, count: 28)
        guard head.count == 28 else { return 0 }
        let isLarge = head.starts(with: "RF64".utf8)
        let size = isLarge ? little(head[20..<28]) : little(head[4..<8])
        // Programs that write to a pipe leave the largest number there is, or none.
        guard isLarge ? size < 1 << 60 : size < 0xFFFF_F000 else { return 0 }
        return max(0, size + 8 - fileBytes)
    }

    /// True where the last page of an Ogg file is not marked as the last of its stream (RFC 3533, section 6).
    var lacksOggEnd: Bool {
        let tail = bytes(at: max(0, fileBytes - 131_072), count: 131_072)
        guard let page = tail.lastRange(of: Data("OggS".utf8)), page.lowerBound + 6 <= tail.endIndex else {
            return true
        }
        return tail[page.lowerBound + 5] & 4 == 0
    }

    /// Frames of an MP3 without encoder delay and padding, from the tag that LAME and FFmpeg put into the first frame;
    /// nil without one. FFmpeg cuts no more than one frame of padding; the tag may ask for more.
    /// http://gabriel.mp3-tech.org/mp3infotag.html
    var layerThreeFrames: Int? {
        var start = 0
        let head = bytes(at: 0, count: 10)
        if head.count == 10, head.starts(with: "ID3".utf8) {
            start = 10 + head[6..<10].reduce(0) { $0 << 7 | Int($1 & 127) }
        }
        let frame = bytes(at: start, count: 4096)
        guard frame.count > 200, frame[0] == 0xFF, frame[1] & 0xE0 == 0xE0 else { return nil }
        let tag =
            frame.prefix(48).firstRange(of: Data("Info".utf8)) ?? frame.prefix(48).firstRange(of: Data("Xing".utf8))
        guard let tag, frame.count >= tag.lowerBound + 8 + 116 + 24 else { return nil }
        let flags = frame[tag.lowerBound + 7]
        guard flags & 1 != 0 else { return nil }
        let coded = frame[tag.upperBound + 4..<tag.upperBound + 8].reduce(0) { $0 << 8 | Int($1) }
        var at = tag.upperBound + 8
        for (bit, size) in [(UInt8(2), 4), (4, 100), (8, 4)] where flags & bit != 0 { at += size }
        guard frame[at..<at + 4].starts(with: "LAME".utf8) || frame[at..<at + 4].starts(with: "Lav".utf8) else {
            return nil
        }
        let delays = frame[at + 21..<at + 24].reduce(0) { $0 << 8 | Int($1) }
        let samplesPerFrame = frame[1] & 0x18 == 0x18 ? 1152 : 576
        let length = coded * samplesPerFrame - (delays >> 12) - (delays & 0xFFF)
        if flags & 2 != 0 {
            // Files that were joined, as where advertisements are put in: the tag speaks of the first only.
            let size = frame[tag.upperBound + 8..<tag.upperBound + 12].reduce(0) { $0 << 8 | Int($1) }
            let next = bytes(at: start + size, count: 3)
            if next.count == 3, next.elementsEqual("ID3".utf8) || (next[0] == 0xFF && next[1] & 0xE0 == 0xE0) {
                return nil
            }
        }
        return length > 0 ? length : nil
    }

    private func bytes(at offset: Int, count: Int) -> Data {
        guard (try? handle.seek(toOffset: UInt64(offset))) != nil else { return Data() }
        return Data((try? handle.read(upToCount: count)) ?? Data())
    }

    private func little(_ bytes: Data) -> Int { bytes.reversed().reduce(0) { ($0 & Int.max >> 8) << 8 | Int($1) } }
}

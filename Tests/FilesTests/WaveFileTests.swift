import Foundation
import Testing

@testable import Files

@Suite struct WaveFileTests {
    private let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).wav")

    @Test func samplesComeBackBitForBitAndZerosBeyondTheEnds() throws {
        defer { try? FileManager.default.removeItem(at: file) }
        let left: [Float] = [0.25, -1, .leastNonzeroMagnitude, 1.5]
        let right: [Float] = [0, -0.0, 0.1, -2]
        let writer = try WaveWriter(file, sampleRate: 44100, channelCount: 2)
        try writer.append([Array(left[..<1]), Array(right[..<1])])
        try writer.append([Array(left[1...]), Array(right[1...])])
        try writer.finish()
        let reader = try WaveReader(file)
        #expect(reader.sampleRate == 44100 && reader.channelCount == 2 && reader.frameCount == 4)
        let read = try reader.read(-1..<6)
        #expect(read[0].map(\.bitPattern) == ([0] + left + [0, 0]).map(\.bitPattern))
        #expect(read[1].map(\.bitPattern) == ([0] + right + [0, 0]).map(\.bitPattern))
        #expect(try reader.readMid(2..<5) == [0.05, -0.25, 0])
    }

    @Test(arguments: [1, 2, 3])
    func anyRangeReadsAsTheSamePartOfTheWhole(_ channelCount: Int) throws {
        defer { try? FileManager.default.removeItem(at: file) }
        // More than one piece is read at once.
        let count = 100_000
        let channels = (0..<channelCount).map { channel in (0..<count).map { Float(3 * $0 + channel) } }
        let writer = try WaveWriter(file, sampleRate: 48000, channelCount: channelCount)
        try writer.append(channels)
        try writer.finish()
        let reader = try WaveReader(file)
        for range in [
            0..<count, 17..<18, 40_000..<99_999, -9..<40_000, count - 1..<count + 5, -9 ..< -2, count..<count,
        ] {
            let expected = channels.map { channel in range.map { channel.indices.contains($0) ? channel[$0] : 0 } }
            #expect(try reader.read(range) == expected)
            let mid = range.map { index in
                index < 0 || index >= count ? 0 : channels.reduce(0) { $0 + $1[index] } * (1 / Float(channelCount))
            }
            #expect(try reader.readMid(range) == mid)
        }
    }

    /// A file of another size than its header says, in a folder that somebody cleans while we read.
    @Test func aFileThatShrinksIsAnErrorAndNotSilence() throws {
        defer { try? FileManager.default.removeItem(at: file) }
        let writer = try WaveWriter(file, sampleRate: 8000, channelCount: 2)
        try writer.append([[Float](repeating: 1, count: 1000), [Float](repeating: 1, count: 1000)])
        try writer.finish()
        let reader = try WaveReader(file)
        #expect(truncate(file.path, 4000) == 0)
        #expect(try reader.read(0..<400)[1] == [Float](repeating: 1, count: 400))
        let error = #expect(throws: FileError.self) { try reader.read(0..<1000) }
        #expect(error?.description == "Cannot read \(file.path): it ends early.")
    }

    @Test func silenceKeepsItsPlaceBetweenSamples() throws {
        defer { try? FileManager.default.removeItem(at: file) }
        let writer = try WaveWriter(file, sampleRate: 8000, channelCount: 2)
        try writer.appendSilence(frames: 3)
        try writer.append([[1], [2]])
        try writer.appendSilence(frames: 2)
        try writer.append([[3], [4]])
        try writer.appendSilence(frames: 1)
        try writer.finish()
        let reader = try WaveReader(file)
        #expect(try reader.read(0..<reader.frameCount) == [[0, 0, 0, 1, 0, 0, 3, 0], [0, 0, 0, 2, 0, 0, 4, 0]])
    }

    @Test(arguments: [0, 3, 11, 40, 79])
    func aTruncatedFileIsRefusedNotCrashedOn(_ count: Int) throws {
        defer { try? FileManager.default.removeItem(at: file) }
        let writer = try WaveWriter(file, sampleRate: 8000, channelCount: 1)
        try writer.append([[1, 2, 3]])
        try writer.finish()
        try Data(contentsOf: file).prefix(count).write(to: file)
        #expect(throws: FileError.self) { try WaveReader(file) }
    }

    /// Nearly all of the file is a hole, so that it can be as long as it likes.
    @Test func fromFourGigabytesOnTheFileIsRF64() throws {
        defer { try? FileManager.default.removeItem(at: file) }
        let most = (Int(UInt32.max) - 100) / 4
        for frames in [most, most + 1] {
            let writer = try WaveWriter(file, sampleRate: 48000, channelCount: 1)
            try writer.appendSilence(frames: frames - 1)
            try writer.append([[0.5]])
            try writer.finish()
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            let head = [UInt8](try #require(try handle.read(upToCount: 80)))
            func number(_ at: Int, _ count: Int) -> UInt64 {
                head[at..<at + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
            }
            let bytes = UInt64(4 * frames)
            #expect(try handle.seekToEnd() == bytes + 80)
            if frames == most {
                #expect(Array(head[..<4]) == Array("RIFF".utf8) && Array(head[12..<16]) == Array("JUNK".utf8))
                #expect(number(4, 4) == bytes + 72 && number(76, 4) == bytes)
            } else {
                // EBU Tech 3306: sizes of 32 bits are -1; ds64 has RIFF's size, the data's and the count of frames.
                #expect(Array(head[..<4]) == Array("RF64".utf8) && Array(head[12..<16]) == Array("ds64".utf8))
                #expect(number(4, 4) == 0xFFFF_FFFF && number(16, 4) == 28 && number(76, 4) == 0xFFFF_FFFF)
                #expect(number(20, 8) == bytes + 72 && number(28, 8) == bytes && number(36, 8) == UInt64(frames))
            }
            #expect(try WaveReader(file).read(frames - 2..<frames + 1) == [[0, 0.5, 0]])
        }
    }

    /// Six hours of stereo: samples on either side of 4 GB are found where they are.
    @Test func samplesBeyondFourGigabytesAreFound() throws {
        defer { try? FileManager.default.removeItem(at: file) }
        let frames = 6 * 3600 * 48000
        let far = 1 << 29
        let writer = try WaveWriter(file, sampleRate: 48000, channelCount: 2)
        try writer.append([[0.5], [0.25]])
        try writer.appendSilence(frames: far - 1)
        try writer.append([[1], [2]])
        try writer.appendSilence(frames: frames - far - 2)
        try writer.append([[3], [4]])
        try writer.finish()
        let reader = try WaveReader(file)
        #expect(reader.frameCount == frames && reader.seconds == 6 * 3600)
        #expect(try reader.read(0..<2) == [[0.5, 0], [0.25, 0]])
        #expect(try reader.read(far - 1..<far + 1) == [[0, 1], [0, 2]])
        #expect(try reader.read(frames - 2..<frames + 1) == [[0, 3, 0], [0, 4, 0]])
        #expect(try reader.readMid(frames - 1..<frames + 1) == [3.5, 0])
    }

    /// What was read of a long file does not stay with the process.
    @Test func readingALongFileTakesNoMemory() throws {
        defer { try? FileManager.default.removeItem(at: file) }
        let writer = try WaveWriter(file, sampleRate: 48000, channelCount: 2)
        try writer.appendSilence(frames: 250_000_000)
        try writer.finish()
        let reader = try WaveReader(file)
        let before = try fileBytesInMemory()
        var largest = 0
        for start in stride(from: 0, to: reader.frameCount, by: 1 << 20) {
            #expect(try reader.read(start..<start + (1 << 20))[0].last == 0)
            largest = max(largest, try fileBytesInMemory())
        }
        // Other tests may map their models meanwhile.
        #expect(largest - before < 1_000_000_000)
    }

    /// Resident pages of mapped files, proc(5).
    private func fileBytesInMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssFile:") })
        return try #require(
            line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) })
            * 1024
    }
}

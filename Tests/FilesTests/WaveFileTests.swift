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
        let read = reader.read(-1..<6)
        #expect(read[0].map(\.bitPattern) == ([0] + left + [0, 0]).map(\.bitPattern))
        #expect(read[1].map(\.bitPattern) == ([0] + right + [0, 0]).map(\.bitPattern))
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
        #expect(reader.read(0..<reader.frameCount) == [[0, 0, 0, 1, 0, 0, 3, 0], [0, 0, 0, 2, 0, 0, 4, 0]])
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
}

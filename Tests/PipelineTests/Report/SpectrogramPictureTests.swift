import AudioCore
import Files
import Foundation
import Testing

@testable import Pipeline

@Suite struct SpectrogramPictureTests {
    /// A second of silence, then two of a sine.
    private func recording(hertz: Double, amplitude: Float, sampleRate: Int) throws -> WaveReader {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).wav")
        defer { try? FileManager.default.removeItem(at: file) }
        let writer = try WaveWriter(file, sampleRate: sampleRate, channelCount: 1)
        try writer.append([
            (0..<3 * sampleRate).map { n in
                n < sampleRate ? 0 : amplitude * Float(sin(2 * .pi * hertz * Double(n) / Double(sampleRate)))
            }
        ])
        try writer.finish()
        return try WaveReader(file)
    }

    @Test(arguments: [8000, 16_000, 44_100, 48_000, 96_000], [200.0, 1000, 3000])
    func aToneIsALineAtItsHeight(_ sampleRate: Int, _ hertz: Double) throws {
        let reader = try recording(hertz: hertz, amplitude: 0.5, sampleRate: sampleRate)
        let image = try SpectrogramPicture(programmeLoudness: -20).image(reader, 0..<reader.frameCount)
        #expect(image.height == 96 && image.width == 300)
        // The line by the definition of the mel scale: 96 triangles between 40 Hz and the top.
        let top = min(12000, Double(sampleRate) / 2)
        let bank = MelFilterBank(bandCount: 96, transformSize: 64, sampleRate: sampleRate, low: 40, high: top)
        let band = bank.centres.indices.min { abs(bank.centres[$0] - hertz) < abs(bank.centres[$1] - hertz) } ?? 0
        for column in [120, 200, 280] {
            let values = (0..<96).map { image.pixels[$0 * image.width + column] }
            let brightest = values.indices.filter { values[$0] == values.max() }
            #expect(brightest.contains { abs($0 - (95 - band)) <= 1 }, "\(hertz) Hz at \(sampleRate) Hz")
            #expect(values.count { $0 > 20 } < 20)
        }
        let silent = (0..<96).map { image.pixels[$0 * image.width + 50] }
        #expect(silent.allSatisfy { $0 == 0 })
    }

    @Test func aStretchIsDrawnAsItIsInTheWholeRecording() throws {
        let reader = try recording(hertz: 1000, amplitude: 0.5, sampleRate: 16_000)
        let picture = SpectrogramPicture(programmeLoudness: nil)
        let part = try picture.image(reader, 24_000..<40_000)
        // A steady tone has no edges, though the stretch begins and ends amid it.
        let column = { (x: Int) in (0..<96).map { part.pixels[$0 * part.width + x] } }
        #expect(column(0) == column(50) && column(99) == column(50))
    }

    @Test func theScaleIsTheProgrammesNotTheTurns() throws {
        let loud = try recording(hertz: 1000, amplitude: 0.1, sampleRate: 16_000)
        let quiet = try recording(hertz: 1000, amplitude: 0.001, sampleRate: 16_000)
        let picture = SpectrogramPicture(programmeLoudness: -23)
        let brightest = { (reader: WaveReader) in try picture.image(reader, 0..<reader.frameCount).pixels.max() ?? 0 }
        // 40 dB of 68 are 23 of 40 colours.
        #expect((21...24).contains(try brightest(loud) - brightest(quiet)))
    }
}

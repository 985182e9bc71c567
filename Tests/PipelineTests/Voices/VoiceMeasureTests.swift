import AudioCore
import Files
import Foundation
import MediaIO
import TestSupport
import Testing

@testable import Pipeline

/// Voices in figures: pitch in Hz, a print of two numbers' angle, a colour of one tilt.
private func figures(_ name: String, hertz: Double, angle: Double, tilt: Double) -> VoiceMeasure {
    VoiceMeasure(
        name: name, digest: name + "-digest", medianF0Hz: hertz, f0SpreadSemitones: 3,
        longTermSpectrum: (0..<40).map { Float(tilt * (Double($0) - 19.5)) },
        prints: ["e": [Float(cos(angle)), Float(sin(angle))]])
}

struct VoiceMeasureTests {
    private let pool = [
        figures("near", hertz: 118, angle: 0.1, tilt: -0.10),
        figures("high", hertz: 230, angle: 0.1, tilt: -0.10),
        figures("other", hertz: 118, angle: 1.4, tilt: -0.10),
        figures("bright", hertz: 118, angle: 0.1, tilt: 0.15),
        figures("far", hertz: 240, angle: 1.5, tilt: 0.15),
    ]
    private let target = figures("me", hertz: 120, angle: 0, tilt: -0.11)

    @Test func theNearestVoiceComesFirstAndTheFurthestLast() {
        let names = VoiceRanking(pool, target: target, encoder: "e").entries.map(\.name)
        #expect(names.first == "near")
        #expect(names.last == "far")
        #expect(
            VoiceRanking(pool, target: target, encoder: "e", wish: .contrast).entries.map(\.name) == names.reversed())
    }

    @Test func figuresAreThoseOfTheVoicesAndScoresSumToNothing() throws {
        let entries = VoiceRanking(pool, target: target, encoder: "e").entries
        let high = try #require(entries.first { $0.name == "high" })
        #expect(abs(high.semitones - 12 * log2(230.0 / 120)) < 1e-9)
        #expect(abs(high.likeness - cos(0.1)) < 1e-6)
        #expect(abs(entries.reduce(0) { $0 + $1.score }) < 1e-9)
    }

    @Test func aVoiceIsNotComparedWithItselfAndOneVoiceHasNothingToBeRankedAgainst() {
        let names = VoiceRanking(pool, target: pool[1], encoder: "e").entries.map(\.name)
        #expect(names.count == 4 && !names.contains("high"))
        #expect(VoiceRanking([pool[0]], target: target, encoder: "e").entries.map(\.score) == [0])
        #expect(VoiceRanking([], target: target, encoder: "e").entries.isEmpty)
    }

    @Test func aHumIsMeasuredAtItsPitchWhateverItsLevel() throws {
        let measurer = VoiceMeasurer(media: FFmpegMedia(), encoders: [HumEmbedder()])
        let tones = (1...12).map {
            sine(180 * Double($0), seconds: 2, sampleRate: 24_000, amplitude: 0.05 / Double($0))
        }
        let hum = tones.dropFirst().reduce(tones[0]) { sum, tone in zip(sum, tone).map { $0 + $1 } }
        let loud = try measurer.measure(hum, sampleRate: 24_000, name: "hum")
        let quiet = try measurer.measure(hum.map { $0 / 50 }, sampleRate: 24_000, name: "hum")
        #expect(abs(loud.medianF0Hz - 180) < 0.5)
        #expect(loud.f0SpreadSemitones < 0.1)
        #expect(VoiceColour.distance(loud.longTermSpectrum, quiet.longTermSpectrum) < 0.01)
        #expect(abs(loud.longTermSpectrum.reduce(0, +)) < 1e-3)
    }

    @Test func whatHoldsNoVoiceIsRefused() {
        let measurer = VoiceMeasurer(media: FFmpegMedia(), encoders: [HumEmbedder()])
        for samples in [[], [Float](repeating: 0, count: 32_000), sine(150, seconds: 0.1, sampleRate: 16_000)] {
            #expect(throws: AudioError.self) { try measurer.measure(samples, sampleRate: 16_000, name: "nobody") }
        }
    }

    @Test func aMeasureIsKeptForItsVoiceAndItsModels() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let voice = Voice(name: "near", styles: Matrix(rows: 1, columns: 1), digest: "near-digest")
        let cache = VoiceMeasureCache(folder: folder, models: ["kokoro": "1"])
        #expect(cache.measure(of: voice) == nil)
        try cache.store(pool[0], of: voice)
        #expect(cache.measure(of: voice) == pool[0])
        // Another model, another voice: measured anew; another name for the same voice: the same figures.
        #expect(VoiceMeasureCache(folder: folder, models: ["kokoro": "2"]).measure(of: voice) == nil)
        #expect(cache.measure(of: Voice(name: "near", styles: voice.styles, digest: "new")) == nil)
        let renamed = Voice(name: "anna", styles: voice.styles, digest: "near-digest")
        #expect(cache.measure(of: renamed)?.name == "anna")
        let file = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
        try Data("{".utf8).write(to: folder.appendingPathComponent(file))
        #expect(cache.measure(of: voice) == nil)
    }
}

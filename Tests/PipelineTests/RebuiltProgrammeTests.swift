import AudioCore
import Files
import Foundation
import Testing

@testable import Pipeline

/// Spans on different channels may overlap: each changes its own channel and nothing else.
@Suite struct RebuiltProgrammeTests {
    @Test func overlappingSpansKeepToTheirChannels() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rebuilt-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ name: String) -> URL { folder.appendingPathComponent(name) }
        let frames = 200_000
        let old = [0, 1].map { channel in (0..<frames).map { Float($0 % 1000) / 2000 + Float(channel) / 10 } }
        for name in ["programme.wav", "vocals.wav"] {
            let writer = try WaveWriter(file(name), sampleRate: 16000, channelCount: 2)
            try writer.append(old)
            try writer.finish()
        }
        let (a, b) = (SpeakerID("Speaker_A"), SpeakerID("Speaker_B"))
        let material = try ReconstructionMaterial(
            programme: file("programme.wav"), vocals: file("vocals.wav"),
            diarization: Diarization(turns: [], channels: [a: 0, b: 1]))
        func create(_ name: String) throws -> WaveWriter {
            try WaveWriter(file(name), sampleRate: 16000, channelCount: 2)
        }
        let sheet = try RebuiltProgramme(material: material, programme: create("new.wav"), voice: create("voice.wav"))
        // A long one on the left, two inside and across its end on the right, one later on the left.
        let spans = [(a, 70_000..<150_000), (b, 80_000..<90_000), (b, 140_000..<170_000), (a, 180_000..<180_500)]
        for (speaker, range) in spans {
            var rendered = ReconstructionRenderer.Rendered(change: [:], voice: [:])
            let samples = try material.programme.read(range)
            for channel in material.channels(of: speaker) {
                rendered.change[channel] = samples[channel].map { -2 * $0 }
                rendered.voice[channel] = [Float](repeating: 0.25, count: range.count)
            }
            try sheet.add(rendered, at: range, progress: { _ in })
        }
        try sheet.finish(progress: { _ in })
        let (new, voice) = try (WaveReader(file("new.wav")), WaveReader(file("voice.wav")))
        #expect(new.frameCount == frames && voice.frameCount == frames)
        let (sound, alone) = try (new.read(0..<frames), voice.read(0..<frames))
        for (channel, speaker) in [a, b].enumerated() {
            let own = spans.filter { $0.0 == speaker }.map(\.1)
            let wrong = (0..<frames).filter { frame in
                let isNew = own.contains { $0.contains(frame) }
                return sound[channel][frame] != (isNew ? -old[channel][frame] : old[channel][frame])
                    || alone[channel][frame] != (isNew ? 0.25 : 0)
            }
            #expect(wrong.isEmpty, "\(wrong.count) frames of channel \(channel), first \(wrong.first ?? -1)")
        }
    }
}

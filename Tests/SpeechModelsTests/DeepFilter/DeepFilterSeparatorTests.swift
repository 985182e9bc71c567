import AudioCore
import Foundation
import SpeechModels
import Testing

@Suite(
    .enabled(
        if: InstalledModels.have("deepfilternet3/libdeepfilter.so")
            && EvaluationAudio.isThere, "deepfilternet3 is not installed or HYPERAUDIO_EVALUATION_AUDIO is not set"))
struct DeepFilterSeparatorTests {
    private static func separate(_ samples: [Float], block: Int = 4801) throws -> [Float] {
        let separator = try DeepFilterSeparator(InstalledModels.folder.appending(path: "deepfilternet3"))
        var at = 0
        var output: [Float] = []
        try separator.separate {
            guard at < samples.count else { return nil }
            defer { at += block }
            return Array(samples[at..<min(at + block, samples.count)])
        } emit: {
            output += $0
        }
        return output
    }

    private static func speech() throws -> [Float] {
        let speech = try EvaluationAudio.read("fullband44k/127389__acclivity__thetimehascome.flac", sampleRate: 48000)
        return Array(speech.prefix(10 * 48000))
    }

    private static func power(_ samples: [Float]) -> Double {
        samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(samples.count)
    }

    /// Scale-invariant signal-to-distortion ratio in dB (Le Roux et al., 2019).
    private static func siSDR(_ estimate: [Float], _ reference: [Float]) -> Double {
        let product = zip(estimate, reference).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        let scale = product / (power(reference) * Double(reference.count))
        let target = power(reference) * scale * scale
        let error = zip(estimate, reference).reduce(0.0) {
            let difference = Double($1.0) - scale * Double($1.1)
            return $0 + difference * difference
        }
        return 10 * log10(target / (error / Double(reference.count)))
    }

    @Test func takesSpeechOutOfMusicAndKeepsItInPlace() throws {
        let speech = try Self.speech()
        var music = try EvaluationAudio.read("music/Awakening.0-60s.ogg", sampleRate: 48000)
        music = Array(music[(20 * 48000)...].prefix(speech.count))
        // 5 dB below the speech.
        let gain = Float((Self.power(speech) / Self.power(music)).squareRoot() * pow(10, -5.0 / 20))
        let mixture = zip(speech, music).map { $0 + gain * $1 }
        let output = try Self.separate(mixture)
        #expect(output.count == mixture.count)
        let before = Self.siSDR(mixture, speech)
        let after = Self.siSDR(output, speech)
        #expect(abs(before - 5) < 0.2)
        #expect(after > 11)
        // In place to the sample: any shift makes the agreement worse.
        let lags = (-3...3).map { lag in
            (1000..<output.count - 1000).reduce(0.0) { $0 + Double(output[$1 + lag]) * Double(speech[$1]) }
        }
        #expect(lags.max() == lags[3])
    }

    @Test(arguments: [1, 479, 480, 481, 1440, 50_001]) func givesAsMuchAsItGets(count: Int) throws {
        let samples = Array(try Self.speech().prefix(count))
        #expect(try Self.separate(samples).count == count)
    }

    @Test func blocksMakeNoDifference() throws {
        let samples = Array(try Self.speech().prefix(96000))
        #expect(try Self.separate(samples, block: 100) == Self.separate(samples, block: 96000))
    }

    @Test func saysWhatToDoWithoutTheLibrary() {
        #expect {
            try DeepFilterSeparator(URL(filePath: "/nowhere"))
        } throws: {
            "\($0)".contains("models install")
        }
    }
}

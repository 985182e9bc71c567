import AudioCore
import Foundation
import Testing

@testable import Pipeline

struct VoiceMixtureTests {
    private func voice(_ name: String, _ value: Float) -> Voice {
        Voice(name: name, styles: Matrix(rows: 2, columns: 3, repeating: value), digest: "digest of \(name)")
    }

    private func mix(_ parts: [(Voice, Double)]) throws -> (mixture: VoiceMixture, styles: [Float]) {
        try VoiceMixture.mix(parts.map { (voice: $0, weight: $1) }, name: "anna") { "\($0.count)" }
    }

    @Test func weightsAreSharesWhateverTheirSum() throws {
        for scale in [1.0, 10] {
            let (mixture, styles) = try mix([(voice("a", 1), 0.6 * scale), (voice("b", 2), 0.4 * scale)])
            #expect(styles.count == 6 && styles.allSatisfy { abs($0 - 1.4) < 1e-6 })
            #expect(mixture.recipe == "0.60 a + 0.40 b")
            #expect(mixture.parts.map(\.digest) == ["digest of a", "digest of b"])
            #expect(mixture.digest == "6" && mixture.name == "anna")
        }
    }

    @Test func oneVoiceIsNoMixtureAndOtherFormsDoNotMix() {
        #expect(throws: AudioError.self) { try mix([(voice("a", 1), 1)]) }
        #expect(throws: AudioError.self) { try mix([(voice("a", 1), 1), (voice("a", 1), 2)]) }
        let other = Voice(name: "c", styles: Matrix(rows: 1, columns: 3), digest: "c")
        #expect(throws: AudioError.self) { try mix([(voice("a", 1), 1), (other, 1)]) }
    }

    @Test func ingredientsAreReadAsPeopleWriteThem() throws {
        let part = try VoiceMixture.Ingredient(argument: "af_heart=0.6")
        #expect(part.voice == "af_heart" && part.weight == 0.6)
        #expect(try VoiceMixture.Ingredient(argument: "af_heart").weight == 1)
        for text in ["=1", "a=", "a=x", "a=0", "a=-1", "a=nan", "a=inf", ""] {
            #expect(throws: AudioError.self, "\(text)") { try VoiceMixture.Ingredient(argument: text) }
        }
    }

    @Test(arguments: [
        (95.0, 2400.0, VoiceSex.male), (120, 2500, .male), (210, 2900, .female), (240, 3000, .female),
        (155, 2700, .between),
    ])
    func aVoiceSoundsAsPitchAndTractSay(hertz: Double, formant: Double, sex: VoiceSex) {
        #expect(VoiceSex(medianHertz: hertz, thirdFormantHertz: formant) == sex)
    }

    @Test func pitchAloneSpeaksWhereFormantsAreMissing() {
        #expect(VoiceSex(medianHertz: 100, thirdFormantHertz: nil) == .male)
        #expect(VoiceSex(medianHertz: 230, thirdFormantHertz: nil) == .female)
        #expect(VoiceSex(medianHertz: 156, thirdFormantHertz: nil) == .between)
    }
}

import AudioCore
import Testing

@testable import Pipeline

/// Which stock voices a fit tries.
@Suite struct VoiceCandidatesTests {
    private func voice(_ name: String, _ language: String?) -> Voice {
        Voice(name: name, styles: Matrix(rows: 0, columns: 0), digest: name, language: language)
    }

    @Test func voicesOfAnotherLanguageComeLast() {
        let ranked = [
            voice("kumo", "ja"), voice("heart", "en"), voice("mine", nil), voice("dora", "es"), voice("emma", "en"),
        ]
        let names = { (languages: Set<String>) in
            VoiceFitting.promising(ranked, languages: languages).map(\.name)
        }
        #expect(names(["en"]) == ["heart", "mine", "emma", "kumo"])
        #expect(names(["es", "en"]) == ["heart", "mine", "dora", "emma"])
        #expect(names(["hi"]).prefix(2) == ["mine", "kumo"])
    }

    @Test func aVoiceThatIsNotThereIsAUsageError() throws {
        let voices = [voice("heart", "en")]
        #expect(try VoiceFitting.voice(named: "heart", of: voices).name == "heart")
        let error = #expect(throws: AudioError.self) { try VoiceFitting.voice(named: "hart", of: voices) }
        #expect(error?.kind == .usage)
        #expect(error?.mend.contains("voices list") == true)
    }

    @Test func anAccentThatIsNotThePersonsIsSaid() {
        #expect(voice("kumo", "ja").accentNotice(speaking: ["en"])?.contains("(ja) than is spoken (en)") == true)
        #expect(voice("heart", "en").accentNotice(speaking: ["en"]) == nil)
        // There are no Spanish voices to fetch.
        #expect(voice("heart", "en").accentNotice(speaking: ["es"])?.hasSuffix("has its accent.") == true)
        #expect(voice("mine", nil).accentNotice(speaking: ["en"]) == nil)
        #expect(voice("kumo", "ja").accentNotice(speaking: []) == nil)
    }
}

import Testing

@testable import SpeechModels

@Suite struct VoiceLanguageTests {
    @Test(arguments: [
        ("af_heart", "en"), ("bm_lewis", "en"), ("jm_kumo", "ja"), ("pf_dora", "pt"), ("mine", nil), ("af_", nil),
        ("xf_one", nil), ("zoom_in", nil), ("", nil),
    ])
    func kokorosNamesTellWhoseAccentAVoiceHas(name: String, language: String?) {
        #expect(VoiceCatalogue.language(of: name) == language)
    }
}

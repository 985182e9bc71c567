import AudioCore
import Testing

@Suite struct TranscriptErrorsTests {
    @Test(arguments: [
        ("“Don’t stop,” he said—42 times!", ["don't", "stop", "he", "said", "42", "times"]),
        ("'Tis the dogs' 'own' rock ’n’ roll", ["tis", "the", "dogs", "own", "rock", "n", "roll"]),
        ("ÉTÉ, café; naïve…", ["été", "café", "naïve"]), ("well-known", ["well", "known"]), (" — ' ’ ", []), ("", []),
    ])
    func onlyWhatIsSpokenIsCompared(_ text: String, _ words: [String]) {
        #expect(TranscriptErrors.words(of: text) == words)
    }

    @Test func errorsAreCountedByWords() {
        let alignment = TranscriptErrors.alignment(reference: "The cat, sat.", hypothesis: "the bat sat down")
        #expect(alignment.substitutions == 1 && alignment.insertions == 1 && alignment.deletions == 0)
        #expect(TranscriptErrors.alignment(reference: "forty-two", hypothesis: "forty two").errors == 0)
        #expect(TranscriptErrors.alignment(reference: "It’s fine", hypothesis: "it's fine").errors == 0)
        #expect(TranscriptErrors.alignment(reference: "42", hypothesis: "forty two").errors == 2)
        #expect(TranscriptErrors.alignment(reference: "", hypothesis: "well").errorRate == nil)
    }
}

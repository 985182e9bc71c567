import AudioCore
import Testing

@testable import Commands
@testable import Pipeline

@Suite struct VoicesCommandTests {
    private func parsed<Command>(_ arguments: String..., as type: Command.Type) throws -> Command {
        try #require(try HyperAudio.parseAsRoot(arguments) as? Command)
    }

    @Test func whatIsTypedIsWhatIsMeant() throws {
        let suggest = try parsed(
            "voices", "suggest", "a b.mp3", "--for", "contrast", "--speaker", "Anna", as: VoicesSuggestCommand.self)
        #expect(suggest.wish == .contrast && suggest.speaker == "Anna" && suggest.input == "a b.mp3")
        let mix = try parsed("voices", "mix", "a=0.6", "b=0.4", "--name", "anna", as: VoicesMixCommand.self)
        #expect(mix.parts == ["a=0.6", "b=0.4"] && mix.name == "anna")
        let analyse = try parsed("analyse", "a.mp3", "--one-voice", "-o", "x.csv", as: AnalyseCommand.self)
        #expect(analyse.oneVoice && analyse.output == "x.csv")
        _ = try parsed("analyze", "a.mp3", as: AnalyseCommand.self)
        _ = try parsed("voices", as: VoicesListCommand.self)
    }

    @Test(arguments: [
        ["voices", "suggest"], ["voices", "suggest", "a.mp3", "--for", "fun"], ["voices", "mix", "a=1"],
        ["voices", "compare", "a"], ["analyse"], ["analyse", "a.mp3", "--speakers", "0"],
    ])
    func whatCannotBeMeantIsRefused(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try HyperAudio.parseAsRoot(arguments) }
    }

    /// All figures of a speaker, with what is usual, and what is left out.
    @Test func theTextSaysWhatWasNotMeasuredAndWhatIsLeftOut() {
        let figures = VoiceTally().figures
        let analysis = VoiceAnalysis(
            input: "/a", listenedTo: .vocals,
            speakers: [
                .init(id: .init(index: 0), name: "Anna", turns: 1, summary: "S.", figures: figures)
            ],
            turns: [.init(turn: 4, speaker: .init(index: 0), start: 62, end: 63, figures: figures)])
        let text = VoiceAnalysisText(analysis)
        #expect(text.whole.contains("Speaker_A \"Anna\"") && text.whole.contains("not measured: too little of it"))
        #expect(text.whole.contains("Emotion and mood are left out") && text.whole.contains("1:02.0"))
        let rows = text.turns(separator: ",").split(separator: "\r\n")
        #expect(rows.count == 2 && rows[1].hasPrefix("4,Speaker_A,62.00,1.00,,"))
        #expect(rows.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 18 })
    }
}

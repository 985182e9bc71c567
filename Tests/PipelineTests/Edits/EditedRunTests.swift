import AudioCore
import Files
import Foundation
import Testing

@testable import Pipeline

/// What a change makes again, and what it leaves as it was: counted in finished pieces of speech and compared sample by
/// sample, with doubles for all engines.
@Suite struct EditedRunTests {
    private let a = SpeakerID(index: 0)
    private let b = SpeakerID(index: 1)

    /// Finished pieces of speech; the stage's own folders list several.
    private func pieces(_ stage: RunStage) throws -> Set<String> {
        let home = try stage.runFolder().appendingPathComponent("stages/synthesizer")
        return try Set(
            FileManager.default.contentsOfDirectory(atPath: home.path).filter { name in
                let result = try String(
                    contentsOf: home.appendingPathComponent(name).appendingPathComponent("result.json"), encoding: .utf8
                )
                return result.contains("\"product\" : {")
            })
    }

    private func edit(_ stage: RunStage, _ edits: Edit...) async throws -> EditOutcome {
        var desk = try await stage.runner().desk(of: stage.runFolder())
        return try desk.change(edits, operation: "change", subject: "the run")
    }

    private func made(_ report: Report) -> [StageName] { report.stages.filter { !$0.cached }.map(\.stage) }

    /// Samples that differ between two outputs lie in spans of these passages only, in one report or the other.
    private func differences(
        _ stage: RunStage, _ first: (String, Report), _ second: (String, Report), onlyIn passages: Set<Int>
    ) throws -> Int {
        let (one, two) = (try stage.samples(first.0), try stage.samples(second.0))
        let allowed = [first.1, second.1].flatMap { report in
            report.spans.filter { passages.contains(report.replacements[$0.turn].passage) }
        }
        var count = 0
        for channel in one.indices {
            for frame in one[channel].indices where one[channel][frame] != two[channel][frame] {
                count += 1
                guard allowed.contains(where: { $0.startSample <= frame && frame < $0.endSample }) else {
                    Issue.record("sample \(frame) differs")
                    return count
                }
            }
        }
        return count
    }

    @Test func aFinishedRunKnowsWhatItsSpeakersAreCalled() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        let run = try FinishedRun(stage.runFolder())
        let found = try #require(run.diarization)
        #expect(try run.edited?.names.isEmpty == true && run.edited?.diarization == found)
        _ = try await edit(stage, .name(.init(speaker: found.speakers[0], name: "Anna")))
        let edited = try #require(try run.edited)
        #expect(edited.names == [found.speakers[0]: "Anna"])
        #expect(try edited.speaker("Anna") == found.speakers[0])
        let people = try await stage.runner().people(
            in: stage.request("x.wav").input, knowledge: ProgrammeKnowledge())
        #expect(people.names == edited.names && people.diarization == found)
    }

    @Test func aChangedLineLeavesAllOtherSpansBitForBit() async throws {
        let stage = try RunStage()
        let first = try await stage.replace()
        let before = try pieces(stage)
        let outcome = try await edit(stage, .line(.init(passage: 2, text: "patse nulop lutame siken pelut")))
        #expect(outcome.changed == [2] && outcome.again.map(\.turn) == [2])
        let second = try await stage.replace(stage.request("second.wav"))
        #expect(try pieces(stage).subtracting(before).count == 1)
        #expect(try differences(stage, ("out.wav", first), ("second.wav", second), onlyIn: [2]) > 1000)
        #expect(second.edits?.count == 1 && first.edits == nil)
        #expect(second.replacements.filter { $0.changes != nil }.map(\.passage) == [2])
        // Back again, nothing is spoken and the output is the first one's.
        let folder = try RunFolder(existing: stage.runFolder())
        #expect(try folder.undoEdits()?.changes == [])
        withExtendedLifetime(folder) {}
    }

    @Test func whatIsTakenBackGivesTheFirstOutput() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        _ = try await edit(stage, .line(.init(passage: 2, text: "patse nulop")), .take(.init(passage: 0, take: 2)))
        _ = try await stage.replace(stage.request("second.wav"))
        _ = try { _ = try RunFolder(existing: stage.runFolder()).undoEdits() }()
        let third = try await stage.replace(stage.request("third.wav"))
        #expect(made(third).isEmpty)
        #expect(try Digest.ofFile(stage.file("third.wav")) == Digest.ofFile(stage.file("out.wav")))
    }

    @Test func aReassignedTurnIsTheOnlyOneMade() async throws {
        let stage = try RunStage()
        let first = try await stage.replace()
        let before = try pieces(stage)
        let turn = try #require(await stage.runner().desk(of: stage.runFolder()).programme.passage(3))
        #expect(turn.speaker == b)
        let outcome = try await edit(stage, .assign(.init(from: b, to: a, spans: [turn.span])))
        #expect(outcome.again.map(\.turn) == [3])
        let second = try await stage.replace(stage.request("second.wav"))
        #expect(try pieces(stage).subtracting(before).count == 1)
        #expect(second.replacements.map(\.passage) == [0, 2, 3, 4])
        #expect(try differences(stage, ("out.wav", first), ("second.wav", second), onlyIn: [3]) > 1000)
        #expect(second.speakers.map(\.turns) == [4, 1])
        #expect(made(second) == [.synthesizer, .reconstructor, .output, .report])
    }

    @Test func aNameMakesNothingAndIsShown() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        let outcome = try await edit(stage, .name(.init(speaker: a, name: "Anna")))
        #expect(outcome.changed.isEmpty)
        let second = try await stage.replace(stage.request("second.wav", voices: ["Anna=tone"]))
        #expect(made(second).isEmpty)
        #expect(second.speakers.map(\.name) == ["Anna", nil] && second.speakers.map(\.id) == [a, b])
        let page = try String(contentsOf: stage.runFolder().appendingPathComponent("report.html"), encoding: .utf8)
        #expect(page.contains("Anna (Speaker_A)") && page.contains("Changed by hand: 1 name"))
    }

    @Test func aTakeMakesOneTurnAndGoingBackMakesNone() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        let before = try pieces(stage)
        _ = try await edit(stage, .take(.init(passage: 4, take: 3)))
        _ = try await stage.replace(stage.request("second.wav"))
        let after = try pieces(stage)
        #expect(after.subtracting(before).count == 1)
        _ = try await edit(stage, .take(.init(passage: 4, take: 1)))
        let third = try await stage.replace(stage.request("third.wav"))
        #expect(try pieces(stage) == after && made(third).isEmpty)
    }

    @Test func aKeptStretchIsTheOriginalSampleBySample() async throws {
        let stage = try RunStage()
        let first = try await stage.replace()
        let words = try await passage(2, stage).words
        let span = TimeSpan(start: words[1].span.start - 0.03, end: words[2].span.end + 0.03)
        try await keep(stage, span)
        let before = try pieces(stage)
        let second = try await stage.replace(stage.request("second.wav"))
        // The words before, those after, and the note of those that stay.
        #expect(try pieces(stage).subtracting(before).count == 3)
        let rate = Double(TonePlay.sampleRate)
        let frames = Int((span.start * rate).rounded())..<Int((span.end * rate).rounded())
        #expect(second.spans.allSatisfy { !($0.startSample..<$0.endSample).overlaps(frames) })
        let output = try stage.samples("second.wav")
        #expect(output[0][frames] == TonePlay.programme[0][frames])
        #expect(try differences(stage, ("out.wav", first), ("second.wav", second), onlyIn: [2]) > 1000)
        let kept = try #require(second.replacements.first { $0.flags.contains(.keptByChoice) })
        #expect(kept.kept && kept.text == words[1...2].map(\.text).joined(separator: " "))
    }

    private func keep(_ stage: RunStage, _ span: TimeSpan) async throws {
        _ = try await edit(stage, .stretch(.init(policy: .keep, span: span, label: "laugh")))
    }

    @Test func aMutedVoiceGoesWhoeverItIs() async throws {
        let stage = try RunStage()
        let first = try await stage.replace()
        let turn = try await passage(1, stage)
        let word = try #require(turn.words.first).span
        _ = try await edit(
            stage, .stretch(.init(policy: .mute, span: word, speaker: b, label: "cough")))
        let before = try pieces(stage)
        let second = try await stage.replace(stage.request("second.wav"))
        #expect(try pieces(stage).subtracting(before).count == 1)
        let muted = try #require(second.replacements.first { $0.flags.contains(.mutedByChoice) })
        #expect(muted.speaker == b && !muted.kept && muted.text.isEmpty && muted.passage == 1)
        #expect(second.speakers.map(\.voice) == ["tone", nil])
        #expect(try differences(stage, ("out.wav", first), ("second.wav", second), onlyIn: [1]) > 100)
        let rate = Double(TonePlay.sampleRate)
        let inner = Int((word.start + 0.05) * rate)..<Int((word.end - 0.05) * rate)
        func power(_ samples: ArraySlice<Float>) -> Float { samples.reduce(0) { $0 + $1 * $1 } }
        let output = try stage.samples("second.wav")[0]
        #expect(power(output[inner]) < 0.01 * power(TonePlay.programme[0][inner]))
        #expect((second.totals.replacedShare ?? 0) > 0.9, "who only goes silent was not chosen")
    }

    private func passage(_ id: Int, _ stage: RunStage) async throws -> Passage {
        try #require(await stage.runner().desk(of: stage.runFolder()).programme.passage(id))
    }

    @Test func replacingAStretchTakesWhatLiesBetweenTheWordsToo() async throws {
        let stage = try RunStage()
        let first = try await stage.replace()
        let turn = try await passage(0, stage)
        let last = try #require(turn.words.last).span
        let span = TimeSpan(start: last.start, end: last.end + 0.3)
        _ = try await edit(stage, .stretch(.init(policy: .replace, span: span, speaker: a)))
        let second = try await stage.replace(stage.request("second.wav"))
        func end(_ report: Report) -> Double {
            report.spans.filter { report.replacements[$0.turn].passage == 0 }.map(\.end).max() ?? 0
        }
        #expect(end(first) < span.end - 0.1)
        #expect(abs(end(second) - span.end) < 0.06)
    }

    @Test func aSplitSpeakerCanHaveAnotherVoice() async throws {
        let stage = try RunStage()
        let first = try await stage.replace()
        let c = SpeakerID(index: 2)
        let turn = try await passage(4, stage)
        let outcome = try await edit(stage, .assign(.init(from: a, to: c, spans: [turn.span])))
        #expect(outcome.changed == [4] && outcome.again.isEmpty)
        let before = try pieces(stage)
        let second = try await stage.replace(
            stage.request("second.wav", voices: ["Speaker_A=tone", "Speaker_C=tone2"]))
        #expect(try pieces(stage).subtracting(before).count == 1)
        #expect(second.speakers.map(\.id) == [a, b, c] && second.speakers.map(\.voice) == ["tone", nil, "tone2"])
        #expect(try differences(stage, ("out.wav", first), ("second.wav", second), onlyIn: [4]) > 1000)
    }

    @Test func mergedSpeakersGetOneVoice() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        _ = try await edit(stage, .merge(.init(speaker: b, into: a)))
        let second = try await stage.replace(stage.request("second.wav"))
        #expect(second.replacements.map(\.passage) == [0, 1, 2, 3, 4])
        #expect(second.speakers.map(\.id) == [a])
    }

    @Test func movedEdgesMoveTheSpan() async throws {
        let stage = try RunStage()
        let first = try await stage.replace()
        let turn = try await passage(0, stage)
        let start = turn.words[1].span.start - 0.02
        _ = try await edit(
            stage, .edges(.init(passage: 0, span: TimeSpan(start: start, end: turn.span.end))))
        let before = try pieces(stage)
        let second = try await stage.replace(stage.request("second.wav"))
        #expect(try pieces(stage).subtracting(before).count == 1)
        #expect(second.replacements.first?.text == turn.words.dropFirst().map(\.text).joined(separator: " "))
        #expect((second.spans.first?.start ?? 0) >= start - 0.051)
        #expect(try differences(stage, ("out.wav", first), ("second.wav", second), onlyIn: [0]) > 1000)
    }

    @Test func whatWasChangedBeforeTheFirstHearingIsSpokenOnce() async throws {
        let stage = try RunStage()
        _ = try await stage.runner().transcript(of: stage.input, knowledge: ProgrammeKnowledge())
        _ = try await edit(stage, .line(.init(passage: 2, text: "patse nulop lutame siken pelut")))
        let first = try await stage.replace()
        #expect(try pieces(stage).count == 3)
        // And later changes leave it alone.
        _ = try await edit(stage, .line(.init(passage: 0, text: "patok limes nukola")))
        let second = try await stage.replace(stage.request("second.wav"))
        #expect(try pieces(stage).count == 4)
        #expect(try differences(stage, ("out.wav", first), ("second.wav", second), onlyIn: [0]) > 1000)
    }

    @Test func changesOfAnotherTranscriptAreRefusedInOneSentence() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        let edits = Edits([.line(.init(passage: 0, text: "x", was: "something else"))])
        try CanonicalJSON.encode(edits).write(to: stage.runFolder().appendingPathComponent("edits.json"))
        let error = await #expect(throws: AudioError.self) { try await stage.replace() }
        #expect(error?.kind == .badData && error?.description.contains("change 1: turn 0 read") == true)
    }

    @Test func anImportedTranscriptBecomesChanges() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        var desk = try await stage.runner().desk(of: stage.runFolder())
        let table = try TranscriptExchange.csv.text(of: desk.programme)
        let corrected = table.replacing("sulem kotap", with: "sulem kotam")
        let imported = try desk.importTranscript(corrected, format: .csv, subject: "x.csv")
        #expect(imported.lines == 1 && imported.outcome.again.map(\.turn) == [4])
        #expect(desk.edits.changes.count == 1)
        // What was found, written again, takes the change back.
        let back = try desk.importTranscript(table, format: .csv, subject: "x.csv")
        #expect(back.lines == 1 && desk.edits.changes.isEmpty)
        #expect(desk.programme == desk.found)
        let error = #expect(throws: AudioError.self) {
            try desk.importTranscript("turn,text\n77,x\n", format: .csv, subject: "x.csv")
        }
        #expect(error?.description.hasPrefix("Cannot import x.csv, line 2: the run has no turn 77;") == true)
        #expect(try desk.folder.edits.changes.isEmpty)
    }
}

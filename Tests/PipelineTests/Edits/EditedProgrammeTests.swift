import AudioCore
import Testing

@testable import Pipeline

/// What changes make of a programme.
@Suite struct EditedProgrammeTests {
    private let a = EditedTalk.a
    private let b = EditedTalk.b
    private let c = EditedTalk.c
    private let d = SpeakerID("Speaker_D")

    private func fault(_ edits: Edit...) -> String? {
        do {
            var programme = try EditedTalk.programme
            for edit in edits { try programme.apply(edit) }
            return nil
        } catch { return (error as? EditedProgramme.Fault)?.cause ?? "another error" }
    }

    @Test func aNameIsShownAndTheIdStays() throws {
        let programme = try EditedTalk.after(.name(.init(speaker: a, name: "Anna")))
        #expect(programme.title(of: a) == "Anna (Speaker_A)" && programme.title(of: b) == "Speaker_B")
        #expect(try programme.speaker("anna") == a && programme.speaker("Speaker_A") == a)
        #expect(programme.speakers == [a, b, c])
        let back = try EditedTalk.after(
            .name(.init(speaker: a, name: "Anna")), .name(.init(speaker: a, name: "Speaker_A")))
        #expect(back == (try EditedTalk.programme))
    }

    @Test func mergedPeopleAreOne() throws {
        let programme = try EditedTalk.after(.merge(.init(speaker: c, into: a)))
        #expect(programme.speakers == [a, b])
        #expect(programme.transcript.passages.map(\.speaker) == [a, b, a, a, b])
        // 19...24 and 23...25 overlap: one turn.
        #expect(programme.diarization.turns(of: a).map(\.span) == [span(10, 14), span(19, 25)])
        #expect(programme.freshSpeaker == d, "an id that was used is not given again")
    }

    @Test func whatIsCoveredWholeGoesOverWhole() throws {
        let programme = try EditedTalk.after(.assign(.init(from: a, to: d, spans: [span(19, 24)])))
        #expect(programme.transcript.passages.map(\.speaker) == [a, b, d, c, b])
        #expect(programme.transcript.passages.map(\.id) == [0, 1, 2, 3, 4])
        #expect(programme.diarization.turns(of: d).map(\.span) == [span(19, 24)])
        #expect(programme.diarization.seconds(of: a) == 4)
    }

    @Test func ofAPartTheWordsInsideGoOver() throws {
        let programme = try EditedTalk.after(.assign(.init(from: a, to: b, spans: [span(20.9, 23)])))
        let parts = programme.transcript.passages.filter { $0.span.start >= 19 && $0.span.end <= 24 }
        #expect(parts.map(\.text) == ["the captain", "said so", "himself"])
        #expect(parts.map(\.speaker) == [a, b, a])
        #expect(parts.map(\.id) == [2, 5, 6])
        #expect(parts.map(\.span) == [span(19, 20.9), span(20.9, 23), span(23, 24)])
        let total = programme.diarization.turns.reduce(0) { $0 + $1.span.seconds }
        #expect(abs(total - 17) < 1e-9, "no time is lost or doubled")
    }

    @Test func aLineOfANewPartCanBeChanged() throws {
        let programme = try EditedTalk.after(
            .line(.init(passage: 2, text: "the captain said it himself")),
            .assign(.init(from: a, to: b, spans: [span(20.9, 23)])),
            .line(.init(passage: 5, text: "told me", was: "said it")))
        #expect(programme.passage(2)?.text == "the captain" && programme.passage(5)?.text == "told me")
    }

    @Test func movedEdgesMoveTurnAndWords() throws {
        let programme = try EditedTalk.after(.edges(.init(passage: 0, span: span(9.5, 13))))
        #expect(programme.passage(0)?.span == span(9.5, 13))
        #expect(programme.passage(0)?.text == "we sail at")
        #expect(programme.diarization.turns(of: a).first?.span == span(9.5, 13))
        #expect(programme.diarization.turns.map(\.span.start) == programme.diarization.turns.map(\.span.start).sorted())
    }

    @Test func takesAndStretchesAreKept() throws {
        let laugh = Edit.Stretch(policy: .keep, span: span(11, 12), label: "laugh")
        let programme = try EditedTalk.after(.take(.init(passage: 2, take: 2)), .stretch(laugh))
        #expect(programme.takes == [2: 2] && programme.stretches == [laugh])
        #expect(
            try EditedTalk.after(.take(.init(passage: 2, take: 2)), .take(.init(passage: 2, take: 1))).takes.isEmpty)
    }

    @Test func whatDoesNotFitIsRefusedWithTheNearest() {
        #expect(fault(.line(.init(passage: 9, text: "x"))) == "there is no turn 9; the nearest are 2, 3, 4")
        #expect(
            fault(.merge(.init(speaker: SpeakerID("Speaker_Q"), into: a)))
                == "there is no Speaker_Q; there are Speaker_A, Speaker_B, Speaker_C")
        #expect(fault(.merge(.init(speaker: a, into: a)))?.contains("itself") == true)
        #expect(fault(.assign(.init(from: a, to: b, spans: [span(15, 18)]))) == "Speaker_A does not speak there")
        #expect(fault(.assign(.init(from: a, to: b, spans: [span(5, 2)])))?.contains("no stretch") == true)
        #expect(fault(.edges(.init(passage: 0, span: span(12, 20))))?.contains("turn 2") == true)
        #expect(fault(.edges(.init(passage: 0, span: span(40, 41))))?.contains("10.0 to 14.0") == true)
        #expect(fault(.take(.init(passage: 0, take: 12))) == "there is no take 12")
        #expect(fault(.name(.init(speaker: a, name: " ")))?.contains("letters") == true)
        #expect(fault(.name(.init(speaker: a, name: "Speaker_B")))?.contains("already") == true)
        #expect(fault(.stretch(.init(policy: .keep, span: span(3, 3))))?.contains("no stretch") == true)
        #expect(
            fault(.line(.init(passage: 0, text: "x", was: "we sailed")))
                == "turn 0 read \"we sailed\" when it was changed and reads \"we sail at dawn\" now")
    }

    @Test func peopleOnChannelsOfTheirOwnCannotBecomeOneAnother() throws {
        let found = try EditedTalk.programme
        var diarization = found.diarization
        diarization.channels = [a: 0, b: 1, c: 1]
        let edit = Edit.merge(.init(speaker: b, into: a))
        let error = #expect(throws: AudioError.self) {
            try EditedProgramme(transcript: found.transcript, diarization: diarization, edits: [edit])
        }
        #expect(error?.description.contains("change 1: Speaker_B is heard on channel 2") == true)
        _ = try EditedProgramme(
            transcript: found.transcript, diarization: diarization, edits: [.merge(.init(speaker: b, into: c))])
    }

    private func span(_ start: Double, _ end: Double) -> TimeSpan { TimeSpan(start: start, end: end) }
}

import AudioCore
import Files
import Foundation
import Synchronization
import Testing

@testable import Pipeline

/// Two people who hum, measured through the whole pipeline.
@Suite struct VoiceAnalysisTests {
    private let a = SpeakerID(index: 0)
    private let b = SpeakerID(index: 1)

    @Test func everybodysPitchIsHisOwn() async throws {
        let stage = try RunStage()
        let analysis = try await stage.runner().voiceAnalysis(
            of: stage.input, knowledge: ProgrammeKnowledge(), request: VoiceAnalysisRequest())
        #expect(analysis.speakers.map(\.id) == [a, b] && analysis.listenedTo == .vocals)
        for (speaker, hertz) in zip(analysis.speakers, TonePlay.pitches) {
            let pitch = try #require(speaker.figures.pitch)
            #expect(abs(12 * log2(pitch.medianHertz / hertz)) < 0.3, "\(pitch.medianHertz)")
            #expect(pitch.spreadSemitones < 1.5)
        }
        #expect(analysis.turns.map(\.speaker) == [a, b, a, b, a])
        #expect(analysis.turns.map(\.turn) == [0, 1, 2, 3, 4])
        // What lies between a person's turns is another's, no pause.
        let seconds = analysis.turns.filter { $0.speaker == a }.reduce(0) { $0 + $1.figures.seconds }
        #expect(abs(analysis.speakers[0].figures.seconds - seconds) < 1e-6)
        #expect(analysis.leftOut.contains("Emotion and mood are left out"))
    }

    @Test func oneSpeakerByNameAndNobodyUnknown() async throws {
        let stage = try RunStage()
        let one = try await stage.runner().voiceAnalysis(
            of: stage.input, knowledge: ProgrammeKnowledge(), request: VoiceAnalysisRequest(speaker: "speaker_b"))
        #expect(one.speakers.map(\.id) == [b] && one.turns.allSatisfy { $0.speaker == b })
        var desk = try await stage.runner().desk(of: stage.runFolder())
        _ = try desk.change([.name(.init(speaker: a, name: "Anna"))], operation: "rename", subject: "x")
        _ = consume desk
        let named = try await stage.runner().voiceAnalysis(
            in: stage.runFolder(), request: VoiceAnalysisRequest(speaker: "Anna"))
        #expect(named.speakers.map(\.name) == ["Anna"])
        await #expect(throws: AudioError.self) {
            try await stage.runner().voiceAnalysis(
                in: stage.runFolder(), request: VoiceAnalysisRequest(speaker: "Bert"))
        }
    }

    @Test func momentsAreWhatTheFiguresAreMadeOf() async throws {
        let stage = try RunStage()
        let moments = Mutex<[VoiceAnalysis.Moment]>([])
        let request = VoiceAnalysisRequest(isOneVoice: true) { moment in moments.withLock { $0.append(moment) } }
        let analysis = try await stage.runner().voiceAnalysis(
            of: stage.input, knowledge: ProgrammeKnowledge(), request: request)
        #expect(analysis.listenedTo == .recording && analysis.speakers.count == 1)
        let hertz = moments.withLock { $0.compactMap(\.hertz) }
        let figures = try #require(analysis.speakers.first?.figures)
        #expect(abs(figures.voicedSeconds - 0.01 * Double(hertz.count)) < 1e-6)
        #expect(abs(try #require(figures.pitch).medianHertz - quantile(0.5, of: hertz)) < 0.01)
        #expect(figures.rate?.countedBy == .loudness)
    }

    @Test func figuresThatWereNotMeasuredAreNull() throws {
        let text = String(decoding: try CanonicalJSON.pretty(VoiceTally().figures), as: UTF8.self)
        for name in ["pitch", "rate", "jitterLocal", "harmonicsToNoiseDecibels", "formants"] {
            #expect(text.contains("\"\(name)\" : null"), "\(name) in \(text)")
        }
        #expect(VoiceSummary(VoiceTally().figures).sentence.contains("Too little"))
    }

    @Test func silencesAreNothingPausesOrBreaks() throws {
        var tally = VoiceTally()
        tally.add(
            sounding: TimeSpan(start: 0, end: 20),
            silences: [TimeSpan(start: 1, end: 1.2), TimeSpan(start: 3, end: 4), TimeSpan(start: 6, end: 16)])
        tally.syllablesByWords = 27
        // Ten seconds were a break, one was a pause: nine of talk.
        let figures = tally.figures
        #expect(figures.seconds == 10 && figures.pauses?.count == 1)
        #expect(figures.rate?.articulation == 3 && figures.rate?.speaking == 2.7)
        tally.add(gap: TimeSpan(start: 20, end: 22))
        tally.add(gap: TimeSpan(start: 22, end: 42))
        #expect(tally.figures.seconds == 12 && tally.figures.pauses?.count == 2)
    }

    @Test func aPersonsFiguresAreThoseOfAllFrames() throws {
        var short = VoiceTally()
        short.octaves = [Float](repeating: 8, count: 10)
        var long = VoiceTally()
        long.octaves = [Float](repeating: 7, count: 100)
        var both = short
        both.add(long)
        #expect(try #require(both.figures.pitch).medianHertz == 128)
        #expect(abs(both.figures.voicedSeconds - 1.1) < 1e-9)
        // A tenth of a second has a pitch but describes nobody.
        #expect(short.figures.pitch != nil && VoiceSummary(short.figures).sentence.contains("Too little"))
        #expect(VoiceSummary(both.figures).sentence.hasPrefix("A low voice; "))
    }

    /// "fˈæmᵊli kˈAm": family, came.
    @Test func syllablesAreTheVowelsOfThePronunciation() {
        let words = ["fˈæmᵊli", "kˈAm", "ˈIɹᵊn", "hmm"].map {
            SpokenWord(text: "", source: 0, phonemes: $0, punctuation: "")
        }
        let count = SyllableCount(words)
        #expect(count.syllables == 3 + 1 + 2 && count.phonemes == 6 + 3 + 4 + 3)
    }
}

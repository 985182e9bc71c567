import Testing

@testable import AudioCore

@Suite struct SpeakerAttributionTests {
    private func attribute(
        _ conversation: SyntheticConversation, voices: Int, likeness: Float = 0, count: SpeakerCount = SpeakerCount()
    ) throws -> SpeakerAttribution {
        var synthetic = SyntheticVoices(voices, likeness: likeness)
        let windows = conversation.windows()
        let speech = SpeechActivity(windows)
        return try SpeakerAttribution(
            windows: windows, speech: speech, segments: conversation.segments(speech, &synthetic), count: count)
    }

    @Test(arguments: 1...4) func whoSpeaksWhenIsFound(voices: Int) throws {
        let conversation = SyntheticConversation.alternating(voices, seconds: 150)
        let result = try attribute(conversation, voices: voices, likeness: 0.2)
        #expect(result.activity.speakerCount == voices)
        #expect(conversation.accuracy(result.activity) > 0.98)
        #expect(result.turns.allSatisfy { (0...1).contains($0.confidence) })
        #expect(result.turns.map(\.frames.lowerBound) == result.turns.map(\.frames.lowerBound).sorted())
    }

    /// A cough is nobody's voice, unless the user says how many people there are.
    @Test func crumbsAreGivenToTheOthers() throws {
        var conversation = SyntheticConversation.alternating(2, seconds: 40)
        let long = try #require(conversation.turns.first { $0.voice == 0 && $0.frames.count > 200 })
        conversation.turns.append((2, long.frames.lowerBound + 80..<long.frames.lowerBound + 120))
        #expect(try attribute(conversation, voices: 3).activity.speakerCount == 2)
    }

    @Test func turnEdgesLieOnTheProgrammesTime() throws {
        let conversation = SyntheticConversation(frameCount: 900, turns: [(0, 100..<300), (1, 400..<800)])
        let result = try attribute(conversation, voices: 2, count: SpeakerCount(exact: 2))
        #expect(result.turns.map(\.speaker) == [0, 1])
        let span = result.span(of: result.turns[1].frames)
        #expect(abs(span.start - (360 + 400 * 270) / 16_000.0) < 1e-9)
        #expect(abs(span.end - (360 + 800 * 270) / 16_000.0) < 1e-9)
    }

    /// Soft beginnings and ends belong to who speaks, but nobody's margin lies in another's speech.
    @Test func turnsAreWidenedOnlyIntoSilence() throws {
        let conversation = SyntheticConversation(
            frameCount: 900, turns: [(0, 3..<300), (1, 304..<500), (0, 560..<895)])
        let result = try attribute(conversation, voices: 2, count: SpeakerCount(exact: 2))
        let margin = result.grid.frames(0.135)
        #expect(result.turns.map(\.frames) == [3..<300, 304..<500, 560..<895])
        #expect(result.turns.map(\.widened) == [0..<302, 302..<500 + margin, 560 - margin..<900])
    }

    /// Somebody else's short remark must neither cut a turn nor be lost.
    @Test func overlapIsKept() throws {
        var conversation = SyntheticConversation.alternating(2, seconds: 90)
        let long = try #require(conversation.turns.first { $0.voice == 0 && $0.frames.count > 200 })
        let remark = long.frames.lowerBound + 80..<long.frames.lowerBound + 140
        conversation.turns.append((1, remark))
        let result = try attribute(conversation, voices: 2)
        let both = remark.filter { result.activity.activeCount($0) == 2 }.count
        #expect(both > 50)
        let turn = try #require(result.turns.first { $0.frames.contains(remark.lowerBound + 30) && $0.speaker == 0 })
        #expect(turn.frames.lowerBound <= long.frames.lowerBound + 2)
        #expect(turn.frames.upperBound >= long.frames.upperBound - 2)
    }

    @Test func shortGapsAreJoinedUnlessSomebodyElseSpeaks() throws {
        let conversation = SyntheticConversation(
            frameCount: 1500,
            turns: [
                (0, 50..<350), (0, 375..<600), (1, 650..<900), (0, 930..<1000), (1, 1002..<1020), (0, 1022..<1200),
                (1, 1230..<1450),
            ])
        let result = try attribute(conversation, voices: 2, count: SpeakerCount(exact: 2))
        let first = result.turns.filter { $0.speaker == 0 }.map(\.frames)
        #expect(first.first == 50..<600)
        #expect(first.contains { $0.lowerBound < 940 && $0.upperBound < 1010 })
    }

    /// The segmenter sometimes gives two people one local speaker; the voices must put that right.
    @Test func voicesTellPeopleApartWhomTheSegmenterJoins() throws {
        let conversation = SyntheticConversation.alternating(2, seconds: 120)
        var windows = SegmentationWindows(sampleCount: conversation.sampleCount)
        let right = conversation.windows()
        for index in 0..<right.count {
            let classes = Array(right.classes(index))
            let padded = classes + [UInt8](repeating: 0, count: 589 - classes.count)
            windows.append(index % 3 == 0 ? padded.map { $0 > 0 ? 1 : 0 } : padded)
        }
        var synthetic = SyntheticVoices(2)
        let speech = SpeechActivity(windows)
        let result = try SpeakerAttribution(
            windows: windows, speech: speech, segments: conversation.segments(speech, &synthetic),
            count: SpeakerCount())
        #expect(result.activity.speakerCount == 2)
        #expect(conversation.accuracy(result.activity) > 0.95)
    }

    @Test func silenceHasNoTurns() throws {
        let result = try attribute(SyntheticConversation(frameCount: 800, turns: []), voices: 1)
        #expect(result.turns.isEmpty)
        #expect(result.voices.rows == 0)
    }

    @Test func sameInputGivesSameResult() throws {
        let conversation = SyntheticConversation.alternating(3, seconds: 100)
        let first = try attribute(conversation, voices: 3, likeness: 0.3)
        let second = try attribute(conversation, voices: 3, likeness: 0.3)
        #expect(first.turns == second.turns)
        #expect(first.voices == second.voices)
    }

    @Test func localSpeakersNeverShareAVoice() {
        #expect(SpeakerFusion.bestAssignment([[5, 4], [5, 1], nil]) == [1, 0, nil])
        #expect(SpeakerFusion.bestAssignment([[1, 2, 3], [1, 3, 4], [1, 2, 9]]) == [0, 1, 2])
        #expect(SpeakerFusion.bestAssignment([[2], [3], nil]) == [nil, 0, nil])
    }

    @Test func windowsCoverTheProgramme() {
        let grid = SegmentationGrid()
        for samples in [1, 160_000, 160_001, 176_200, 176_201, 10_800 * 16_000] {
            let windows = grid.windowCount(sampleCount: samples)
            #expect((windows - 1) * grid.hopSamples + grid.windowSamples >= samples)
            #expect(windows == 1 || (windows - 2) * grid.hopSamples + grid.windowSamples < samples)
        }
        #expect(grid.frame(ofSample: 359) == -1)
        #expect(grid.frame(ofSample: 360 + 270) == 1)
    }
}

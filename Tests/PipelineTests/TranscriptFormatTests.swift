import AudioCore
import TestSupport
import Testing

@testable import Pipeline

@Suite struct TranscriptFormatTests {
    private let a = SpeakerID(index: 0)
    private let b = SpeakerID(index: 1)

    private func passage(_ id: Int, _ speaker: SpeakerID, _ text: String, from start: Double) -> Passage {
        let words = text.split(separator: " ").enumerated().map { index, word in
            Word(
                text: String(word),
                span: TimeSpan(start: start + 0.5 * Double(index), end: start + 0.5 * Double(index) + 0.4),
                confidence: 0.75)
        }
        return Passage(
            id: id, speaker: speaker, span: TimeSpan(start: start, end: start + 0.5 * Double(words.count)),
            language: "en", words: words)
    }

    private var transcript: Transcript {
        Transcript(
            language: "en",
            passages: [
                passage(0, a, "Well, 2 < 3 & that's --> it.", from: 1.25),
                passage(1, b, "He said: \"no\".", from: 3725.5),
            ])
    }

    @Test func jsonKeepsEverything() throws {
        let text = try TranscriptFormat.json.text(of: transcript)
        #expect(try TranscriptFormat.json.transcript(from: text, subject: "it") == transcript)
    }

    @Test(arguments: TranscriptFormat.allCases) func everyFormatKeepsSpeakersWordsAndTimes(_ format: TranscriptFormat)
        throws
    {
        let read = try format.transcript(from: format.text(of: transcript), subject: "it")
        #expect(read.passages.map(\.text) == transcript.passages.map(\.text))
        #expect(read.passages.map(\.speaker) == [a, b])
        for (one, other) in zip(read.passages, transcript.passages) {
            #expect(abs(one.span.start - other.span.start) < 0.002 && abs(one.span.end - other.span.end) < 0.11)
            #expect(one.words.map(\.span.start) == one.words.map(\.span.start).sorted())
        }
    }

    @Test func subtitlesAreWrittenAsPlayersReadThem() throws {
        let subRip = try TranscriptFormat.subRip.text(of: transcript)
        #expect(subRip.hasPrefix("1\n00:00:01,250 --> 00:00:05,150\n"))
        #expect(subRip.contains("\n2\n01:02:05,500 --> 01:02:06,900\nSpeaker_B: He said: \"no\".\n"))
        let webVTT = try TranscriptFormat.webVTT.text(of: transcript)
        #expect(webVTT.hasPrefix("WEBVTT\n\n00:00:01.250 --> "))
        #expect(webVTT.contains("<v Speaker_A>Well, 2 &lt; 3 &amp; that's --&gt; it.\n"))
    }

    @Test func cuesAreShortEnoughToRead() {
        let long = Transcript(
            language: "en",
            passages: [passage(0, a, (0..<60).map { "word\($0)" }.joined(separator: " "), from: 0)])
        let cues = TranscriptSubtitles.cues(of: long)
        #expect(cues.allSatisfy { $0.text.count <= 84 && $0.span.seconds <= 6.01 })
        #expect(cues.map(\.text).joined(separator: " ") == long.passages[0].text)
    }

    @Test func subtitlesFromElsewhereAreRead() throws {
        let file =
            "\u{FEFF}1\r\n00:00:01,000 --> 00:00:02,000 X1:5\r\n<i>Two</i>\r\nlines\r\n\r\n2\r\n"
            + "00:00:03,000 --> 00:00:04,000\r\nAnna-Lena: and more\r\n"
        let read = try TranscriptFormat.subRip.transcript(from: file, language: "de", subject: "it")
        #expect(read.passages.map(\.text) == ["Two lines", "and more"])
        #expect(read.passages.map(\.speaker.name) == ["Speaker_A", "Anna-Lena"])
        #expect(read.language == "de")
        let web =
            "WEBVTT\n\nNOTE a --remark\n\nintro\n00:01.000 --> 00:02.000 align:start\n<v.loud Mary Ann>Hi &amp; bye\n"
        let cue = try TranscriptFormat.webVTT.transcript(from: web, subject: "it").passages
        #expect(cue.map(\.text) == ["Hi & bye"] && cue.map(\.speaker.name) == ["Mary Ann"])
    }

    @Test(arguments: [
        (TranscriptFormat.json, "{}"), (.json, "{\"version\": 2, \"language\": \"en\", \"passages\": []}"),
        (.subRip, "1\n00:00:03,000 --> x\nhello\n"), (.subRip, "just text"), (.text, "no time"),
        (.text, "[5 --> 3] a: b"),
    ]) func damagedFilesAreRefused(_ format: TranscriptFormat, _ text: String) {
        #expect(throws: AudioError.self) { try format.transcript(from: text, subject: "it") }
    }

    @Test(arguments: TranscriptFormat.allCases) func damagedTextIsReadOrRefused(format: TranscriptFormat) throws {
        let text = Array(try format.text(of: transcript).utf8)
        var mutations = Mutations(seed: 22)
        var refused = 0
        for _ in 0..<500 {
            do {
                let damaged = String(decoding: mutations.damage(text), as: UTF8.self)
                let read = try format.transcript(from: damaged, subject: "x")
                for other in TranscriptFormat.allCases { _ = try other.text(of: read) }
            } catch {
                #expect((error as? AudioError)?.kind == .badData)
                refused += 1
            }
        }
        #expect(refused > 10, "\(refused) refused")
    }

    @Test func timesOutOfAllProportionAreRefused() {
        let document =
            #"{"language":"en","version":1,"passages":[{"id":0,"speaker":"A","start":0,"end":1,"language":"en","#
            + #""text":"a","words":[{"text":"a","start":1e300,"end":2e300,"confidence":1}]}]}"#
        #expect(throws: AudioError.self) { try TranscriptFormat.json.transcript(from: document, subject: "x") }
        let subtitles = "1\n99999999:00:00,000 --> 99999999:00:01,000\nA: a\n"
        #expect(throws: AudioError.self) { try TranscriptFormat.subRip.transcript(from: subtitles, subject: "x") }
    }
}

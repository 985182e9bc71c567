import AudioCore
import Foundation

/// The speakers of a programme, for choosing among them.
public struct SpeakerListing: Codable, Sendable {
    public struct Speaker: Codable, Sendable {
        public var id: SpeakerID
        /// What a person called the speaker.
        public var name: String?
        public var seconds: Double
        /// Of all speech, 0...1.
        public var share: Double
        public var turns: Int
        /// The first words; nil where words were not asked for or there are none.
        public var firstWords: String?
        /// A few seconds of the speaker alone.
        public var sample: URL?
    }

    public var speakers: [Speaker]
    public var turns: [SpeakerTurn]
    /// The turns as RTTM.
    public var rttm: URL

    init(_ diarization: Diarization, transcript: Transcript?, names: [SpeakerID: String] = [:], folder: URL) {
        let total = max(1e-9, diarization.turns.reduce(0) { $0 + $1.span.seconds })
        speakers = diarization.speakers.map { id in
            let sample = folder.appendingPathComponent("\(id.name).wav")
            return Speaker(
                id: id, name: names[id], seconds: diarization.seconds(of: id),
                share: diarization.seconds(of: id) / total,
                turns: diarization.turns(of: id).count,
                firstWords: transcript.flatMap { Self.firstWords(of: id, in: $0) },
                sample: FileManager.default.fileExists(atPath: sample.path) ? sample : nil)
        }
        turns = diarization.turns
        rttm = folder.appendingPathComponent("diarization.rttm")
    }

    private static func firstWords(of speaker: SpeakerID, in transcript: Transcript) -> String? {
        let words = transcript.passages.lazy.filter { $0.speaker == speaker }.flatMap(\.words).prefix(8).map(\.text)
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// "Speaker_A (61 %, "welcome back to"), Speaker_B (39 %, "thank you")".
    var sentence: String {
        speakers.map { speaker in
            let words = speaker.firstWords.map { ", \"\($0)\"" } ?? ""
            let name = speaker.name.map { " \"\($0)\"" } ?? ""
            return "\(speaker.id)\(name) (\(Int((100 * speaker.share).rounded())) %\(words))"
        }.joined(separator: ", ")
    }
}

/// Where stems were written.
public struct StemFiles: Codable, Sendable {
    public var vocals: URL
    public var music: URL
}

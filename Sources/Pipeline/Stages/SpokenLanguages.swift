import AudioCore

/// Which language each speaker speaks.
struct SpokenLanguages {
    /// What most is said in.
    let programme: String
    private var own: [SpeakerID: String] = [:]

    /// Less speech than this does not tell that a speaker's language is not the programme's.
    private static let leastSeconds = 8.0

    /// One language for all.
    init(programme: String) { self.programme = programme }

    /// - Parameter heard: what was heard of some pieces, by their numbers; the recognizer found the language of each.
    /// - Returns: nil where no words were heard.
    init?(of pieces: [TranscriptPiece], heard: [Int: Recognition]) {
        var seconds: [SpeakerID: [String: Double]] = [:]
        for (index, recognition) in heard where !recognition.words.isEmpty {
            seconds[pieces[index].speaker, default: [:]][recognition.language, default: 0] +=
                pieces[index].span.seconds
        }
        func most(_ seconds: [String: Double]) -> (key: String, value: Double)? {
            seconds.max { ($0.value, $1.key) < ($1.value, $0.key) }
        }
        let all = seconds.values.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
        guard let programme = most(all)?.key else { return nil }
        self.programme = programme
        for (speaker, seconds) in seconds {
            if let own = most(seconds), own.value >= Self.leastSeconds { self.own[speaker] = own.key }
        }
    }

    subscript(speaker: SpeakerID) -> String { own[speaker] ?? programme }
}

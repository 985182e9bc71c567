import AudioCore

/// Which language each speaker speaks.
struct SpokenLanguages {
    /// What most is said in.
    let programme: String
    private var own: [SpeakerID: String] = [:]

    /// Less speech than this does not tell that a speaker's language is not the programme's.
    private static let leastSeconds = 8.0
    /// Nor does a guess less certain than this.
    private static let leastProbability = 0.5

    /// One language for all.
    init(programme: String) { self.programme = programme }

    /// Asks what each speaker's longest turns are in, as many as can be heard at once.
    /// - Parameters:
    ///   - otherwise: the programme's language where nothing tells it.
    ///   - read: samples of a stretch of a channel (nil: all).
    ///   - languages: probabilities of languages, by code.
    init(
        of diarization: Diarization, otherwise: String, longestSeconds: Double,
        read: (TimeSpan, Int?) throws -> [Float], languages: ([Float]) throws -> [String: Double]
    ) rethrows {
        var weights: [String: Double] = [:]
        var own: [SpeakerID: String] = [:]
        for speaker in diarization.speakers.sorted() {
            var (samples, seconds): ([Float], Double) = ([], 0)
            for turn in diarization.turns(of: speaker).sorted(by: { $0.span.seconds > $1.span.seconds }) {
                guard seconds < longestSeconds, turn.span.seconds > 0 else { break }
                let taken = min(turn.span.seconds, longestSeconds - seconds)
                let span = TimeSpan(start: turn.span.start, end: turn.span.start + taken)
                samples += try read(span, diarization.channels[speaker])
                seconds += taken
            }
            guard !samples.isEmpty else { continue }
            let found = try languages(samples)
            for (language, probability) in found {
                weights[language, default: 0] += probability * diarization.seconds(of: speaker)
            }
            if seconds >= Self.leastSeconds, let best = Self.likeliest(found), best.value >= Self.leastProbability {
                own[speaker] = best.key
            }
        }
        programme = Self.likeliest(weights)?.key ?? otherwise
        self.own = own
    }

    private static func likeliest(_ weights: [String: Double]) -> (key: String, value: Double)? {
        weights.max { ($0.value, $1.key) < ($1.value, $0.key) }
    }

    subscript(speaker: SpeakerID) -> String { own[speaker] ?? programme }
}

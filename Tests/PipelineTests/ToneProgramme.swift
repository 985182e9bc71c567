import AudioCore

/// A programme in tones whose every sound is known.
struct ToneProgramme {
    var timeline: [(Character, Double)] = [(" ", 0.4)]
    var words: [Word] = []
    private var seed: UInt64 = 5

    var seconds: Double { timeline.reduce(0) { $0 + $1.1 } }

    /// - Parameters:
    ///   - sound: what is heard.
    ///   - text: what the transcript has; nil: nothing.
    mutating func say(_ sound: String, as text: String?, confidence: Double = 0.9, pause: Double = 0.05) {
        let start = seconds
        for phone in sound {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            timeline.append((phone, 0.07 + 0.09 * Double(seed >> 40) / Double(1 << 24)))
        }
        if let text {
            // A recognizer's times are off by a tenth of a second.
            let error = 0.1 * (Double(words.count % 3) - 1)
            words.append(
                Word(
                    text: text, span: TimeSpan(start: max(0, start + error), end: seconds + error),
                    confidence: confidence))
        }
        timeline.append((" ", pause))
    }

    mutating func say(_ text: String, pause: Double = 0.05) {
        for word in text.split(separator: " ") { say(String(word), as: String(word)) }
        timeline[timeline.count - 1].1 = pause
    }

    /// When each word-like run of sound begins and ends.
    var truth: [TimeSpan] {
        var time = 0.0
        var spans: [TimeSpan] = []
        var isInside = false
        for (phone, seconds) in timeline {
            if phone == " " {
                isInside = false
            } else if isInside {
                spans[spans.count - 1].end = time + seconds
            } else {
                spans.append(TimeSpan(start: time, end: time + seconds))
                isInside = true
            }
            time += seconds
        }
        return spans
    }
}

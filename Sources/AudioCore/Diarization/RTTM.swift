/// Reads and writes RTTM, NIST's Rich Transcription Time Marked lines: who speaks from when for how long.
public enum RTTM {
    /// One `SPEAKER` line.
    public struct Entry: Sendable, Equatable {
        public var file: String
        /// Counts from 1.
        public var channel: Int
        public var speaker: String
        public var span: TimeSpan

        public init(file: String, channel: Int = 1, speaker: String, span: TimeSpan) {
            self.file = file
            self.channel = channel
            self.speaker = speaker
            self.span = span
        }
    }

    /// - Returns: one line an entry, times to the millisecond; blanks in names become underscores, as fields are blank-separated.
    public static func text(_ entries: [Entry]) -> String {
        entries.map { entry in
            let start = milliseconds(entry.span.start)
            let length = milliseconds(entry.span.end) - start
            return
                "SPEAKER \(field(entry.file)) \(entry.channel) \(seconds(start)) \(seconds(length)) <NA> <NA> "
                + "\(field(entry.speaker)) <NA> <NA>\n"
        }.joined()
    }

    /// Lines of other types and comments (`;;`) are passed over.
    /// - Parameter name: of the text, for the error.
    public static func entries(in text: String, name: String) throws -> [Entry] {
        var entries: [Entry] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard fields.first == "SPEAKER" else { continue }
            guard fields.count >= 8, let channel = Int(fields[2]), let start = Double(fields[3]),
                let length = Double(fields[4]), TimeSpan(start: start, end: start + length).isPlausible
            else {
                throw AudioError(
                    .badData, operation: "read", subject: name,
                    cause: "line \(number + 1) is no RTTM line with a channel, a start and a length")
            }
            entries.append(
                Entry(
                    file: String(fields[1]), channel: channel, speaker: String(fields[7]),
                    span: TimeSpan(start: start, end: start + length)))
        }
        return entries
    }

    private static func milliseconds(_ seconds: Double) -> Int { Int((seconds * 1000).rounded()) }

    private static func seconds(_ milliseconds: Int) -> String {
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    private static func field(_ text: String) -> String {
        let joined = String(text.map { $0.isWhitespace ? "_" : $0 })
        return joined.isEmpty ? "<NA>" : joined
    }
}

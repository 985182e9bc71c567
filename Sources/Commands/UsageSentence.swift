import ArgumentParser

/// What is wrong with the arguments, in one sentence: what, why, and how to mend it.
struct UsageSentence {
    let text: String

    /// - Parameter error: one that ArgumentParser threw.
    init(_ error: any Error) {
        text =
            "Cannot understand the command: \(Self.cause(HyperAudio.message(for: error))); "
            + "`\(Self.helpCommand(HyperAudio.fullMessage(for: error)))` explains it."
    }

    /// ArgumentParser's one or two sentences as half of one: "unknown option '--x'; did you mean '--y'".
    private static func cause(_ message: String) -> String {
        let lines = message.split(whereSeparator: \.isNewline).map { line in
            let text = line.drop { $0 == " " }
            return text.hasPrefix("- ") ? text.dropFirst(2) : text
        }
        let sentences = lines.joined(separator: " ").split(separator: ". ").map { sentence -> String in
            // Options and names keep their letters.
            let isWord = sentence.dropFirst().first?.isLowercase ?? false
            return (isWord ? sentence.prefix(1).lowercased() : String(sentence.prefix(1))) + sentence.dropFirst()
        }
        var cause = sentences.joined(separator: "; ")
        while let last = cause.last, ".?! ".contains(last) { cause.removeLast() }
        return cause.isEmpty ? "an argument is missing or wrong" : cause
    }

    /// "See 'hyperaudio replace --help' for more information." names the command that the arguments were meant for.
    private static func helpCommand(_ message: String) -> String {
        let parts = message.split(separator: "'", omittingEmptySubsequences: false)
        return parts.last { $0.hasPrefix("hyperaudio") && $0.hasSuffix("--help") }.map(String.init)
            ?? "hyperaudio --help"
    }
}

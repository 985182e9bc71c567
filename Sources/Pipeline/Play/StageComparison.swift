import AudioCore
import Files
import Foundation

/// Two results of one stage, side by side.
public struct StageComparison: Codable, Sendable {
    public struct Row: Codable, Sendable, Equatable {
        public var name: String
        public var unit: String
        public var digits: Int
        /// nil where that result has no such figure.
        public var a: Double?
        public var b: Double?

        /// b - a
        public var difference: Double? { a.flatMap { a in b.map { $0 - a } } }

        /// Name, both values, the difference; "-" where there is none.
        public var texts: [String] {
            func text(_ value: Double?, sign: String = "") -> String {
                value.map { sign + StageFigure.text($0, unit, digits: digits) } ?? "-"
            }
            return [name, text(a), text(b), text(difference, sign: (difference ?? 0) > 0 ? "+" : "")]
        }
    }

    /// A choice that was made differently, as canonical JSON has it.
    public struct Choice: Codable, Sendable, Equatable {
        public var option: String
        public var a: String
        public var b: String
    }

    public var a: String
    public var b: String
    public var kind: String
    /// Options that differ; empty where it was not written down how a result was made.
    public var options: [Choice]
    public var figures: [Row]
    /// How far the two are from each other.
    public var distances: [StageFigure]
    public var page: URL?
}

/// Compares results.
public struct StageComparer: Sendable {
    private let inspector: StageInspector
    private let interruption: Interruption

    public init(media: any MediaAccess, cache: ResultCache, interruption: Interruption) {
        inspector = StageInspector(media: media, cache: cache, interruption: interruption)
        self.interruption = interruption
    }

    /// - Parameters:
    ///   - a: a result's name or folder, or a file.
    ///   - page: takes a page on which both can be heard and seen; nil: none is made.
    public func compare(_ a: String, _ b: String, page: URL?) throws -> StageComparison {
        try inspector.inTemporaryFolder { workshop in
            let (roomA, roomB) = (workshop.appendingPathComponent("a"), workshop.appendingPathComponent("b"))
            for room in [roomA, roomB] {
                try FileManager.default.createDirectory(at: room, withIntermediateDirectories: true)
            }
            let (one, two) = try (inspector.subject(a, workshop: roomA), inspector.subject(b, workshop: roomB))
            guard one.kind == two.kind else {
                throw AudioError(
                    .usage, operation: "compare", subject: "\(one.name) and \(two.name)",
                    cause: "one is a \(one.kind), the other a \(two.kind)", mend: "name two of one stage")
            }
            let sounds = SoundPair.pairs(one.sounds, two.sounds)
            var comparison = StageComparison(
                a: one.name, b: two.name, kind: one.kind, options: Self.options(one, two),
                figures: Self.rows(one.figures, two.figures), distances: [])
            comparison.distances =
                Self.distance(one.diarization, two.diarization) + Self.distance(one.transcript, two.transcript)
                + (try sounds.flatMap { try $0.distances(progress: interruption.check) })
            if let page {
                let home = page.deletingLastPathComponent()
                do {
                    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
                } catch { throw FileError(.cannotCreate, home, "create", FileError.reason(error)) }
                try ComparisonPage(comparison, sounds: sounds, tables: (one.tables, two.tables), inspector: inspector)
                    .write(to: page, workshop: workshop)
                comparison.page = page
            }
            return comparison
        }
    }

    private static func rows(_ a: [StageFigure], _ b: [StageFigure]) -> [StageComparison.Row] {
        let names = a.map(\.name) + b.map(\.name).filter { name in !a.contains { $0.name == name } }
        return names.compactMap { name in
            let (one, two) = (a.first { $0.name == name }, b.first { $0.name == name })
            return (one ?? two).map {
                StageComparison.Row(name: name, unit: $0.unit, digits: $0.digits, a: one?.value, b: two?.value)
            }
        }
    }

    // MARK: How they were made

    private static func options(_ a: InspectedSubject, _ b: InspectedSubject) -> [StageComparison.Choice] {
        guard let one = a.result?.facts, let two = b.result?.facts else { return [] }
        let (left, right) = (choices(one), choices(two))
        return Set(left.keys).union(right.keys).sorted().compactMap { name in
            guard left[name] != right[name] else { return nil }
            return StageComparison.Choice(option: name, a: left[name] ?? "-", b: right[name] ?? "-")
        }
    }

    /// Everything that was chosen, by name: "options.recognition.beamSize".
    private static func choices(_ facts: ResultFacts) -> [String: String] {
        var choices: [String: String] = [:]
        if let options = try? JSONSerialization.jsonObject(with: Data(facts.options.utf8)) {
            if let fields = options as? [String: Any] { flatten(fields, under: "", into: &choices) }
        }
        for (name, value) in facts.runtime { choices["runtime \(name)"] = value }
        for (name, digest) in facts.models { choices["model \(name)"] = String(digest.prefix(8)) }
        for (stage, key) in facts.read { choices["result of the \(stage.rawValue)"] = String(key.prefix(8)) }
        return choices
    }

    private static func flatten(_ fields: [String: Any], under heading: String, into choices: inout [String: String]) {
        for (name, value) in fields {
            let whole = heading.isEmpty ? name : "\(heading).\(name)"
            if let inner = value as? [String: Any] {
                flatten(inner, under: whole, into: &choices)
            } else {
                choices[whole] = "\(value)"
            }
        }
    }

    // MARK: How far they are apart

    /// Time that the two give to different people, or one of them to nobody.
    private static func distance(_ a: Diarization?, _ b: Diarization?) -> [StageFigure] {
        guard let a, let b else { return [] }
        let (speakersA, speakersB) = (a.speakers, b.speakers)
        let together = Matrix(
            rows: speakersA.count, columns: speakersB.count,
            elements: speakersA.flatMap { one in
                speakersB.map { two in
                    Float(
                        a.turns(of: one).reduce(0) { sum, turn in
                            sum + b.turns(of: two).reduce(0) { $0 + $1.span.overlap(with: turn.span) }
                        })
                }
            })
        let agreed = speakersA.isEmpty || speakersB.isEmpty ? 0 : Assignment(maximizing: together).total
        let seconds = { (turns: [SpeakerTurn]) in turns.reduce(0) { $0 + $1.span.seconds } }
        let (onlyA, onlyB) = (max(0, seconds(a.turns) - agreed), max(0, seconds(b.turns) - agreed))
        return [
            StageFigure("given to the same speaker by both", agreed, "s"),
            StageFigure("only so in A", onlyA, "s"), StageFigure("only so in B", onlyB, "s"),
        ]
    }

    /// Words that must be changed to make one text the other.
    private static func distance(_ a: Transcript?, _ b: Transcript?) -> [StageFigure] {
        guard let a, let b else { return [] }
        func words(_ transcript: Transcript) -> [String] {
            TranscriptErrors.words(
                of: transcript.passages.flatMap(\.words).sorted { $0.span.start < $1.span.start }.map(\.text)
                    .joined(separator: " "))
        }
        let (one, two) = (words(a), words(b))
        let errors = SequenceAlignment.errors(reference: one, hypothesis: two)
        return [
            StageFigure("words that differ", count: errors),
            StageFigure(
                "of the words of A", one.isEmpty ? nil : 100 * Double(errors) / Double(one.count), "%", digits: 1),
        ].compactMap { $0 }
    }
}

/// The same sound of two results.
struct SoundPair {
    /// What both files are called.
    let name: String
    let a: URL
    let b: URL

    /// Files of one name belong together; where each side has but one file, these do.
    static func pairs(_ a: [URL], _ b: [URL]) -> [SoundPair] {
        if a.count == 1, b.count == 1 { return [SoundPair(name: a[0].lastPathComponent, a: a[0], b: b[0])] }
        return a.compactMap { one in
            b.first { $0.lastPathComponent == one.lastPathComponent }.map {
                SoundPair(name: one.lastPathComponent, a: one, b: $0)
            }
        }
    }

    /// Sounds of one shape can be compared sample by sample.
    func distances(progress: () throws -> Void) throws -> [StageFigure] {
        let (one, two) = try (WaveReader(a), WaveReader(b))
        let seconds = StageFigure("\(name): B is longer by", two.seconds - one.seconds, "s", digits: 3)
        guard one.sampleRate == two.sampleRate, one.channelCount == two.channelCount else { return [seconds] }
        let frames = min(one.frameCount, two.frameCount)
        var (power, difference, largest, changed) = (0.0, 0.0, Float(0), 0)
        for start in stride(from: 0, to: frames, by: 65_536) {
            try progress()
            let range = start..<min(start + 65_536, frames)
            for (x, y) in zip(try one.read(range), try two.read(range)) {
                for (p, q) in zip(x, y) {
                    power += Double(p * p)
                    difference += Double((p - q) * (p - q))
                    largest = max(largest, abs(p - q))
                    if p != q { changed += 1 }
                }
            }
        }
        let total = max(1, frames * one.channelCount)
        var figures = [
            StageFigure("\(name): samples that differ", 100 * Double(changed) / Double(total), "%", digits: 2)
        ]
        if changed > 0, power > 0 {
            figures.append(StageFigure("\(name): difference re A", 10 * log10(difference / power), "dB", digits: 1))
            figures.append(StageFigure("\(name): largest difference", Double(largest), digits: 5))
        }
        return (one.frameCount == two.frameCount ? [] : [seconds]) + figures
    }
}

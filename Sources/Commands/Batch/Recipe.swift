import AudioCore
import Configuration
import Foundation
import Pipeline
import Store
import Yams

/// A batch's wishes in a YAML file: who gets which voice in every episode, and how.
struct Recipe: Equatable {
    /// What is to be done with each episode.
    var work = EpisodeWork(roles: [])
    /// Where outputs go; nil: beside the episode.
    var outputFolder: String?
    /// Options that it sets.
    var given: [GivenOption] = []

    static let mend = "docs/batches.md describes recipes"

    init() {}

    /// - Parameter name: the file's, for errors.
    init(yaml: String, name: String) throws {
        let root: Node?
        do { root = try Yams.compose(yaml: yaml) } catch {
            let reason = "\(error)".split(separator: "\n").first.map(String.init) ?? "it is no YAML"
            throw Self.bad(name, "it is no YAML: \(reason)")
        }
        guard let root, let top = root.mapping else { throw Self.bad(name, "it is no list of `name: value`") }
        let fields = try RecipeFields(top, place: "the recipe", file: name, known: Self.fields)
        for (who, node) in try fields.mapping("people") { work.roles.append(try Self.role(who, node, name)) }
        if let voice = try fields.text("voice") { work.roles.append(EpisodeWork.Role(who: nil, voice: voice)) }
        work.notFound = try fields.choice("notFound") ?? work.notFound
        work.foundTwice = try fields.choice("foundTwice") ?? work.foundTwice
        if let threshold = try fields.number("threshold") {
            guard (0...1).contains(threshold) else { throw fields.wrong("threshold", "between 0 and 1") }
            work.threshold = threshold
        }
        outputFolder = try fields.text("outputDir")
        let origin = Origin.file(URL(fileURLWithPath: name), line: nil)
        for (field, option) in Self.shortNames.sorted(by: { $0.key < $1.key }) {
            guard let text = try fields.text(field) else { continue }
            given.append(GivenOption(option: option, text: text, origin: origin))
        }
        for (option, node) in try fields.mapping("options") {
            guard let text = node.scalar?.string else {
                throw Self.bad(name, "\"\(option)\" of options is no single value")
            }
            given.append(GivenOption(option: option, text: text, origin: origin))
        }
        // What is wrong with a value is said before anything is begun.
        _ = try Configuration(flags: given)
    }

    /// Fields that stand for an option; `options:` can hold any.
    private static let shortNames = [
        "exact": "output.exact", "overlap": "synthesizer.overlap", "pitch": "synthesizer.pitch",
        "uncertain": "synthesizer.uncertain", "language": "recognizer.language", "prompt": "recognizer.prompt",
        "speakers": "diarizer.speakers",
    ]

    init(reading file: URL) throws {
        let text: String
        do { text = try String(contentsOf: file, encoding: .utf8) } catch {
            throw AudioError(
                .badData, operation: "read", subject: file.path, cause: "it is no text in UTF-8", mend: Self.mend)
        }
        try self.init(yaml: text, name: file.path)
    }

    private static let fields =
        ["people", "voice", "notFound", "foundTwice", "threshold", "outputDir", "options"] + shortNames.keys.sorted()

    /// `Anna: jf_alpha`, or `Anna: {voice: jf_alpha}`.
    private static func role(_ who: String, _ node: Node, _ file: String) throws -> EpisodeWork.Role {
        if let voice = node.scalar?.string, !voice.isEmpty { return EpisodeWork.Role(who: who, voice: voice) }
        guard let mapping = node.mapping else { throw bad(file, "\"\(who)\" of people has no voice") }
        let fields = try RecipeFields(mapping, place: "\"\(who)\" of people", file: file, known: ["voice"])
        guard let voice = try fields.text("voice") else { throw bad(file, "\"\(who)\" of people has no voice") }
        return EpisodeWork.Role(who: who, voice: voice)
    }

    static func bad(_ file: String, _ cause: String) -> AudioError {
        AudioError(.badData, operation: "read", subject: file, cause: cause, mend: mend)
    }
}

/// The fields of one mapping of a recipe, read by their names; one that means nothing is an error, so that a slip of the
/// pen does not change a hundred episodes.
struct RecipeFields {
    private let values: [String: Node]
    private let place: String
    private let file: String

    init(_ mapping: Node.Mapping, place: String, file: String, known: [String]) throws {
        self.place = place
        self.file = file
        values = Dictionary(
            mapping.compactMap { key, value in key.string.map { ($0, value) } }, uniquingKeysWith: { first, _ in first }
        )
        for (key, _) in mapping where key.string.map({ !known.contains($0) }) ?? true {
            let name = key.string ?? "?"
            throw Recipe.bad(
                file,
                "\(place) has the unknown field \"\(name)\"\(Self.line(key)); "
                    + (NearestName(names: known).nearest(to: name).map { "did you mean \"\($0)\"" }
                        ?? "known are \(known.joined(separator: ", "))"))
        }
    }

    func text(_ name: String) throws -> String? {
        guard let node = values[name] else { return nil }
        guard let text = node.scalar?.string, !text.isEmpty else { throw wrong(name, "a text") }
        return text
    }

    func number(_ name: String) throws -> Double? {
        guard let text = try text(name) else { return nil }
        guard let number = Double(text), number.isFinite else { throw wrong(name, "a number") }
        return number
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ name: String) throws -> Choice?
    where Choice.RawValue == String {
        guard let text = try text(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw wrong(name, "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    /// In the file's order.
    func mapping(_ name: String) throws -> [(String, Node)] {
        guard let node = values[name] else { return [] }
        guard let pairs = node.mapping else { throw wrong(name, "a list of `name: value`") }
        return try pairs.map { key, value in
            guard let key = key.string, !key.isEmpty else { throw wrong(name, "a list of `name: value`") }
            return (key, value)
        }
    }

    func wrong(_ name: String, _ wanted: String) -> AudioError {
        Recipe.bad(file, "\"\(name)\" of \(place) is not \(wanted)" + (values[name].map(Self.line) ?? ""))
    }

    private static func line(_ node: Node) -> String { node.mark.map { " (line \($0.line))" } ?? "" }
}

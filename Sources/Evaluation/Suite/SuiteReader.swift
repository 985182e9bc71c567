import AudioCore
import Foundation
import Yams

/// Reads suites.
///
/// ```yaml
/// name: podcasts
/// audio: $HYPERAUDIO_EVALUATION_AUDIO/podcasts    # what paths are relative to; the suite's own folder by default
/// materials:
///   - each: [two-hosts, music-under]    # one material for each; a pattern (dr*/*.wav) stands for the files it fits
///     audio: "{each}/mixture.flac"
///     turns: "{each}/truth.rttm"
///     run: [diarize]
/// ```
public struct SuiteReader: Sendable {
    /// Where `$NAME` in paths comes from.
    private let environment: [String: String]

    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = environment
    }

    private static let suiteFields: Set<String> = ["name", "about", "audio", "materials"]
    private static let materialFields: Set<String> = [
        "each", "name", "set", "audio", "run", "turns", "words", "wordTimes", "stems", "bed", "pauses", "language",
        "speakers", "replace",
    ]

    public func read(_ file: URL) throws -> Suite {
        let text: String
        do { text = try String(contentsOf: file, encoding: .utf8) } catch {
            throw AudioError(
                .noInput, operation: "read", subject: file.path, cause: "there is no such suite",
                mend: "Benchmarks/suites holds examples")
        }
        return try parse(text, file: file)
    }

    func parse(_ text: String, file: URL) throws -> Suite {
        let name = file.lastPathComponent
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch {
            throw SuiteFields.bad(name, "it is no YAML: \(Self.reason(error))")
        }
        guard let root else { throw SuiteFields.bad(name, "it is empty") }
        let fields = try SuiteFields(root, place: "the suite", file: name, known: Self.suiteFields)
        let suiteName = try fields.text("name") ?? file.deletingPathExtension().lastPathComponent
        let own = file.deletingLastPathComponent()
        let base = try fields.text("audio").map { try path($0, base: own, file: name) } ?? own
        let materials = try fields.nodes("materials").enumerated().flatMap { index, node in
            let place = "material \(index + 1)"
            let fields = try SuiteFields(node, place: place, file: name, known: Self.materialFields)
            return try self.materials(fields, base: base, suite: suiteName, file: name)
        }
        guard !materials.isEmpty else { throw SuiteFields.bad(name, "it names no materials") }
        let names = Dictionary(grouping: materials, by: \.name).filter { $0.value.count > 1 }.keys
        guard names.isEmpty else {
            throw SuiteFields.bad(name, "more than one material is called \(names.sorted().joined(separator: ", "))")
        }
        return Suite(name: suiteName, about: try fields.text("about") ?? "", materials: materials)
    }

    private static func reason(_ error: any Error) -> String {
        "\(error)".split(whereSeparator: \.isNewline).first.map(String.init) ?? "it cannot be parsed"
    }

    private func materials(_ fields: SuiteFields, base: URL, suite: String, file: String) throws -> [Material] {
        let each = try fields.texts("each")
        guard !each.isEmpty else { return [try material(fields, each: nil, base: base, suite: suite, file: file)] }
        return try each.flatMap { try expand($0, base: base, file: file) }.map {
            try material(fields, each: $0, base: base, suite: suite, file: file)
        }
    }

    private func material(
        _ fields: SuiteFields, each: String?, base: URL, suite: String, file: String
    ) throws -> Material {
        func filled(_ text: String) -> String { each.map { text.replacing("{each}", with: $0) } ?? text }
        func url(_ text: String) throws -> URL { try path(filled(text), base: base, file: file) }
        let audio = try url(fields.needed("audio"))
        let fallback = each.map { $0.replacing("/", with: "-") } ?? audio.deletingPathExtension().lastPathComponent
        let speakers = try fields.number("speakers").map { number in
            guard let count = Int(exactly: number) else { throw fields.wrong("speakers", "a whole number") }
            return count
        }
        let casting = try fields.pairs("replace")
        guard casting.count < 2 else { throw fields.wrong("replace", "one speaker and his voice") }
        let steps = try fields.texts("run").map { name in
            guard let step = Material.Step(rawValue: name) else {
                let known = Material.Step.allCases.map(\.rawValue).joined(separator: ", ")
                throw fields.wrong("run", "made of \(known)")
            }
            return step
        }
        guard !steps.isEmpty else { throw fields.wrong("run", "a list of what to do") }
        return Material(
            name: try fields.text("name").map(filled) ?? fallback, set: try fields.text("set") ?? suite, audio: audio,
            steps: steps, turns: try fields.text("turns").map(url), words: try fields.text("words").map(url),
            hasWordTimes: try fields.truth("wordTimes") ?? true,
            stems: Material.Stems(
                speakers: Dictionary(
                    try fields.pairs("stems").map { (SpeakerID($0.0), try url($0.1)) },
                    uniquingKeysWith: { first, _ in first }),
                bed: try fields.text("bed").map(url)),
            pausesFromSeconds: try fields.number("pauses"), language: try fields.text("language"),
            speakerCount: speakers,
            casting: casting.first.map { Material.Casting(speaker: SpeakerID($0.0), voice: $0.1) })
    }

    /// A path with its variables filled in, relative to `base`.
    private func path(_ text: String, base: URL, file: String) throws -> URL {
        let filled = try text.replacing(/\$\{?([A-Za-z_][A-Za-z_0-9]*)\}?/) { match in
            guard let value = environment[String(match.1)], !value.isEmpty else {
                throw AudioError(
                    .noInput, operation: "read", subject: file, cause: "$\(match.1) is not set",
                    mend: "set it to the folder of the recordings; docs/evaluation.md says how that is laid out")
            }
            return value
        }
        return filled.hasPrefix("/") ? URL(fileURLWithPath: filled) : base.appendingPathComponent(filled)
    }

    /// The names a pattern stands for: a pattern with `*` all files it fits, without their extension, in order.
    private func expand(_ pattern: String, base: URL, file: String) throws -> [String] {
        guard pattern.contains("*") else { return [pattern] }
        let parts = pattern.split(separator: "/").map(String.init)
        let found = parts.reduce([""]) { folders, part in
            folders.flatMap { folder -> [String] in
                let names =
                    (try? FileManager.default.contentsOfDirectory(
                        atPath: base.appendingPathComponent(folder).path)) ?? []
                return names.filter { Self.fits($0[...], part[...]) }.sorted().map {
                    folder + (folder.isEmpty ? "" : "/") + $0
                }
            }
        }
        guard !found.isEmpty else {
            throw AudioError(
                .noInput, operation: "read", subject: file, cause: "no file in \(base.path) fits \(pattern)",
                mend: "check the pattern and what `audio` of the suite points to")
        }
        return found.map { path in
            let name = path.split(separator: "/").last ?? ""
            guard let dot = name.lastIndex(of: ".") else { return path }
            return String(path.dropLast(name.distance(from: dot, to: name.endIndex)))
        }
    }

    private static func fits(_ name: Substring, _ pattern: Substring) -> Bool {
        guard let head = pattern.first else { return name.isEmpty }
        if head == "*" {
            return fits(name, pattern.dropFirst()) || (!name.isEmpty && fits(name.dropFirst(), pattern))
        }
        return name.first == head && fits(name.dropFirst(), pattern.dropFirst())
    }
}

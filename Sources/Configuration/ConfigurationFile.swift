import AudioCore
import Files
import Foundation
import Yams

/// A configuration file: options under their stage's name, or with their whole name.
///
/// ```yaml
/// preset: best
/// synthesizer:
///   overlap: mute
///   short-overlap: 0.3 s
/// diarizer.speakers: 2
/// ```
public struct ConfigurationFile: Sendable {
    public let url: URL
    /// In the file's order.
    public let assignments: [GivenOption]

    /// The file that a command obeys: the one that was named, else hyperaudio.yaml in the current folder, else the
    /// user's; nil where there is none.
    /// - Parameters:
    ///   - named: by `--config` or $HYPERAUDIO_CONFIG; must be there.
    public static func found(named: String?, in current: URL, user: URL) throws -> ConfigurationFile? {
        if let named {
            return try ConfigurationFile(
                named.hasPrefix("/") ? URL(fileURLWithPath: named) : current.appendingPathComponent(named))
        }
        return try [current.appendingPathComponent("hyperaudio.yaml"), user.appendingPathComponent("hyperaudio.yaml")]
            .first { FileManager.default.fileExists(atPath: $0.path) }.map(ConfigurationFile.init)
    }

    public init(_ url: URL) throws {
        let text: String
        do { text = try String(contentsOf: url, encoding: .utf8) } catch {
            let isThere = FileManager.default.fileExists(atPath: url.path)
            throw AudioError(
                isThere ? .badData : .noInput, operation: "read", subject: url.path,
                cause: isThere ? "it is no text in UTF-8" : FileError.reason(error),
                mend: "name a YAML file; docs/configuration.md describes it")
        }
        try self.init(text, url: url)
    }

    init(_ text: String, url: URL) throws {
        self.url = url
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch {
            throw Self.bad(url, nil, "it is no YAML: \(Self.reason(error))", "mend its form")
        }
        var assignments: [GivenOption] = []
        // An empty file, or one of comments only, says nothing.
        if let root, root.null == nil { try Self.collect(root, under: "", in: url, into: &assignments) }
        for (index, assignment) in assignments.enumerated()
        where assignments[..<index].contains(where: { $0.option == assignment.option }) {
            throw Configuration.error(
                assignment, cause: "\(assignment.option) is set a second time", mend: "leave one of them")
        }
        self.assignments = assignments
    }

    private static func collect(
        _ node: Node, under heading: String, in url: URL, into assignments: inout [GivenOption]
    ) throws {
        guard let mapping = node.mapping else {
            throw bad(
                url, node.mark?.line, "it is no list of `option: value`", "write for instance `diarizer.speakers: 2`")
        }
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                throw bad(url, key.mark?.line, "a name is not a word", "write for instance `diarizer.speakers: 2`")
            }
            let option = heading.isEmpty ? name : "\(heading).\(name)"
            let origin = Origin.file(url, line: key.mark?.line)
            switch value {
            case .mapping where OptionCatalogue.option(option) == nil && option != OptionCatalogue.presetName:
                try checkHeading(option, origin)
                try collect(value, under: option, in: url, into: &assignments)
            case .scalar(let scalar):
                let text = located(scalar.string, of: option, in: url)
                assignments.append(GivenOption(option: option, text: text, origin: origin))
            default:
                throw Configuration.error(
                    GivenOption(option: option, text: "", origin: origin), cause: "\(option) is no single value",
                    mend: OptionCatalogue.option(option).map { "give \($0.kind.wish)" } ?? "give a single value")
            }
        }
    }

    /// A heading that no option stands under is a slip of the pen.
    private static func checkHeading(_ heading: String, _ origin: Origin) throws {
        guard !OptionCatalogue.options.contains(where: { $0.name.hasPrefix(heading + ".") }) else { return }
        let headings = Set(OptionCatalogue.options.compactMap { $0.name.split(separator: ".").dropLast().first })
        let near = NearestName(names: headings.map(String.init)).nearest(to: heading)
        throw Configuration.error(
            GivenOption(option: heading, text: "", origin: origin), cause: "no option stands under \"\(heading)\"",
            mend: near.map { "did you mean \($0)" } ?? "`hyperaudio config reference` lists all options")
    }

    /// Folders are relative to the file that names them.
    private static func located(_ text: String, of option: String, in url: URL) -> String {
        guard let option = OptionCatalogue.option(option), option.kind == .folder, text != option.unset?.word else {
            return text
        }
        if text.hasPrefix("~/") {
            return FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(String(text.dropFirst(2)))
                .path
        }
        return URL(fileURLWithPath: text, relativeTo: url.deletingLastPathComponent()).absoluteURL.path
    }

    private static func reason(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "\(problem) in line \(mark.line)"
        case .duplicatedKeysInMapping(let keys, _):
            "\(keys.map { "\($0)" }.sorted().joined(separator: ", ")) is there twice"
        default: "it cannot be parsed"
        }
    }

    private static func bad(_ url: URL, _ line: Int?, _ cause: String, _ mend: String) -> AudioError {
        AudioError(
            .badData, operation: "read", subject: url.path, cause: (line.map { "line \($0): " } ?? "") + cause,
            mend: mend)
    }
}

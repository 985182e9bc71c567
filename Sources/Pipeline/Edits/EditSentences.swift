import AudioCore
import Foundation

/// What a person changed, in plain words.
public struct EditSentences: Sendable {
    /// Tells names; nil: ids alone.
    private let programme: EditedProgramme?

    public init(_ programme: EditedProgramme? = nil) { self.programme = programme }

    private func title(_ speaker: SpeakerID) -> String { programme?.title(of: speaker) ?? speaker.name }

    /// 83.42 -> "1:23.42".
    static func clock(_ seconds: Double) -> String {
        let hundredths = Int((100 * seconds).rounded())
        return String(format: "%d:%02d.%02d", hundredths / 6000, hundredths / 100 % 60, hundredths % 100)
    }

    private func range(_ span: TimeSpan) -> String { "\(Self.clock(span.start)) to \(Self.clock(span.end))" }

    /// Half a sentence: "turn 3 says ...".
    public func sentence(_ edit: Edit) -> String {
        switch edit {
        case .line(let line):
            return line.text.allSatisfy(\.isWhitespace)
                ? "turn \(line.passage) says nothing and stays the original"
                : "turn \(line.passage) says \"\(line.text)\""
        case .name(let name):
            return name.name == name.speaker.name
                ? "\(name.speaker) has no other name" : "\(name.speaker) is called \(name.name)"
        case .merge(let merge): return "\(title(merge.speaker)) is \(title(merge.into))"
        case .assign(let assign):
            return "\(assign.spans.map(range).joined(separator: ", ")): "
                + "not \(title(assign.from)) speaks, but \(title(assign.to))"
        case .edges(let edges): return "turn \(edges.passage) lasts from \(range(edges.span))"
        case .take(let take): return "turn \(take.passage) has take \(take.take)"
        case .stretch(let stretch):
            let what = stretch.label.map { " (\($0))" } ?? ""
            let whose = stretch.speaker.map { "\(title($0)), " } ?? ""
            let policy =
                switch stretch.policy {
                case .keep: "stays the original"
                case .mute: "goes silent"
                case .replace: "is replaced whatever is heard there"
                }
            return "\(whose)\(range(stretch.span))\(what) \(policy)"
        }
    }

    private static func plural(_ kind: String) -> String {
        kind.hasPrefix("change") ? kind.replacing("change", with: "changes") : kind + "s"
    }

    /// How many of which kind: "2 lines, 1 name".
    public static func summary(_ edits: [Edit]) -> String {
        let kinds = edits.map(\.kindName)
        var seen: Set<String> = []
        return kinds.filter { seen.insert($0).inserted }.map { kind in
            let count = kinds.count { $0 == kind }
            guard count > 1 else { return "1 \(kind)" }
            return "\(count) "
                + (kind.hasPrefix("stretch") ? kind.replacing("stretch", with: "stretches") : plural(kind))
        }.joined(separator: ", ")
    }
}

extension Edit {
    fileprivate var kindName: String {
        switch self {
        case .line: "line"
        case .name: "name"
        case .merge: "merged speaker"
        case .assign: "change of speaker"
        case .edges: "moved turn"
        case .take: "take"
        case .stretch(let stretch):
            switch stretch.policy {
            case .keep: "stretch kept"
            case .mute: "stretch muted"
            case .replace: "stretch replaced"
            }
        }
    }
}

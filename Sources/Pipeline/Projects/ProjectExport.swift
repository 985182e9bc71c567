import AudioCore
import Files
import Foundation

/// A finished run as a project for an audio editor: stems, and what lies where.
///
/// Three kinds of stems add up to the output, sample by sample (on the grid of 24-bit integers): the bed, the original
/// voices where they stay, and each new voice. The programme as it was, its separated voices and the output come along to
/// compare with; editors that know mute have them muted.
public struct ProjectExport {
    /// The editors a project can be made for.
    public enum Editor: String, Sendable, CaseIterable {
        /// Stems, label tracks, and a list that opens the stems.
        case audacity
        /// Stems and an .rpp with tracks, an item for every replaced stretch, and regions for the turns.
        case reaper
    }

    public enum Format: String, Sendable, CaseIterable {
        case wav, flac
    }

    /// A file of sound in the project.
    struct Stem: Equatable {
        enum Kind: Equatable {
            case bed
            case keptVoices
            case newVoice(SpeakerID)
            case output
            case original
            case originalVoices
        }

        var kind: Kind
        /// What people see.
        var title: String
        var file: String

        /// Belongs to what adds up to the output.
        var isPart: Bool {
            switch kind {
            case .bed, .keptVoices, .newVoice: true
            case .output, .original, .originalVoices: false
            }
        }
    }

    private let material: ReportMaterial
    private let media: any MediaAccess
    private let name: String

    private static let unit = 8_388_608.0
    private static let blockFrames = 65_536

    /// - Parameter run: a run folder in which `replace` has finished.
    public init(run: URL, media: any MediaAccess) throws {
        material = try ReportPublisher(run: run, media: media).material
        self.media = media
        name = URL(fileURLWithPath: material.report.input.path).deletingPathExtension().lastPathComponent
    }

    /// Writes the project as a folder that appears when it is whole.
    /// - Parameter folder: must not exist, or be empty.
    /// - Returns: the file to open.
    public func write(
        to folder: URL, for editor: Editor, format: Format, progress: (Double) throws -> Void
    ) throws -> URL {
        let content = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        guard content.isEmpty, !FileManager.default.fileExists(atPath: folder.path) || isFolder(folder) else {
            throw AudioError(
                .cannotCreate, operation: "write", subject: folder.path, cause: "something is there already",
                mend: "name another folder with -o")
        }
        let stems = stems(format)
        let file = "\(Self.plain(name)).\(editor == .reaper ? "rpp" : "lof")"
        try WholeFolder.create(folder) { draft in
            try writeStems(stems, in: draft, progress: progress)
            func write(_ text: String, _ name: String) throws {
                try WholeFolder.write(Data(text.utf8), to: draft.appendingPathComponent(name))
            }
            switch editor {
            case .audacity:
                try write(AudacityFiles.list(stems), file)
                try write(AudacityFiles.labels(spans), "spans.txt")
                try write(AudacityFiles.labels(turns), "turns.txt")
                try write(AudacityFiles.labels(words), "words.txt")
            case .reaper: try write(try reaperProject(stems).text, file)
            }
        }
        return folder.appendingPathComponent(file)
    }

    private func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// A name that every editor and file system takes.
    static func plain(_ name: String) -> String {
        let plain = String(name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" })
        return plain.isEmpty || plain.hasPrefix(".") ? "programme" + plain : plain
    }

    // MARK: What lies where

    private func title(_ speaker: SpeakerID) -> String { material.edited.title(of: speaker) }

    /// Who has a new voice, in order of first appearance.
    private var voices: [(speaker: SpeakerID, voice: String)] {
        material.report.speakers.compactMap { speaker in speaker.voice.map { (speaker.id, $0) } }
    }

    func stems(_ format: Format) -> [Stem] {
        func stem(_ kind: Stem.Kind, _ title: String, _ file: String) -> Stem {
            Stem(kind: kind, title: title, file: "\(file).\(format.rawValue)")
        }
        return [stem(.bed, "Bed", "bed"), stem(.keptVoices, "Original voices that stay", "voices-kept")]
            + voices.map {
                stem(
                    .newVoice($0.speaker), "\(title($0.speaker)) as \($0.voice)",
                    "voice-new-\(Self.plain($0.speaker.name))")
            } + [
                stem(.output, "Output", "output"), stem(.original, "Original", "original"),
                stem(.originalVoices, "Original voices", "voices-original"),
            ]
    }

    /// A stretch with what it is.
    struct Label: Equatable {
        var span: TimeSpan
        var text: String
    }

    var spans: [Label] {
        material.report.spans.map { span in
            let turn = material.report.replacements[span.turn]
            let voice = turn.text.isEmpty ? "silence" : turn.voice
            return Label(
                span: TimeSpan(start: span.start, end: span.end), text: "\(title(turn.speaker)) -> \(voice)")
        }
    }

    var turns: [Label] {
        material.edited.transcript.passages.filter { !$0.words.isEmpty }.map { passage in
            Label(span: passage.span, text: "\(passage.id) \(title(passage.speaker)): \(passage.text)")
        }
    }

    /// Words of replaced turns as the lock found them, of others as the recognizer did.
    var words: [Label] {
        let locked = Dictionary(grouping: material.replacements.filter { !$0.words.isEmpty }, by: \.passage)
        return material.edited.transcript.passages.flatMap { passage -> [Label] in
            if let own = locked[passage.id] { return own.flatMap(\.words).map { Label(span: $0.span, text: $0.text) } }
            return passage.words.map { Label(span: $0.span, text: $0.text) }
        }.sorted { $0.span.start < $1.span.start }
    }

    private func reaperProject(_ stems: [Stem]) throws -> ReaperProject {
        let input = material.measured.input
        var project = ReaperProject(sampleRate: input.sampleRate)
        for stem in stems {
            var items: [ReaperProject.Item] = []
            if case .newVoice(let speaker) = stem.kind {
                for span in material.report.spans where material.report.replacements[span.turn].speaker == speaker {
                    let turn = material.report.replacements[span.turn]
                    items.append(
                        ReaperProject.Item(
                            name: "\(turn.passage) \(turn.text)", startSample: span.startSample,
                            sampleCount: span.endSample - span.startSample))
                }
            } else {
                items = [ReaperProject.Item(name: stem.title, startSample: 0, sampleCount: input.frameCount)]
            }
            project.tracks.append(
                ReaperProject.Track(
                    name: stem.title, file: stem.file, channelCount: input.channelCount, isMuted: !stem.isPart,
                    items: items))
        }
        project.regions = turns
        project.markers = material.report.replacements.filter { turn in
            turn.flags.contains(where: \.asksForAttention)
        }.map { turn in
            let flags = turn.flags.filter(\.asksForAttention).map(\.label).joined(separator: ", ")
            return Label(span: TimeSpan(start: turn.start, end: turn.start), text: "\(turn.passage): \(flags)")
        }
        return project
    }

    // MARK: Sound

    private func writeStems(_ stems: [Stem], in folder: URL, progress: (Double) throws -> Void) throws {
        let input = material.measured.input
        let original = URL(fileURLWithPath: material.report.input.path)
        let hasOriginal = FileManager.default.fileExists(atPath: original.path)
        let sinks = try stems.map { stem in
            try media.create(
                folder.appendingPathComponent(stem.file), sampleRate: input.sampleRate,
                channelCount: input.channelCount, original: hasOriginal ? original : nil,
                encoding: MediaEncoding(sampleFormat: .integer24), tags: ["title": stem.title])
        }
        let gains = try PlacementGains(mixture: input, speech: material.vocals) { try progress(0.3 * $0) }
        for start in stride(from: 0, to: input.frameCount, by: Self.blockFrames) {
            let range = start..<min(input.frameCount, start + Self.blockFrames)
            let blocks = try blocks(range, of: stems, gains: gains)
            for (sink, block) in zip(sinks, blocks) {
                try sink.write(Waveform(sampleRate: input.sampleRate, channels: block))
            }
            try progress(0.3 + 0.7 * Double(range.upperBound) / Double(input.frameCount))
        }
        for sink in sinks { try sink.finish() }
    }

    /// - Returns: for each stem samples, [channels][range.count], on the grid of 24 bits.
    private func blocks(_ range: Range<Int>, of stems: [Stem], gains: PlacementGains) throws -> [[[Float]]] {
        let output = try material.measured.output.read(range)
        let original = try material.measured.input.read(range)
        let new = try material.newVoices.read(range)
        let speech = try material.vocals.read(range)
        // A voice that sits to the left stays there.
        let old = original.indices.map { channel in
            gains.placed(speech[min(channel, speech.count - 1)], channel: channel, firstFrame: range.lowerBound)
        }
        var bed = zip(original, old).map { zip($0, $1).map { $0 - $1 } }
        for span in material.report.spans {
            let inside = (span.startSample..<span.endSample).clamped(to: range)
            for frame in inside {
                let at = frame - range.lowerBound
                for channel in bed.indices { bed[channel][at] = output[channel][at] - new[channel][at] }
            }
        }
        var made = stems.map { _ in output.map { [Float](repeating: 0, count: $0.count) } }
        // Each new voice is heard in its own spans.
        for (index, stem) in stems.enumerated() {
            switch stem.kind {
            case .bed: made[index] = bed
            case .output: made[index] = output
            case .original: made[index] = original
            case .originalVoices: made[index] = old
            case .newVoice(let speaker):
                for span in material.report.spans where material.report.replacements[span.turn].speaker == speaker {
                    let inside = (span.startSample..<span.endSample).clamped(to: range)
                    guard !inside.isEmpty else { continue }
                    let place = inside.lowerBound - range.lowerBound..<inside.upperBound - range.lowerBound
                    for channel in new.indices {
                        made[index][channel].replaceSubrange(place, with: new[channel][place])
                    }
                }
            case .keptVoices: break
            }
        }
        for index in made.indices {
            for channel in made[index].indices { made[index][channel] = made[index][channel].map(Self.grid) }
        }
        fillKept(&made, stems)
        return made
    }

    /// What is left of the output are the voices that stay. Where they would not fit into 24 bits, the bed takes the rest.
    private func fillKept(_ made: inout [[[Float]]], _ stems: [Stem]) {
        guard let kept = stems.firstIndex(where: { $0.kind == .keptVoices }),
            let bed = stems.firstIndex(where: { $0.kind == .bed }),
            let output = stems.firstIndex(where: { $0.kind == .output })
        else { return }
        let others = stems.indices.filter { stems[$0].isPart && $0 != kept && $0 != bed }
        for channel in made[output].indices {
            for frame in made[output][channel].indices {
                let new = others.reduce(0.0) { $0 + Double(made[$1][channel][frame]) }
                let rest = Double(made[output][channel][frame]) - new
                let voice = min(max(rest - Double(made[bed][channel][frame]), -1), 1 - 1 / Self.unit)
                made[kept][channel][frame] = Float(voice)
                made[bed][channel][frame] = Float(min(max(rest - voice, -1), 1 - 1 / Self.unit))
            }
        }
    }

    private static func grid(_ sample: Float) -> Float {
        Float(min(max((Double(sample) * unit).rounded(.toNearestOrEven), -unit), unit - 1) / unit)
    }
}

import AudioCore
import Foundation

/// A project of Reaper: text in which <NAME opens a block and > closes it
/// (https://github.com/ReaTeam/Doc/blob/master/State%20Chunk%20Definitions).
struct ReaperProject {
    struct Item: Equatable {
        var name: String
        /// Where it lies, in the project as in its file.
        var startSample: Int
        var sampleCount: Int
    }

    struct Track: Equatable {
        var name: String
        /// Relative to the project.
        var file: String
        var channelCount: Int
        var isMuted: Bool
        var items: [Item]
    }

    var sampleRate: Int
    var tracks: [Track] = []
    /// Stretches in the ruler.
    var regions: [ProjectExport.Label] = []
    /// Points in the ruler.
    var markers: [ProjectExport.Label] = []

    init(sampleRate: Int) { self.sampleRate = sampleRate }

    var text: String {
        var lines = [
            "<REAPER_PROJECT 0.1 \"7.0\" 0",
            // No gain in the middle, no fades of its own: the tracks add up as they are.
            "  PANLAW 1", "  AUTOXFADE 0", "  TEMPO 120 4 4", "  SAMPLERATE \(sampleRate) 1 0",
        ]
        for (index, region) in regions.enumerated() {
            lines.append("  MARKER \(index + 1) \(Self.seconds(region.span.start)) \(Self.quoted(region.text)) 1 0")
            lines.append("  MARKER \(index + 1) \(Self.seconds(region.span.end)) \"\" 1")
        }
        for (index, marker) in markers.enumerated() {
            lines.append("  MARKER \(index + 1) \(Self.seconds(marker.span.start)) \(Self.quoted(marker.text)) 0 0")
        }
        return (lines + tracks.flatMap(block) + [">"]).joined(separator: "\n") + "\n"
    }

    private func block(_ track: Track) -> [String] {
        [
            "  <TRACK", "    NAME \(Self.quoted(track.name))", "    VOLPAN 1 0 -1 -1 1",
            "    MUTESOLO \(track.isMuted ? 1 : 0) 0 0",
            // Tracks have even numbers of channels.
            "    NCHAN \(max(2, track.channelCount + track.channelCount % 2))",
        ]
            + track.items.flatMap { block($0, of: track) } + ["  >"]
    }

    private func block(_ item: Item, of track: Track) -> [String] {
        let kind = track.file.hasSuffix(".flac") ? "FLAC" : "WAVE"
        let start = Self.seconds(Double(item.startSample) / Double(sampleRate))
        return [
            "    <ITEM", "      POSITION \(start)",
            "      LENGTH \(Self.seconds(Double(item.sampleCount) / Double(sampleRate)))", "      LOOP 0",
            "      FADEIN 1 0 0", "      FADEOUT 1 0 0", "      NAME \(Self.quoted(item.name))",
            "      VOLPAN 1 0 1 -1", "      SOFFS \(start)", "      <SOURCE \(kind)",
            "        FILE \(Self.quoted(track.file))", "      >", "    >",
        ]
    }

    /// Exact to the sample for any programme.
    private static func seconds(_ value: Double) -> String { String(format: "%.12f", value) }

    /// Strings stand in the kind of quotation marks that they do not hold; one that holds all has its grave accents changed.
    static func quoted(_ text: String) -> String {
        let line = String(text.map { $0.isNewline ? " " : $0 })
        for mark in ["\"", "'", "`"] where !line.contains(mark) { return mark + line + mark }
        return "`" + line.replacing("`", with: "'") + "`"
    }
}

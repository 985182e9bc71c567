import AudioCore
import Foundation

/// What Audacity reads beside sound: label tracks and lists of files.
enum AudacityFiles {
    /// A label track: start, end and text with tabs between them, times in seconds
    /// (https://manual.audacityteam.org/man/importing_and_exporting_labels.html).
    static func labels(_ labels: [ProjectExport.Label]) -> String {
        labels.map { label in
            let text = label.text.map { $0.isNewline || $0 == "\t" ? " " : $0 }
            return String(format: "%.6f\t%.6f\t", label.span.start, label.span.end) + String(text) + "\n"
        }.joined()
    }

    /// A list that opens the stems as tracks of one window; names are relative to it
    /// (https://manual.audacityteam.org/man/lof_files.html). Nothing after a # is read, so no name may hold one.
    static func list(_ stems: [ProjectExport.Stem]) -> String {
        "# Bed, kept voices and new voices add up to the output; mute the rest.\n"
            + stems.map { "file \"\($0.file)\"\n" }.joined()
    }
}

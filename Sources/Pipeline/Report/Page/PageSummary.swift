import AudioCore
import Foundation

/// What stands above the turns: the result in a few figures, whose voice is synthetic, and what was kept and why.
struct PageSummary {
    let report: Report

    /// Turns that only go silent have no new voice.
    private var replaced: [Report.Turn] { report.replacements.filter { !$0.kept && !$0.text.isEmpty } }
    private var kept: [Report.Turn] { report.replacements.filter(\.kept) }

    /// The file's name, without the folders it lies in: a page may be passed on.
    var title: String { URL(fileURLWithPath: report.input.path).lastPathComponent }

    var lead: String {
        let voices = report.speakers.compactMap { speaker in
            speaker.voice.flatMap { voice in
                replaced.contains { $0.speaker == speaker.id }
                    ? "\(speaker.title) speaks with the synthetic voice \(voice)" : nil
            }
        }
        guard !voices.isEmpty else { return "Nothing was replaced: every voice is the original's." }
        return voices.joined(separator: ", ") + ". Everybody else, and everything else, is the original."
    }

    // MARK: Tiles

    var tiles: String {
        [timing, share, untouched, stayed, melody, attention].compactMap(\.self).joined()
    }

    private func tile(_ number: String, _ sentence: String) -> String {
        #"<li><strong>\#(Markup.escape(number))</strong><span>\#(Markup.escape(sentence))</span></li>"#
    }

    private var timing: String {
        guard let timing = report.totals.timing else { return tile("–", "Timing was not measured.") }
        return tile(
            "\(PlainNumber.whole(timing.medianMs)) ms",
            "from the original sits the typical word (median of \(PlainNumber.count(timing.words))); "
                + "95 of 100 sit within \(PlainNumber.whole(timing.p95Ms)) ms.")
    }

    private var share: String {
        guard let share = report.totals.replacedShare else {
            return tile("–", "The share of speech that was replaced was not measured.")
        }
        return tile(
            PlainNumber.percent(share),
            "of what the chosen speakers say alone was replaced; why the rest was not stands below.")
    }

    private var untouched: String {
        let untouched = report.untouched
        let codec =
            report.output.reencoded == true
            ? " changed before the codec, which encodes all of it anew." : " changed: bit for bit the original."
        return tile(
            PlainNumber.count(untouched.samplesChanged),
            "of \(PlainNumber.count(untouched.samplesOutside)) samples outside the replaced stretches"
                + (untouched.samplesChanged == 0 ? codec : " changed."))
    }

    private var stayed: String {
        tile(
            PlainNumber.count(kept.count),
            kept.isEmpty
                ? "stretches kept: every one has the new voice."
                : "\(kept.count == 1 ? "stretch" : "stretches") kept as \(kept.count == 1 ? "it was" : "they were") "
                    + "(\(PlainNumber.duration(kept.reduce(0) { $0 + $1.end - $1.start }))).")
    }

    private var melody: String {
        let values = replaced.compactMap(\.f0Correlation).sorted()
        guard !values.isEmpty else { return tile("–", "Melody was not measured.") }
        return tile(
            PlainNumber.decimal(quantile(0.5, ofSorted: values), digits: 2),
            "is how alike the melodies are, where 1 is the same (median of \(PlainNumber.things(values.count, "turn")))."
        )
    }

    private var attention: String {
        let count = replaced.count { TurnVerdict($0).mark == .attention }
        return tile(
            PlainNumber.count(count),
            count == 0
                ? "turns have a figure or a flag that asks for your ears."
                : "\(count == 1 ? "turn has" : "turns have") a figure or a flag that asks for your ears; marked below.")
    }

    /// Said at the foot of the page.
    var consent: String {
        (replaced.isEmpty ? "" : "The new programme contains synthetic speech. ")
            + "Replace voices only where those who speak agree to it, and tell your listeners. Made with Hyper Audio on "
            + "one machine; this page loads nothing from anywhere."
    }

    // MARK: Voices

    var voices: String {
        report.speakers.map { speaker in
            let turns = replaced.filter { $0.speaker == speaker.id }
            let voice =
                turns.isEmpty
                ? "the original voice"
                : "<b>\(Markup.escape(speaker.voice ?? ""))</b>, a synthetic voice"
                    + (speaker.fitted.map { " \(Markup.escape($0.sentence))" } ?? "")
            let seconds = report.spans.filter { span in turns.contains { $0.turn == span.turn } }
                .reduce(0) { $0 + $1.end - $1.start }
            return """
                <tr><th scope="row">\(Markup.escape(speaker.title))</th><td>\(voice)</td>\
                <td>\(PlainNumber.duration(speaker.seconds))</td>\
                <td>\(turns.isEmpty ? "–" : PlainNumber.duration(seconds))</td></tr>
                """
        }.joined()
    }

    /// What a person changed; empty where nobody did.
    var changes: String {
        guard let edits = report.edits, !edits.isEmpty else { return "" }
        let items = edits.map { "<li>\(Markup.escape(EditSentences().sentence($0)))</li>" }
        return "<details><summary>Changed by hand: \(Markup.escape(EditSentences.summary(edits)))</summary>"
            + "<ul class=\"reasons\">\(items.joined())</ul></details>"
    }

    /// That channels hear each other; empty where none does.
    var crosstalk: String {
        guard let leaks = report.crosstalk else { return "" }
        let items = leaks.map { leak in
            "<li>\(Markup.escape(leak.sentence)), \(PlainNumber.decimal(leak.reductionDB, digits: 1)) dB of it known</li>"
        }
        return "<p class=\"reasons\">Channels hear each other; whoever is replaced is replaced in both:</p>"
            + "<ul class=\"reasons\">\(items.joined())</ul>"
    }

    /// Why stretches were kept, the most frequent reason first; empty where none was.
    var reasons: String {
        let groups = Dictionary(grouping: kept) { $0.reasonKept ?? "" }
        return groups.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map { reason, turns in
            "<li>\(PlainNumber.things(turns.count, "stretch", "stretches")) "
                + "(\(PlainNumber.duration(turns.reduce(0) { $0 + $1.end - $1.start }))): \(Markup.escape(reason))</li>"
        }.joined()
    }

    // MARK: What stands below the turns

    var measures: String {
        TurnMeasure.all.map { measure in
            """
            <tr><th scope="row">\(measure.name)</th><td>\(Markup.escape(measure.explanation))</td>\
            <td>\(measure.limit(measure.good))</td><td>\(measure.attentionLimit)</td></tr>
            """
        }.joined()
    }

    var files: String {
        func figure(_ value: Double?, _ unit: String) -> String {
            value.map { "\(PlainNumber.decimal($0, digits: 1)) \(unit)" } ?? "not measured"
        }
        let rows: [(String, (Report.Programme) -> String)] = [
            ("File", { Markup.escape(URL(fileURLWithPath: $0.path).lastPathComponent) }),
            ("Length", { PlainNumber.duration($0.seconds) }),
            ("Format", { "\(PlainNumber.count($0.sampleRate)) Hz, \(PlainNumber.things($0.channels, "channel"))" }),
            ("Loudness", { figure($0.loudnessLUFS, "LUFS") }), ("True peak", { figure($0.truePeakDBTP, "dBTP") }),
            ("SHA-256", { "<code>\(Markup.escape($0.sha256))</code>" }),
        ]
        return rows.map { name, cell in
            "<tr><th scope=\"row\">\(name)</th><td>\(cell(report.input))</td><td>\(cell(report.output))</td></tr>"
        }.joined()
    }

    var stages: String {
        report.stages.map { stage in
            """
            <tr><th scope="row">\(Markup.escape(stage.stage.rawValue))</th>\
            <td>\(PlainNumber.duration(stage.seconds))</td><td>\(PlainNumber.decimal(stage.realTimeFactor, digits: 2))</td>\
            <td>\(PlainNumber.count(stage.peakMemoryBytes / 1_000_000)) MB</td></tr>
            """
        }.joined()
    }
}

extension Report.Speaker {
    /// "Anna (Speaker_A)", or the id alone.
    var title: String { name.map { "\($0) (\(id.name))" } ?? id.name }
}

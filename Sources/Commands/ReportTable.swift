import Foundation
import AudioCore
import Pipeline

/// A report in a few lines for a person.
struct ReportTable {
    let report: Report

    init(_ report: Report) { self.report = report }

    func print() {
        for speaker in report.speakers where speaker.voice != nil { line(describe(speaker)) }
        if !report.replacements.isEmpty {
            line("")
            Output.table(
                ["turn", "at", "length", "onset error (median, p95)", "pitch", "words wrong", "sounds", "text"],
                report.replacements.map(row))
        }
        line("")
        summary.forEach(line)
    }

    private func line(_ text: String) { Terminal.output.write(text + "\n") }

    private func describe(_ speaker: Report.Speaker) -> String {
        let who = "\(speaker.name.map { "\($0), " } ?? "")\(speaker.id) (\(Output.clock(speaker.seconds)) of speech)"
        let turns = report.replacements.filter { $0.speaker == speaker.id }
        guard turns.contains(where: { !$0.kept }) else {
            return turns.isEmpty
                ? "\(who) keeps the old voice: no words were understood."
                : "\(who) keeps the old voice: nothing could be replaced, for the reasons below."
        }
        let origin = speaker.fitted.map { ", \($0.sentence)" } ?? "."
        return "\(who) now speaks with \(speaker.voice ?? "")\(origin)"
    }

    private func row(_ turn: Report.Turn) -> [String] {
        let kept = turn.kept ? "kept: \(Self.reason(turn.flags))" : nil
        return [
            "\(turn.passage)", Output.clock(turn.start), Output.clock(turn.end - turn.start),
            kept ?? turn.timing.map { "\(Int($0.medianMs.rounded())), \(Int($0.p95Ms.rounded())) ms" } ?? "-",
            turn.f0Correlation.map { number($0, 2) } ?? "-",
            turn.roundTripConsistency.map { "\(Int((100 * $0.wordErrorRate).rounded())) %" } ?? "-",
            turn.quality.map { number($0.dnsmosOverall, 1) + " of 5" } ?? "-",
            turn.flags.contains(.mutedByChoice) ? "(silent)" : String(turn.text.prefix(50)),
        ]
    }

    /// Why a stretch stayed the original.
    private static func reason(_ flags: [ReplacementFlag]) -> String {
        if flags.contains(.keptByChoice) { return "you said so" }
        if flags.contains(.overlapKept) { return "somebody else speaks too" }
        if flags.contains(.languageUnspoken) { return "a language no voice speaks" }
        if flags.contains(.nothingToSay) { return "no words" }
        return flags.contains(.wordUncertain) ? "doubtful words" : "words not found in the sound"
    }

    private var summary: [String] {
        let totals = report.totals
        var lines: [String] = []
        if let edits = report.edits, !edits.isEmpty {
            lines.append("Changed by hand: \(EditSentences.summary(edits)).")
        }
        for leak in report.crosstalk ?? [] {
            lines.append(
                "Crosstalk: \(leak.sentence) (\(number(leak.reductionDB, 1)) dB of it known); "
                    + "whoever is replaced there is replaced here, too.")
        }
        if let timing = totals.timing {
            lines.append(
                "Timing: half the words sit within \(Int(timing.medianMs.rounded())) ms of the original, "
                    + "95 % within \(Int(timing.p95Ms.rounded())) ms (\(timing.judge)).")
        }
        if let share = totals.replacedShare {
            lines.append(
                "Replaced: \(number(100 * share, 1)) % of the speech that nobody overlaps; \(totals.keptTurns == 1 ? "1 stretch" : "\(totals.keptTurns) stretches") kept."
            )
        }
        lines.append(
            "Untouched: \(report.untouched.samplesChanged) of \(report.untouched.samplesOutside) samples outside the spans changed"
                + (report.output.reencoded == true ? " before the codec encoded all of it anew." : "."))
        lines.append(
            "Took \(number(totals.seconds, 1)) s, \(number(totals.realTimeFactor, 2)) of the programme's own length.")
        lines.append("Wrote \(report.output.path)")
        return lines
    }

    private func number(_ value: Double, _ digits: Int) -> String {
        value.formatted(.number.precision(.fractionLength(digits)).grouping(.never).locale(.init(identifier: "en_US")))
    }
}

import AudioCore
import Foundation

/// The whole programme as lanes: who speaks when, what was replaced, kept and flagged. A long programme runs over
/// several rows, as text does.
struct ProgrammeLanes {
    let report: Report
    let diarization: Diarization
    let seconds: Double

    private static let mostRows = 12.0
    private static let rowSteps: [Double] = [30, 60, 120, 300, 600, 900, 1800, 3600]
    /// One row holds this much without being crowded.
    private static let comfortableSeconds = 180.0

    private var rowSeconds: Double {
        guard seconds > Self.comfortableSeconds else { return max(seconds, 1) }
        return Self.rowSteps.first { $0 >= 60 && seconds / $0 <= Self.mostRows } ?? seconds / Self.mostRows
    }

    var html: String {
        let length = rowSeconds
        let rows = max(1, Int((seconds / length).rounded(.up)))
        let body = (0..<rows).map { row in
            self.row(TimeSpan(start: Double(row) * length, end: Double(row + 1) * length))
        }.joined()
        return """
            <div class="legend" aria-hidden="true"><span><i class="bar speech"></i>speaks, untouched</span>\
            <span><i class="bar new"></i>new voice</span><span><i class="bar keeps"></i>kept as it was</span>\
            <span><i class="bar new look"></i>needs attention</span></div>
            <div class="lanes" role="img" aria-label="\(Markup.escape(summary))">\(body)</div>
            """
    }

    /// The same in words, for those who do not see it.
    private var summary: String {
        report.speakers.map { speaker in
            "\(speaker.title) speaks for \(PlainNumber.duration(speaker.seconds)) in "
                + PlainNumber.things(speaker.turns, "turn")
        }.joined(separator: "; ") + ". The list of turns below says what became of each."
    }

    private func row(_ span: TimeSpan) -> String {
        let lanes = report.speakers.map { speaker -> String in
            let speech = diarization.turns(of: speaker.id).map { bar($0.span, in: span, style: "speech") }
            let turns = report.replacements.filter {
                $0.speaker == speaker.id && $0.end > span.start && $0.start < span.end
            }
            let treated = turns.flatMap { turn in self.bars(of: turn, in: span) }
            return #"<div class="lane"><span class="name">\#(Markup.escape(speaker.name ?? speaker.id.name))</span>"#
                + #"<div class="track">\#((speech + treated).joined())</div></div>"#
        }.joined()
        return
            #"<div class="row">\#(lanes)<div class="lane"><span class="name"></span><div class="axis">\#(ticks(span))</div></div></div>"#
    }

    private func bars(of turn: Report.Turn, in row: TimeSpan) -> [String] {
        let title =
            "\(PlainNumber.clock(turn.start)) \(turn.reasonKept.map { "kept: \($0)" } ?? turn.voice): \(turn.text.prefix(80))"
        if turn.kept {
            return [bar(TimeSpan(start: turn.start, end: turn.end), in: row, style: "keeps", turn: turn, title: title)]
        }
        let style = TurnVerdict(turn).mark == .attention ? "new look" : "new"
        return report.spans.filter { $0.turn == turn.turn }.map { span in
            bar(TimeSpan(start: span.start, end: span.end), in: row, style: style, turn: turn, title: title)
        }
    }

    /// A stretch as a part of a row; a click goes to its turn. The keyboard walks the list of turns.
    private func bar(
        _ span: TimeSpan, in row: TimeSpan, style: String, turn: Report.Turn? = nil, title: String = ""
    ) -> String {
        let start = max(span.start, row.start)
        let end = min(span.end, row.end, max(row.start, seconds))
        guard end > start else { return "" }
        let left = PlainNumber.decimal(100 * (start - row.start) / row.seconds, digits: 3)
        let width = PlainNumber.decimal(100 * (end - start) / row.seconds, digits: 3)
        let place = #"class="bar \#(style)" style="left:\#(left)%;width:\#(width)%""#
        guard let turn else { return "<i \(place)></i>" }
        return #"<i \#(place) data-turn="turn-\#(turn.turn + 1)" title="\#(Markup.escape(title))"></i>"#
    }

    private func ticks(_ row: TimeSpan) -> String {
        let end = min(row.end, seconds)
        let step = [1.0, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900].first { row.seconds / $0 <= 7 } ?? row.seconds / 6
        return stride(from: row.start, to: max(end, row.start + 1e-6), by: step).map { at in
            let left = PlainNumber.decimal(100 * (at - row.start) / row.seconds, digits: 2)
            return #"<span style="left:\#(left)%">\#(PlainNumber.shortClock(at))</span>"#
        }.joined()
    }
}

import Foundation
import Pipeline

/// A voice analysis for people: a block for each speaker, a table of turns.
struct VoiceAnalysisText {
    private let analysis: VoiceAnalysis

    init(_ analysis: VoiceAnalysis) { self.analysis = analysis }

    var whole: String {
        var lines: [String] = []
        for speaker in analysis.speakers { lines += block(speaker) + [""] }
        lines += turnTable + [""]
        lines.append("Usual: \(analysis.referencesComeFrom)")
        lines.append(analysis.leftOut)
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Speakers

    private func block(_ speaker: VoiceAnalysis.Speaker) -> [String] {
        let figures = speaker.figures
        let name = speaker.name.map { " \"\($0)\"" } ?? ""
        let turns = "\(speaker.turns) turn\(speaker.turns == 1 ? "" : "s")"
        return [
            "\(speaker.id)\(name), \(Output.clock(figures.seconds)) of speech in \(turns), "
                + "\(Output.clock(figures.voicedSeconds)) of it voiced and alone",
            "  \(speaker.summary)",
        ] + rows(figures).map { "  " + $0.name.padding(toLength: 20, withPad: " ", startingAt: 0) + $0.text }
    }

    private func rows(_ figures: VoiceFigures) -> [(name: String, text: String)] {
        let steadiness = figures.steadiness
        var rows: [(String, String)] = []
        func add(_ name: String, _ text: String?, _ reference: String? = nil) {
            rows.append((name, (text ?? "not measured: too little of it") + (text == nil ? "" : usual(reference))))
        }
        add(
            "pitch",
            figures.pitch.map {
                "\(number($0.medianHertz)) Hz (median); 5-95 %: \(number($0.lowHertz))-\(number($0.highHertz)) Hz"
            }, "pitch.medianHertz")
        add(
            "melody",
            figures.pitch.map {
                "spread \(number($0.spreadSemitones, 1)), range \(number($0.rangeSemitones, 1)) semitones"
            }, "pitch.spreadSemitones")
        add("jitter", pair(steadiness.jitterLocal, steadiness.jitterPPQ5, "ppq5"), "steadiness.jitterLocal")
        add(
            "shimmer",
            pair(steadiness.shimmerLocal, steadiness.shimmerAPQ5, "apq5").map { text in
                text + (steadiness.shimmerLocalDecibels.map { ", \(number($0, 2)) dB" } ?? "")
            }, "steadiness.shimmerLocal")
        add(
            "harmonics to noise", steadiness.harmonicsToNoiseDecibels.map { "\(number($0, 1)) dB" },
            "steadiness.harmonicsToNoiseDecibels")
        add(
            "breath noise", steadiness.breathNoiseDecibels.map { "\(number($0, 1)) dB" },
            "steadiness.breathNoiseDecibels")
        add("rate", figures.rate.map(rate), "rate.articulation")
        add("pauses", figures.pauses.map(pauses), "pauses.share")
        add(
            "level",
            figures.level.map { "\(number($0.decibels, 1)) dB re full scale, range \(number($0.rangeDecibels, 1)) dB" })
        add(
            "spectrum",
            figures.spectrum.tiltDecibelsPerOctave.map { tilt in
                "\(number(tilt, 1)) dB an octave"
                    + (figures.spectrum.alphaRatioDecibels.map { "; above re below 1 kHz \(number($0, 1)) dB" } ?? "")
            }, "spectrum.tiltDecibelsPerOctave")
        add(
            "formants",
            figures.formants.map {
                "F1 \(number($0.first)), F2 \(number($0.second)), F3 \(number($0.third)) Hz, medians of vowels"
            })
        return rows
    }

    private func pair(_ local: Double?, _ five: Double?, _ name: String) -> String? {
        local.map { "\(number(100 * $0, 2)) %" + (five.map { ", \(name) \(number(100 * $0, 2)) %" } ?? "") }
    }

    private func rate(_ rate: VoiceFigures.Rate) -> String {
        let phonemes = rate.articulationPhonemes.map { ", \(number($0, 1)) phonemes" } ?? ""
        let count =
            switch rate.countedBy {
            case .words: "by the words"
            case .loudness: "by loudness: about a sixth too few"
            case .both: "partly by loudness: somewhat too few"
            }
        return "\(number(rate.articulation, 1)) syllables\(phonemes) a second without pauses, "
            + "\(number(rate.speaking, 1)) with them (\(count))"
    }

    private func pauses(_ pauses: VoiceFigures.Pauses) -> String {
        guard let median = pauses.medianSeconds else { return "none of 0.25 s and more" }
        return "\(pauses.count) of 0.25-3 s, \(number(100 * pauses.share)) % of the time, half of them over "
            + "\(number(median, 2)) s"
    }

    private func usual(_ figure: String?) -> String {
        guard let figure else { return "" }
        let found = analysis.references.filter { $0.figure.hasPrefix(figure) }
        guard !found.isEmpty else { return "" }
        let parts = found.map { reference in
            let share = reference.unit.isEmpty
            let scale = share ? 100.0 : 1
            let digits = scale * reference.high < 10 ? 1 : 0
            let who = reference.figure.split(separator: ",").dropFirst().joined()
            return "\(number(scale * reference.low, digits)) to \(number(scale * reference.high, digits))"
                + (share ? " %" : " \(reference.unit)") + who
        }
        return "   [usual: \(parts.joined(separator: ", "))]"
    }

    // MARK: Turns

    private static let columns = [
        "turn", "speaker", "start", "seconds", "f0_hz", "f0_spread_st", "jitter_pct", "shimmer_pct", "hnr_db",
        "breath_db", "syll_per_s", "pauses", "pause_pct", "level_db", "tilt_db_oct", "f1_hz", "f2_hz", "f3_hz",
    ]

    private func cells(_ turn: VoiceAnalysis.Turn) -> [String] {
        let figures = turn.figures
        func text(_ value: Double?, _ digits: Int = 0) -> String { value.map { number($0, digits) } ?? "" }
        let steadiness = figures.steadiness
        return [
            "\(turn.turn)", turn.speaker.name, text(turn.start, 2), text(turn.end - turn.start, 2),
            text(figures.pitch?.medianHertz, 1), text(figures.pitch?.spreadSemitones, 2),
            text(steadiness.jitterLocal.map { 100 * $0 }, 2), text(steadiness.shimmerLocal.map { 100 * $0 }, 2),
            text(steadiness.harmonicsToNoiseDecibels, 1), text(steadiness.breathNoiseDecibels, 1),
            text(figures.rate?.articulation, 2), figures.pauses.map { "\($0.count)" } ?? "",
            text(figures.pauses.map { 100 * $0.share }, 1), text(figures.level?.decibels, 1),
            text(figures.spectrum.tiltDecibelsPerOctave, 1), text(figures.formants?.first),
            text(figures.formants?.second), text(figures.formants?.third),
        ]
    }

    /// For spreadsheets.
    func turns(separator: String) -> String {
        ([Self.columns] + analysis.turns.map(cells)).map { $0.joined(separator: separator) + "\r\n" }.joined()
    }

    private var turnTable: [String] {
        let chosen = [0, 1, 2, 3, 4, 5, 8, 10, 11, 13]
        let header = [
            "turn", "speaker", "at", "seconds", "pitch Hz", "spread", "HNR dB", "syllables/s", "pauses", "level dB",
        ]
        let rows = analysis.turns.map { turn in
            let cells = cells(turn)
            return chosen.map { $0 == 2 ? Output.clock(turn.start) : cells[$0].isEmpty ? "-" : cells[$0] }
        }
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        return ([header] + rows).map { row in
            row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell.padding(toLength: widths[index], withPad: " ", startingAt: 0)
            }.joined(separator: "  ")
        }
    }

    private func number(_ value: Double, _ digits: Int = 0) -> String { String(format: "%.\(digits)f", value) }
}

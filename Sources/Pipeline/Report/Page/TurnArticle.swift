import AudioCore
import Files
import Foundation

/// A turn as a part of the page. Pictures and sound are heavy and come apart from the rest.
struct TurnArticle {
    let index: Int
    let count: Int
    let verdict: TurnVerdict
    let drawing: TurnDrawing
    let language: String
    /// What a person changed in it, in half sentences.
    var changes: [String] = []

    /// What a person called the speaker.
    var speakerName: String?

    private var turn: Report.Turn { verdict.turn }
    private var id: String { "turn-\(index + 1)" }

    /// Everything but pictures and sound; `media` goes where they belong.
    func html(media: TurnMedia) -> String {
        """
        <article class="turn\(turn.kept ? " kept" : "")" id="\(id)" tabindex="0" aria-labelledby="\(id)-name" \
        data-mark="\(verdict.mark?.rawValue ?? "kept")" data-start="\(drawing.window.start)" \
        data-end="\(drawing.window.end)">
        <div class="said">
        \(heading)
        \(text)
        \(buttons(media))
        \(notes)
        \(figures)
        </div>
        \(plots(media))
        </article>

        """
    }

    private var heading: String {
        let name = Markup.escape(speakerName ?? turn.speaker.name)
        let voice = turn.flags.contains(.mutedByChoice) ? "silence" : Markup.escape(turn.voice)
        let who =
            turn.kept
            ? "\(name), the original"
            : "\(name) <span class=\"arrow\" aria-label=\"now speaks as\">→</span> \(voice)"
        let badge =
            verdict.mark.map { #"<span class="badge \#($0.rawValue)">\#($0.words)</span>"# }
            ?? #"<span class="badge stays">kept</span>"#
        return """
            <header><h3 id="\(id)-name"><span class="time">\(PlainNumber.clock(turn.start))</span> \(who)</h3>\(badge)</header>
            """
    }

    /// The words, each with its time, so that they light up when they are heard.
    private var text: String {
        let words =
            drawing.words.isEmpty
            ? Markup.escape(turn.text)
            : drawing.words.map { word in
                let from = Markup.number(1000 * (word.span.start - drawing.window.start))
                let to = Markup.number(1000 * (word.span.end - drawing.window.start))
                let stays = !word.isReplaced && !turn.kept
                let title = stays ? "stays the original" : Self.deviation(word)
                return #"<span class="word\#(stays ? " stays" : "")" data-ms="\#(from) \#(to)""#
                    + (title.isEmpty ? "" : #" title="\#(title)""#) + ">\(Markup.escape(word.text))</span>"
            }.joined(separator: " ")
        return
            #"<p class="text" lang="\#(Markup.escape(language))" dir="auto">\#(words.isEmpty ? "<em>no words</em>" : words)</p>"#
    }

    /// "12 ms later"; empty where it was not measured.
    private static func deviation(_ word: TurnDrawing.WordMark) -> String {
        guard let milliseconds = word.deviationMs else { return "" }
        return "\(PlainNumber.whole(abs(milliseconds))) ms \(milliseconds < 0 ? "earlier" : "later")"
    }

    private func buttons(_ media: TurnMedia) -> String {
        guard let sounds = media.sounds else { return #"<p class="absent">\#(Markup.escape(media.whyNoSound))</p>"# }
        let names: [TurnSound.Version: (String, String)] = [
            .original: ("Original", "1"), .new: ("New", "2"), .bed: ("Bed only", "3"),
        ]
        let made = TurnSound.Version.allCases.filter { sounds[$0] != nil }
        let buttons = made.map { version in
            let (name, key) = names[version] ?? ("", "")
            return #"<button type="button" data-play="\#(version.rawValue)" aria-pressed="false" "#
                + #"aria-keyshortcuts="\#(key)"><span class="icon" aria-hidden="true"></span>\#(name)</button>"#
        }.joined()
        let data = made.map { version in
            #"<script type="text/plain" data-sound="\#(version.rawValue)">\#(sounds[version]?.base64EncodedString() ?? "")</script>"#
        }.joined()
        return #"<div class="player" role="group" aria-label="Listen to this turn">\#(buttons)"#
            + #"<span class="clock" aria-hidden="true"></span></div>\#(data)"#
    }

    private var notes: String {
        let method = turn.synthesis.flatMap(\.sentence)
        guard !turn.flags.isEmpty || !changes.isEmpty || method != nil else { return "" }
        let spoken = method.map { #"<li class="quiet">\#(Markup.escape($0))</li>"# } ?? ""
        let changed = changes.map { #"<li class="quiet">Changed by hand: \#(Markup.escape($0)).</li>"# }
        let notes = turn.flags.map { flag in
            #"<li class="\#(flag.asksForAttention ? "attention" : "quiet")">\#(Markup.escape(flag.sentence))</li>"#
        }.joined()
        return #"<ul class="notes">\#(changed.joined())\#(notes)\#(spoken)</ul>"#
    }

    // MARK: Figures

    private var figures: String {
        guard !turn.kept else { return "" }
        let first = verdict.figures.enumerated().filter { $0 < TurnMeasure.foremost || $1.mark == .attention }
        let rest = verdict.figures.enumerated().filter { $0 >= TurnMeasure.foremost && $1.mark != .attention }
        return #"<dl class="figures">\#(first.map { row($1) }.joined())</dl>"#
            + #"<details><summary>\#(rest.count) more figures</summary><dl class="figures">\#(rest.map { row($1) }.joined())</dl></details>"#
    }

    private func row(_ figure: TurnVerdict.Figure) -> String {
        guard let value = figure.value, let mark = figure.mark else {
            return #"<dt class="none">\#(figure.measure.name)</dt><dd class="none">not measured</dd>"#
        }
        return
            #"<dt class="\#(mark.rawValue)"><span class="unseen">\#(mark.words): </span>\#(figure.measure.name)</dt>"#
            + "<dd>\(Markup.escape(figure.measure.sentence(value, turn)))</dd>"
    }

    // MARK: Drawings

    private func plots(_ media: TurnMedia) -> String {
        let plots = TurnPlots(drawing: drawing)
        func figure(_ caption: String, _ style: String, _ label: String, _ content: String) -> String {
            #"<figure class="\#(style)"><figcaption>\#(caption)</figcaption><div role="img" aria-label="\#(label)">\#(content)</div></figure>"#
        }
        func drawn(_ plot: TurnPlots.Plot) -> String {
            #"<svg viewBox="0 0 1000 \#(plot.height)" preserveAspectRatio="none" aria-hidden="true">\#(plot.content)</svg>"#
        }
        func picture(_ data: Data?) -> String {
            data.map { #"<img alt="" decoding="sync" src="data:image/png;base64,\#($0.base64EncodedString())">"# } ?? ""
        }
        var figures = [
            figure(
                "Before", "wave", "Waveform\(media.before == nil ? "" : " and spectrogram") of the original",
                drawn(plots.before) + picture(media.before))
        ]
        if !turn.kept {
            figures.append(
                figure(
                    "After", "wave", "Waveform\(media.after == nil ? "" : " and spectrogram") of the new programme",
                    drawn(plots.after) + picture(media.after)))
            if let melodies = plots.melodies {
                figures.append(figure(melodyCaption, "melody", "Pitch of both voices over each other", drawn(melodies)))
            }
            if let timing = plots.timing {
                figures.append(
                    figure(
                        "Each word: later <span aria-hidden=\"true\">↑</span> or earlier <span aria-hidden=\"true\">↓</span> "
                            + "than the original, ±\(PlainNumber.whole(TurnPlots.mostDeviationMs)) ms; the band is good",
                        "timing", "How many milliseconds each word sits from the original", drawn(timing)))
            }
        }
        return #"<div class="plots">\#(figures.joined())\#(axis)<div class="playhead" hidden></div></div>"#
    }

    private var melodyCaption: String {
        func median(_ melody: TurnDrawing.Melody?) -> String {
            melody.map { "around \(PlainNumber.whole($0.median)) Hz" } ?? "no pitch found"
        }
        return
            #"Melody: <b class="old">old voice</b> \#(median(drawing.oldMelody)), <b class="new">new voice</b> \#(median(drawing.newMelody)), each about its own middle; lines are 5 semitones apart"#
    }

    /// Seconds of the programme, about six of them.
    private var axis: String {
        let window = drawing.window
        let step = [0.5, 1, 2, 5, 10, 20, 30].first { window.seconds / $0 <= 6.5 } ?? 60
        var ticks = ""
        var at = (window.start / step).rounded(.up) * step
        while at <= window.end - 0.04 * window.seconds {
            let left = PlainNumber.decimal(100 * (at - window.start) / window.seconds, digits: 2)
            let label = step < 1 ? PlainNumber.clock(at) : PlainNumber.shortClock(at)
            ticks += #"<span style="left:\#(left)%">\#(label)</span>"#
            at += step
        }
        return #"<div class="axis" aria-hidden="true">\#(ticks)</div>"#
    }
}

/// A turn's pictures and sounds, as far as the page has room for them.
struct TurnMedia: Codable {
    /// PNG.
    var before: Data?
    var after: Data?
    /// nil where there was no room.
    var sounds: [TurnSound.Version: Data]?
    /// Said in the place of the buttons.
    var whyNoSound = ""
}

import AudioCore
import Files
import Foundation

/// Writes `report.html`: the report as one file that needs nothing else.
///
/// A page has a budget of bytes. Text, waveforms, pitch curves and figures of all turns are always there; pictures and
/// sound go first to the turns that need somebody's ears most, until the budget is used up, and the page says so.
struct ReportPage {
    /// What a page may weigh where nothing else is said: 40 MB opens on a phone and passes through a mail box.
    static let usualBudgetBytes = 40_000_000
    /// Counts up when the same report would give another page.
    private static let version = 1
    /// Longer turns are not drawn in detail nor carried as sound: their file is the better place to listen.
    private static let longestWindowSeconds = 90.0

    let material: ReportMaterial
    var budgetBytes = Self.usualBudgetBytes

    private var report: Report { material.report }

    /// What determines the page.
    static func key(of report: Report, budgetBytes: Int) throws -> String {
        var report = report
        // Whether something was found or made now is not on the page.
        for index in report.stages.indices { report.stages[index].cached = false }
        return Digest.of(try CanonicalJSON.encode(report) + Data("page \(version), \(budgetBytes) bytes".utf8))
    }

    /// True where `file` is the page of this report already.
    static func isCurrent(_ file: URL, for report: Report, budgetBytes: Int = usualBudgetBytes) throws -> Bool {
        guard let handle = try? FileHandle(forReadingFrom: file) else { return false }
        defer { try? handle.close() }
        let head = (try? handle.read(upToCount: 2048)) ?? Data()
        return try String(decoding: head, as: UTF8.self).contains(key(of: report, budgetBytes: budgetBytes))
    }

    /// - Parameter file: what is there already is replaced, all at once.
    func write(to file: URL, progress: (Double) throws -> Void) throws {
        let workshop = file.deletingLastPathComponent().appendingPathComponent(".draft-page")
        try? FileManager.default.removeItem(at: workshop)
        do {
            try FileManager.default.createDirectory(at: workshop, withIntermediateDirectories: true)
        } catch { throw FileError(.cannotCreate, workshop, "create", FileError.reason(error)) }
        defer { try? FileManager.default.removeItem(at: workshop) }

        let turns = try articles { try progress(0.5 * $0) }
        let (head, foot) = try frame(poorTurns: 0)
        let plain = turns.reduce(head.utf8.count + foot.utf8.count) { $0 + $1.html(media: TurnMedia()).utf8.count }
        let rich = try makeMedia(turns, budget: budgetBytes - plain, in: workshop) { try progress(0.5 + 0.45 * $0) }
        try assemble(turns, rich: rich, workshop: workshop, to: file)
        try progress(1)
    }

    // MARK: Turns

    private func articles(progress: (Double) throws -> Void) throws -> [TurnArticle] {
        try report.replacements.indices.map { index in
            try progress(Double(index) / Double(report.replacements.count))
            let turn = report.replacements[index]
            let edits = report.edits ?? []
            return TurnArticle(
                index: index, count: report.replacements.count, verdict: TurnVerdict(turn),
                drawing: try TurnDrawing(index, of: material), language: material.language,
                changes: (turn.changes ?? []).filter { edits.indices.contains($0 - 1) }.map {
                    EditSentences().sentence(edits[$0 - 1])
                }, speakerName: report.speakers.first { $0.id == turn.speaker }?.name)
        }
    }

    /// Makes pictures and sounds, the turns that need ears first, until the budget is used up.
    /// - Returns: the turns that have them, as indices.
    private func makeMedia(
        _ turns: [TurnArticle], budget: Int, in workshop: URL, progress: (Double) throws -> Void
    ) throws -> Set<Int> {
        let order = turns.indices.sorted { (-turns[$0].verdict.urgency, $0) < (-turns[$1].verdict.urgency, $1) }
        var left = budget
        var rich: Set<Int> = []
        for (done, index) in order.enumerated() {
            try progress(Double(done) / Double(order.count))
            guard !isTooLong(turns[index]) else { continue }
            let media = try media(of: turns[index], in: workshop)
            let cost = turns[index].html(media: media).utf8.count - turns[index].html(media: TurnMedia()).utf8.count
            // The first that does not fit ends it: those that come later matter less.
            guard cost <= left else { break }
            left -= cost
            try PropertyListEncoder().encode(media).write(to: Self.stored(index, in: workshop))
            rich.insert(index)
        }
        return rich
    }

    private func isTooLong(_ turn: TurnArticle) -> Bool {
        turn.drawing.window.seconds > Self.longestWindowSeconds
    }

    private static func stored(_ index: Int, in workshop: URL) -> URL {
        workshop.appendingPathComponent("\(index).media")
    }

    private func media(of turn: TurnArticle, in workshop: URL) throws -> TurnMedia {
        let window = turn.drawing.window
        let frames = material.frames(window)
        let picture = SpectrogramPicture(programmeLoudness: report.input.loudnessLUFS)
        let sound = TurnSound(material: material)
        var media = TurnMedia()
        media.before = try picture.image(material.measured.input, frames).png
        let versions: [TurnSound.Version] = turn.verdict.turn.kept ? [.original, .bed] : TurnSound.Version.allCases
        if !turn.verdict.turn.kept {
            media.after = try picture.image(material.measured.output, frames).png
        }
        media.sounds = try Dictionary(
            uniqueKeysWithValues: versions.map { ($0, try sound.encoded($0, window, in: workshop)) })
        return media
    }

    // MARK: The whole page

    private func assemble(_ turns: [TurnArticle], rich: Set<Int>, workshop: URL, to file: URL) throws {
        let draft = workshop.appendingPathComponent("report.html")
        let poor = turns.indices.count { !rich.contains($0) && !isTooLong(turns[$0]) }
        let (head, foot) = try frame(poorTurns: poor)
        guard FileManager.default.createFile(atPath: draft.path, contents: nil) else {
            throw FileError(.cannotCreate, draft, "write", String(cString: strerror(errno)))
        }
        do {
            let handle = try FileHandle(forWritingTo: draft)
            try handle.write(contentsOf: Data(head.utf8))
            for (index, turn) in turns.enumerated() {
                var media = TurnMedia(
                    whyNoSound: isTooLong(turn)
                        ? "Too long for this page; listen in the new file."
                        : "No room for its sound on this page; listen in the new file.")
                if rich.contains(index) {
                    media = try PropertyListDecoder().decode(
                        TurnMedia.self, from: Data(contentsOf: Self.stored(index, in: workshop)))
                }
                try handle.write(contentsOf: Data(turn.html(media: media).utf8))
            }
            try handle.write(contentsOf: Data(foot.utf8))
            try handle.synchronize()
            try handle.close()
            guard rename(draft.path, file.path) == 0 else {
                throw NSError(domain: NSPOSIXErrorDomain, code: Int(errno))
            }
        } catch { throw FileError(.inputOutput, file, "write", FileError.reason(error)) }
    }

    /// What stands before and after the turns.
    /// - Parameter poor: turns that the budget left without pictures and sound.
    private func frame(poorTurns poor: Int) throws -> (head: String, foot: String) {
        let summary = PageSummary(report: report)
        let lanes = ProgrammeLanes(report: report, diarization: material.diarization, seconds: material.seconds)
        let verdicts = report.replacements.map { TurnVerdict($0) }
        let slots: [String: String] = [
            "key": try Self.key(of: report, budgetBytes: budgetBytes),
            "title": Markup.escape(summary.title), "lead": Markup.escape(summary.lead), "tiles": summary.tiles,
            "lanes": lanes.html, "voices": summary.voices,
            "changes": summary.changes, "crosstalk": summary.crosstalk,
            "reasons": summary.reasons.isEmpty
                ? "" : "<p class=\"reasons\">Kept as it was:</p><ul class=\"reasons\">\(summary.reasons)</ul>",
            "allTurns": PlainNumber.count(verdicts.count),
            "attentionTurns": PlainNumber.count(verdicts.count { $0.mark == .attention }),
            "keptTurns": PlainNumber.count(verdicts.count(where: \.turn.kept)),
            "budgetHidden": poor == 0 ? " hidden" : "",
            "budget": poor == 0
                ? ""
                : "So that this page stays under \(PlainNumber.count(budgetBytes / 1_000_000)) MB, "
                    + "\(PlainNumber.things(poor, "turn")) came without spectrograms and sound; the turns that need ears "
                    + "most have them.",
            "measures": summary.measures, "files": summary.files, "stages": summary.stages,
            "range": PlainNumber.whole(Double(SpectrogramPicture.rangeDB)),
            "work": "\(PlainNumber.duration(report.totals.seconds)), "
                + "\(PlainNumber.decimal(report.totals.realTimeFactor, digits: 2)) of the programme’s own length",
            "consent": Markup.escape(summary.consent),
            "style": PageTemplate.text(PackageResources.tokens_css) + PageTemplate.text(PackageResources.page_css),
            "script": PageTemplate.text(PackageResources.page_js),
        ]
        let parts = PageTemplate.text(PackageResources.page_html).components(separatedBy: "{{turns}}")
        return (PageTemplate.filled(parts[0], slots), PageTemplate.filled(parts[1], slots))
    }
}

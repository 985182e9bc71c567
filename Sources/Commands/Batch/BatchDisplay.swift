import Foundation
import Pipeline
import Store

/// Shows a batch on standard error: a bar for each episode in work and a line for each that has ended; without a terminal
/// the lines only. Used by one thread.
final class BatchDisplay {
    private struct Bar {
        var name: String
        var stage: StageName?
        /// Of the whole job, 0...1.
        var fraction = 0.0
        /// Where real work began: what was finished before says nothing of how fast it goes.
        var began: (time: ContinuousClock.Instant, fraction: Double)?
    }

    private let terminal = Terminal.error
    private let isQuiet: Bool
    private let isVerbose: Bool
    private var bars: [Int64: Bar] = [:]
    private var drawn = 0
    private var lastDrawn = ContinuousClock.now - .seconds(1)
    private var ended = 0
    private(set) var total: Int

    init(isQuiet: Bool, isVerbose: Bool = false, total: Int) {
        self.isQuiet = isQuiet
        self.isVerbose = isVerbose
        self.total = total
    }

    /// The share of a job that each stage takes (docs/measurements.md, two-hosts).
    private static let weights: [StageName: Double] = [
        .preprocessor: 0.01, .diarizer: 0.06, .separator: 0.13, .recognizer: 0.21, .synthesizer: 0.33,
        .reconstructor: 0.03, .output: 0.01, .report: 0.22,
    ]
    private static let order: [StageName] = [
        .preprocessor, .diarizer, .separator, .recognizer, .synthesizer, .reconstructor, .output, .report,
    ]

    /// A line by itself.
    func say(_ sentence: String) {
        guard !isQuiet else { return }
        erase()
        terminal.write(sentence + "\n")
        draw()
    }

    func show(_ event: BatchEvent) {
        guard !isQuiet else { return }
        switch event {
        case .started(let job): bars[job.id] = Bar(name: Self.name(job))
        case .progress(let job, let stage, let fraction):
            advance(job, stage, fraction)
            if let bar = bars[job.id], bar.began == nil { bars[job.id]?.began = (.now, bar.fraction) }
        case .finished(let job, let stage):
            advance(job, stage, 1)
            if isVerbose { say("\(Self.name(job)): \(stage.label) is done.") }
        case .notice(let job, let sentence): say((job.map { Self.name($0) + ": " } ?? "") + sentence)
        case .arrived(let count): total += count
        case .ended(let job):
            bars[job.id] = nil
            if job.state == .queued { return say("\(Self.name(job)): it is in other hands and tried again.") }
            ended += 1
            say("\(ended) of \(total)  \(Self.name(job)): \(Self.describe(job))")
        case .tick: if ContinuousClock.now - lastDrawn >= .milliseconds(200) { redraw() }
        }
    }

    /// A stage that was done before moves the bar, too.
    private func advance(_ job: EpisodeJob, _ stage: StageName, _ fraction: Double) {
        guard let place = Self.order.firstIndex(of: stage) else { return }
        let before = Self.order[..<place].reduce(0) { $0 + (Self.weights[$1] ?? 0) }
        let now = before + fraction * (Self.weights[stage] ?? 0)
        // Stages that were needed to find people are told of twice.
        guard var bar = bars[job.id], now >= bar.fraction else { return }
        bar.fraction = min(1, now)
        bar.stage = stage
        bars[job.id] = bar
    }

    private static func name(_ job: EpisodeJob) -> String { URL(fileURLWithPath: job.input).lastPathComponent }

    private static func describe(_ job: EpisodeJob) -> String {
        guard job.state == .done, let outcome = EpisodeOutcome(of: job) else {
            return "\(job.state.word): \(job.sentence ?? "no reason is known")"
        }
        let who = outcome.replaced.map { "\($0.name ?? $0.speaker) speaks with \($0.voice)" }.joined(separator: ", ")
        let share = outcome.replacedShare.map { ", \(BatchSummary.number(100 * $0, 1)) % replaced" } ?? ""
        return "\(who)\(share), \(BatchSummary.number(outcome.realTimeFactor, 2)) x real time -> \(job.output)"
    }

    // MARK: Bars

    private func redraw() {
        guard terminal.isInteractive else { return }
        erase()
        draw()
    }

    private func erase() {
        guard terminal.isInteractive, drawn > 0 else { return }
        terminal.write("\r" + String(repeating: "\u{1B}[A\u{1B}[K", count: drawn))
        drawn = 0
    }

    private func draw() {
        guard terminal.isInteractive else { return }
        lastDrawn = .now
        let columns = max(1, terminal.columns - 1)
        let lines = bars.sorted { $0.key < $1.key }.map { String(line($0.value).prefix(columns)) }
        terminal.write(lines.map { $0 + "\n" }.joined())
        drawn = lines.count
    }

    private func line(_ bar: Bar) -> String {
        let width = 24
        let full = Int((Double(width) * bar.fraction).rounded())
        let picture = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
        let name = bar.name.count > 28 ? bar.name.prefix(27) + "…" : bar.name[...]
        let label = String(name).padding(toLength: 28, withPad: " ", startingAt: 0)
        return "\(label) \(picture) \(Int(100 * bar.fraction)) %  \(bar.stage?.label ?? "Starting")"
            + Self.timeLeft(bar)
    }

    /// Said only when enough has been done to know.
    private static func timeLeft(_ bar: Bar) -> String {
        guard let began = bar.began, bar.fraction - began.fraction > 0.05, bar.fraction < 1 else { return "" }
        let elapsed = Double((ContinuousClock.now - began.time).components.seconds)
        let left = Int((elapsed * (1 - bar.fraction) / (bar.fraction - began.fraction)).rounded())
        return left >= 60 ? ", \(left / 60) min \(left % 60) s left" : ", \(left) s left"
    }
}

import Foundation
import Pipeline
import Synchronization

/// Shows a run on standard error: one bar a stage with the time left, or plain lines where nobody watches.
final class ProgressDisplay: Sendable {
    private struct State {
        var stage: StageName?
        var started = ContinuousClock.now
        var lastDrawn: ContinuousClock.Instant?
        var lastPrintedTenth = 0
        /// False while models are being loaded, which tells nothing of how fast the work goes.
        var isUnderWay = false
    }

    private let state = Mutex(State())
    private let terminal = Terminal.error
    private let isQuiet: Bool
    private let isVerbose: Bool

    init(isQuiet: Bool, isVerbose: Bool = false) {
        self.isQuiet = isQuiet
        self.isVerbose = isVerbose
    }

    func show(_ event: RunEvent) {
        guard !isQuiet else { return }
        state.withLock { state in
            switch event {
            case .started(let stage):
                state = State(stage: stage)
                if terminal.isInteractive { draw(stage, 0, &state) }
            case .progress(let stage, let fraction): advance(stage, fraction, &state)
            case .finished(let timing): finish(timing)
            case .notice(let sentence): line(sentence)
            }
        }
    }

    private func advance(_ stage: StageName, _ fraction: Double, _ state: inout State) {
        if !state.isUnderWay {
            state.isUnderWay = true
            state.started = ContinuousClock.now
        }
        if terminal.isInteractive {
            let now = ContinuousClock.now
            if let last = state.lastDrawn, now - last < .milliseconds(100), fraction < 1 { return }
            state.lastDrawn = now
            draw(stage, fraction, &state)
            return
        }
        let elapsed = Self.seconds(since: state.started)
        let tenth = Int(fraction * 10)
        guard tenth > state.lastPrintedTenth, elapsed > 10, fraction < 1 else { return }
        state.lastPrintedTenth = tenth
        line("\(stage.label): \(Int(fraction * 100)) %" + Self.timeLeft(elapsed, fraction))
    }

    private func draw(_ stage: StageName, _ fraction: Double, _ state: inout State) {
        let left = Self.timeLeft(Self.seconds(since: state.started), fraction)
        let width = max(10, min(40, terminal.columns - 45))
        let full = Int((Double(width) * min(1, max(0, fraction))).rounded())
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
        let label = stage.label.padding(toLength: 22, withPad: " ", startingAt: 0)
        let line = "\(label) \(bar) \(Int(fraction * 100)) %\(left)"
        // A line that wraps cannot be drawn over.
        terminal.write("\r\u{1B}[K" + line.prefix(max(1, terminal.columns - 1)))
    }

    private func finish(_ timing: StageTiming) {
        let label = timing.stage.label.padding(toLength: 22, withPad: " ", startingAt: 0)
        let what =
            timing.cached
            ? "already done"
            : String(
                format: "%.1f s, %.2f x real time, %.0f MB", timing.seconds, timing.realTimeFactor,
                Double(timing.peakMemoryBytes) / 1_000_000)
        line("\(label) \(what)")
        guard isVerbose, !timing.models.isEmpty else { return }
        let models = timing.models.map { String(format: "%@ %.1f s in %d runs", $0.name, $0.seconds, $0.runs) }
        line("  " + models.joined(separator: ", "))
    }

    private func line(_ text: String) { terminal.write((terminal.isInteractive ? "\r\u{1B}[K" : "") + text + "\n") }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        let duration = (ContinuousClock.now - start).components
        return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
    }

    /// Said only when enough has been done to know.
    private static func timeLeft(_ elapsed: Double, _ fraction: Double) -> String {
        guard fraction > 0.02, elapsed > 1, fraction < 1 else { return "" }
        let left = Int((elapsed * (1 - fraction) / fraction).rounded())
        return left >= 60 ? ", \(left / 60) min \(left % 60) s left" : ", \(left) s left"
    }
}

extension StageName {
    /// What the stage does, in the user's words.
    var label: String {
        switch self {
        case .preprocessor: "Reading"
        case .separator: "Separating voices"
        case .diarizer: "Finding speakers"
        case .recognizer: "Writing down words"
        case .wordTimes: "Timing words"
        case .synthesizer: "Speaking"
        case .reconstructor: "Putting together"
        case .output: "Writing the file"
        case .report: "Measuring"
        }
    }
}

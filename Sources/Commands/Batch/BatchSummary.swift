import Foundation
import Pipeline
import Store

/// What became of a batch, for people and for programs.
struct BatchSummary: Encodable {
    struct Episode: Encodable {
        var input: String
        var output: String
        var state: EpisodeJob.State
        var attempts: Int
        @OrNull var sentence: String?
        @OrNull var failureCode: Int32?
        @OrNull var runFolder: String?
        @OrNull var outcome: EpisodeOutcome?
    }

    var version = 1
    var episodes: [Episode]
    /// Wall-clock seconds of this command.
    var seconds: Double

    init(_ jobs: [EpisodeJob], seconds: Double) {
        self.seconds = seconds
        episodes = jobs.map { job in
            Episode(
                input: job.input, output: job.output, state: job.state, attempts: job.attempts, sentence: job.sentence,
                failureCode: job.failureCode, runFolder: job.runFolder, outcome: EpisodeOutcome(of: job))
        }
    }

    var failures: Int { episodes.count { $0.state == .failed } }

    func print() {
        guard !episodes.isEmpty else { return Terminal.output.write("Nothing was to be done.\n") }
        Output.table(
            ["episode", "state", "replaced", "onsets (median, p95)", "x real time", "output"],
            episodes.map { episode in
                [
                    URL(fileURLWithPath: episode.input).lastPathComponent, episode.state.word,
                    episode.outcome?.replacedShare.map { Self.number(100 * $0, 1) + " %" } ?? "-",
                    episode.outcome?.timing ?? "-",
                    episode.outcome.map { Self.number($0.realTimeFactor, 2) } ?? "-",
                    episode.state == .done ? episode.output : episode.sentence ?? "-",
                ]
            })
        Terminal.output.write(line + "\n")
    }

    /// "3 done, 1 failed; 12.4 min of programme in 9.1 min."
    private var line: String {
        let states: [EpisodeJob.State] = [.done, .skipped, .failed, .running, .queued]
        let counts = states.map { state in (state.word, episodes.count { $0.state == state }) }.filter { $0.1 > 0 }
        let programme = episodes.compactMap(\.outcome?.programmeSeconds).reduce(0, +)
        return counts.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
            + "; \(Output.clock(programme)) of programme, this command took \(Output.clock(seconds))."
    }

    static func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}

extension EpisodeOutcome {
    /// What the queue keeps of a job that is done.
    init?(of job: EpisodeJob) {
        guard let data = job.outcome, let outcome = try? JSONDecoder().decode(EpisodeOutcome.self, from: data) else {
            return nil
        }
        self = outcome
    }

    /// "12, 40 ms"; nil where nothing was measured.
    var timing: String? {
        guard let timingMedianMs, let timingP95Ms else { return nil }
        return "\(Int(timingMedianMs.rounded())), \(Int(timingP95Ms.rounded())) ms"
    }
}

extension Job.State {
    /// For people.
    var word: String { self == .queued ? "waiting" : rawValue }
}

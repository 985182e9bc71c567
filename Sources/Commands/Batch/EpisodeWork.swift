import AudioCore
import Configuration
import Pipeline
import Store

/// What is to be done with one episode, as it stands in the queue.
struct EpisodeWork: Codable, Sendable, Equatable {
    /// A voice for somebody.
    struct Role: Codable, Sendable, Equatable {
        /// One of the programme's own names (`Speaker_A`) or somebody of the speaker book; nil for who talks most.
        var who: String?
        var voice: String

        /// True where the programme itself names the speaker.
        var isOwnName: Bool { who?.hasPrefix("Speaker_") ?? false }
    }

    /// What becomes of an episode in which somebody is not there, or there twice.
    enum Policy: String, Codable, Sendable, CaseIterable { case skip, fail }

    var roles: [Role]
    var notFound = Policy.skip
    var foundTwice = Policy.fail
    /// Cosine from which on a speaker is taken for somebody known.
    var threshold = SpeakerMatching.defaultThreshold
    /// What differs from the defaults, by the options' names, as a configuration file has it.
    var options: [String: String] = [:]

    var settings: Settings {
        get throws {
            let given = options.sorted { $0.key < $1.key }
            return try Configuration(
                flags: given.map { GivenOption(option: $0.key, text: $0.value, origin: .flag("--set")) }
            ).settings
        }
    }
}

/// What a worker is told: one job, and where things are.
struct WorkerOrder: Codable, Sendable {
    var input: String
    var output: String
    var work: EpisodeWork
    var threads: Int
    /// The most that the worker may take; nil: whatever is free.
    var mostMemoryMegabytes: Double?
    var workFolder: String
    var store: String
    var startsAfresh: Bool
    var overwrites: Bool
}

/// What a worker says, one JSON object a line.
enum WorkerMessage: Codable, Sendable {
    case progress(stage: StageName, fraction: Double)
    /// A stage has ended, or its result was already there.
    case finished(stage: StageName)
    case notice(String)
    case done(EpisodeOutcome)
    case skipped(String)
    case failed(String, code: Int32)
}

/// What came out of an episode.
struct EpisodeOutcome: Codable, Sendable, Equatable {
    struct Replaced: Codable, Sendable, Equatable {
        var speaker: String
        /// Who it is by the speaker book.
        var name: String?
        var cosine: Double?
        var voice: String
    }

    var replaced: [Replaced]
    /// Who was looked for and left as he was, one sentence each.
    var leftOut: [String]
    var programmeSeconds: Double
    /// Share of the chosen speakers' speech that was replaced, 0...1.
    var replacedShare: Double?
    var timingMedianMs: Double?
    var timingP95Ms: Double?
    /// Seconds of work for a second of programme.
    var realTimeFactor: Double
    var peakMemoryBytes: Int
    var runFolder: String
}

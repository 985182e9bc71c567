import Foundation

/// One episode of a batch, as it stands in the queue.
public struct Job<Work: Codable & Sendable & Equatable>: Sendable {
    public enum State: String, Sendable, Codable {
        /// Waits for somebody to take it.
        case queued
        /// Somebody works on it, or did until he was killed.
        case running
        case done
        /// There was nothing to do, for a reason that was foreseen.
        case skipped
        case failed
    }

    public var id: Int64
    /// Absolute path.
    public var input: String
    /// Absolute path; no two jobs have the same.
    public var output: String
    public var work: Work
    public var state: State
    /// How often somebody has begun.
    public var attempts: Int
    public var owner: JobOwner?
    /// Threads the first attempt worked with: results depend on them, so later attempts keep the number and find what is
    /// finished.
    public var threads: Int?
    /// Why it failed or was skipped, in one sentence.
    public var sentence: String?
    /// sysexits' number of the failure.
    public var failureCode: Int32?
    public var runFolder: String?
    /// What came out of it, as the one who finished it describes it.
    public var outcome: Data?
}

/// How an attempt ended.
public enum JobEnding: Sendable {
    case done(outcome: Data, runFolder: String?)
    case skipped(sentence: String)
    case failed(sentence: String, code: Int32)
    /// Not begun or not finished, by nobody's fault; may be taken again after `waitSeconds`.
    case returned(waitSeconds: Double)
}

import Pipeline
import Store

typealias EpisodeJob = Job<EpisodeWork>

/// What happens in a batch, as it happens.
enum BatchEvent {
    case started(EpisodeJob)
    case progress(EpisodeJob, StageName, Double)
    case finished(EpisodeJob, StageName)
    case notice(EpisodeJob?, String)
    /// As it stands in the queue afterwards: done, skipped, failed, or queued again.
    case ended(EpisodeJob)
    /// Episodes that came by themselves.
    case arrived(Int)
    /// Nothing happened for a moment; time went on.
    case tick
}

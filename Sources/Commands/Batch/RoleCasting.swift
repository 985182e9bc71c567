import AudioCore
import Foundation
import Pipeline
import Store

/// Who of a programme gets which voice: known people are found by their voices.
struct RoleCasting {
    enum Result: Equatable {
        case cast([EpisodeOutcome.Replaced], leftOut: [String])
        case skip(String)
    }

    let work: EpisodeWork
    let matching: SpeakerMatching

    /// - Parameter names: what a person called speakers of the programme: that is certain, and nobody else's voice is
    ///   looked for among them.
    /// - Throws: `AudioError` where somebody is missing or there twice and the work says that this is a failure.
    func cast(
        _ diarization: Diarization, names: [SpeakerID: String] = [:], in programme: String
    ) throws -> Result {
        let named = diarization.speakers.filter { names[$0] != nil }
        let others = diarization.voicePrints.filter { !named.contains($0.key) }
        let (matches, nearest) = (matching.matches(others), matching.nearest(others))
        var replaced: [EpisodeOutcome.Replaced] = []
        var leftOut: [String] = []
        for role in work.roles {
            guard let who = role.who, !role.isOwnName else { continue }
            if let speaker = named.first(where: { names[$0] == who }) {
                replaced.append(.init(speaker: speaker.name, name: who, cosine: nil, voice: role.voice))
                continue
            }
            let found = matches.filter { $0.name == who }
            if found.count == 1 {
                replaced.append(
                    .init(speaker: found[0].speaker.name, name: who, cosine: found[0].cosine, voice: role.voice))
                continue
            }
            let best = nearest.filter { $0.name == who }.max { $0.cosine < $1.cosine }
            let cause =
                found.isEmpty
                ? missing(who, best) : "\(who) is heard twice: " + found.map(describe).joined(separator: ", ")
            if (found.isEmpty ? work.notFound : work.foundTwice) == .fail {
                throw AudioError(
                    .badData, operation: "replace \(who) in", subject: programme, cause: cause,
                    mend: found.isEmpty
                        ? "learn the voice from this episode too, or let the recipe skip who is not found"
                        : "name the speakers yourself with --voice Speaker_A=..., or give --speakers")
            }
            leftOut.append(cause + "; nothing of \(who) is replaced.")
        }
        let hasOthers = work.roles.contains { $0.who == nil || $0.isOwnName }
        guard !replaced.isEmpty || hasOthers else {
            return .skip(leftOut.joined(separator: " "))
        }
        return .cast(replaced, leftOut: leftOut)
    }

    private func missing(_ who: String, _ best: SpeakerMatching.Match?) -> String {
        guard let best else { return "\(who) is not heard" }
        let limit = SpeakerMatching.text(matching.threshold)
        return "\(who) is not heard: \(describe(best)) is most alike, which is below \(limit)"
    }

    private func describe(_ match: SpeakerMatching.Match) -> String {
        "\(match.speaker) (likeness \(SpeakerMatching.text(match.cosine)))"
    }
}

extension SpeakerMatching {
    /// A cosine as people read it: "0.62".
    static func text(_ cosine: Double) -> String { String(format: "%.2f", cosine) }
}

import AudioCore
import Foundation
import Pipeline
import Store

/// Turns files into jobs: where each output goes, and that no two go to the same place.
struct EpisodeOrders {
    let work: EpisodeWork
    /// nil: beside the episode.
    let outputFolder: URL?

    func orders(for episodes: [URL]) throws -> [JobQueue<EpisodeWork>.Order] {
        var orders: [JobQueue<EpisodeWork>.Order] = []
        var inputs: [String: URL] = [:]
        for episode in episodes {
            let input = episode.standardizedFileURL
            let output = try output(of: input).standardizedFileURL
            if let other = inputs[output.path] {
                guard other != input else { continue }
                throw AudioError(
                    .usage, operation: "write", subject: output.path,
                    cause: "both \(other.path) and \(input.path) would become that file",
                    mend: "rename one of them, or leave --output-dir out")
            }
            inputs[output.path] = input
            orders.append(.init(input: input, output: output, work: work))
        }
        return orders
    }

    private func output(of input: URL) throws -> URL {
        let voices = work.roles.map { VoiceChoice(speaker: nil, voice: $0.voice) }
        let settings = try work.settings
        let beside = ReplaceRequest(
            input: input, voices: voices, output: nil, isExact: settings.isExact, overwrites: false,
            knowledge: settings.knowledge
        ).destination
        return outputFolder.map { $0.appendingPathComponent(beside.lastPathComponent) } ?? beside
    }
}

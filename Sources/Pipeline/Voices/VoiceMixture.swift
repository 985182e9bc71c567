import AudioCore
import Foundation

/// A voice made of others: the weighted mean of their styles.
public struct VoiceMixture: Codable, Sendable, Equatable {
    public struct Part: Codable, Sendable, Equatable {
        public var voice: String
        /// SHA-256 of its styles.
        public var digest: String
        /// All parts' sum to 1.
        public var weight: Double
    }

    public var name: String
    public var parts: [Part]
    /// SHA-256 of the mixture's styles.
    public var digest: String

    /// "af_heart=0.6" as people write it.
    public struct Ingredient: Sendable, Equatable {
        public var voice: String
        public var weight: Double

        /// - Parameter argument: "voice=weight", or a voice alone for weight 1.
        public init(argument: String) throws {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let weight = parts.count == 2 ? Double(parts[1]) : 1
            guard let weight, weight.isFinite, weight > 0, !parts[0].isEmpty else {
                throw AudioError(
                    .usage, operation: "understand", subject: "\"\(argument)\"",
                    cause: "a part of a mixture is a voice and a weight above 0",
                    mend: "write for instance af_heart=0.6")
            }
            voice = String(parts[0])
            self.weight = weight
        }
    }

    /// - Parameter ingredients: at least two, all of the same form.
    /// - Returns: the mixture and its styles, [rows * columns].
    public static func mix(
        _ ingredients: [(voice: Voice, weight: Double)], name: String, digest: ([Float]) -> String
    ) throws -> (mixture: VoiceMixture, styles: [Float]) {
        guard ingredients.count >= 2, Set(ingredients.map(\.voice.digest)).count == ingredients.count else {
            throw AudioError(
                .usage, operation: "mix", subject: name, cause: "a mixture needs at least two different voices",
                mend: "write for instance `hyperaudio voices mix af_heart=0.6 bf_emma=0.4 --name \(name)`")
        }
        let total = ingredients.reduce(0) { $0 + $1.weight }
        var styles = [Float](repeating: 0, count: ingredients[0].voice.styles.elements.count)
        for (voice, weight) in ingredients {
            guard voice.model == nil, voice.styles.elements.count == styles.count else {
                throw AudioError(
                    .badData, operation: "mix", subject: voice.name, cause: "its styles are of another form")
            }
            let share = Float(weight / total)
            for index in styles.indices { styles[index] += share * voice.styles.elements[index] }
        }
        let mixture = VoiceMixture(
            name: name,
            parts: ingredients.map { Part(voice: $0.voice.name, digest: $0.voice.digest, weight: $0.weight / total) },
            digest: digest(styles))
        return (mixture, styles)
    }

    /// "0.60 af_heart + 0.40 bf_emma".
    public var recipe: String {
        parts.map { String(format: "%.2f ", $0.weight) + $0.voice }.joined(separator: " + ")
    }
}

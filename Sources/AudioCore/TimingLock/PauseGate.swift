/// Silences speech where the recording it follows pauses, so that nothing is murmured there.
public struct PauseGate: Sendable {
    /// Only pauses of this length and more are gated.
    private static let shortestPauseSeconds = 0.2
    /// What stays open inside a pause beside the words.
    private static let marginSeconds = 0.06
    private static let rampSeconds = 0.03

    private let pauses: [TimeSpan]

    public init(_ mask: SilenceMask) { pauses = mask.pauses(atLeast: Self.shortestPauseSeconds) }

    /// - Parameter samples: speech whose first sample is the mask's first moment.
    public func applied(to samples: [Float], sampleRate: Int) -> [Float] {
        var result = samples
        let rate = Double(sampleRate)
        for pause in pauses {
            // A pause at the very beginning or end has words on one side only.
            let start = pause.start <= 0 ? -Self.rampSeconds : pause.start + Self.marginSeconds
            let seconds = Double(samples.count) / rate
            let end = pause.end >= seconds ? seconds + Self.rampSeconds : pause.end - Self.marginSeconds
            let first = max(0, Int((start * rate).rounded(.up)))
            let last = min(samples.count, Int(end * rate))
            guard first < last else { continue }
            for index in first..<last {
                let time = Double(index) / rate
                let closing = (time - start) / Self.rampSeconds
                let opening = (end - time) / Self.rampSeconds
                result[index] *= Float(max(0, 1 - min(closing, opening, 1)))
            }
        }
        return result
    }
}

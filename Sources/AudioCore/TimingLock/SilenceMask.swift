/// Where a (denoised) stretch of speech is silent, every 5 ms.
///
/// The threshold lies 35 dB below the loud frames (95th percentile), or 8 dB above the floor (3rd percentile) where
/// that is higher, but never nearer than 15 dB to the loud frames; only runs of 80 ms and more count. Measured on
/// denoised music, telephone and meetings: 8-10 % of the silence missed, 7 % of the speech called silent.
public struct SilenceMask: Sendable, Equatable {
    public static let hopSeconds = SpeechEnergy.hopSeconds

    /// True where silent; frame i stands for the 5 ms around i * 5 ms, [frames].
    public let isSilent: [Bool]

    public init(isSilent: [Bool]) { self.isSilent = isSilent }

    public init(_ energy: SpeechEnergy) {
        let loud = energy.percentile(0.95)
        let threshold = max(loud - 35, min(energy.percentile(0.03) + 8, loud - 15))
        var mask = energy.decibels.map { $0 < threshold }
        for run in Self.runs(of: mask) where run.count < 16 {
            for frame in run { mask[frame] = false }
        }
        isSilent = mask
    }

    /// Silent stretches of at least `seconds`, in order, in seconds from the first frame.
    public func pauses(atLeast seconds: Double) -> [TimeSpan] {
        Self.runs(of: isSilent).compactMap { run in
            let span = TimeSpan(
                start: Double(run.lowerBound) * Self.hopSeconds, end: Double(run.upperBound) * Self.hopSeconds)
            return span.seconds >= seconds ? span : nil
        }
    }

    /// How many seconds of a stretch are silent.
    public func silentSeconds(in span: TimeSpan) -> Double {
        let first = max(0, Int((span.start / Self.hopSeconds).rounded()))
        let end = min(isSilent.count, Int((span.end / Self.hopSeconds).rounded()))
        guard first < end else { return 0 }
        return Double(isSilent[first..<end].count { $0 }) * Self.hopSeconds
    }

    private static func runs(of mask: [Bool]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start: Int?
        for (index, value) in mask.enumerated() {
            if value {
                start = start ?? index
            } else if let begin = start {
                runs.append(begin..<index)
                start = nil
            }
        }
        if let begin = start { runs.append(begin..<mask.count) }
        return runs
    }
}

import Foundation

/// A stretch of the programme in which the old voice is exchanged, to the sample.
public struct PlacedSpan: Sendable, Hashable, Codable {
    /// Frames of the programme that may differ from the input.
    public var samples: Range<Int>
    /// Samples in which the new voice fades in and out, linearly; the ramps lie inside `samples`.
    public var fadeIn: Int
    public var fadeOut: Int

    public init(samples: Range<Int>, fadeIn: Int, fadeOut: Int) {
        self.samples = samples
        self.fadeIn = fadeIn
        self.fadeOut = fadeOut
    }

    /// How much of the new there is at each sample of the span, 0...1: g(t).
    public var weights: [Float] {
        let count = samples.count
        return (0..<count).map { index in
            let rise = fadeIn > 0 ? (Float(index) + 0.5) / Float(fadeIn) : 1
            let fall = fadeOut > 0 ? (Float(count - index) - 0.5) / Float(fadeOut) : 1
            return min(1, rise, fall)
        }
    }
}

/// Moves the edges of runs of words to the quietest points nearby.
public struct EdgePlacer: Sendable {
    public let sampleRate: Int
    /// How far an edge may move outwards.
    public var reachSeconds = 0.05
    /// The longest ramp; a longer one would mix the old voice and the new.
    public var rampSeconds = 0.01
    /// Window of the envelope in which the quietest point is sought.
    public var envelopeSeconds = 0.005

    public init(sampleRate: Int) { self.sampleRate = sampleRate }

    /// - Parameters:
    ///   - runs: runs of replaced words of one person, in order, not overlapping; seconds.
    ///   - barriers: stretches no edge may enter: other people's turns, and other spans.
    ///   - frameCount: frames of the programme.
    ///   - voice: the voice at given frames of the programme, mono; what lies outside reads as 0.
    /// - Returns: a span for each run, in order; an empty one for an empty run.
    public func place(
        _ runs: [TimeSpan], barriers: [TimeSpan], frameCount: Int, voice: (Range<Int>) throws -> [Float]
    ) rethrows -> [PlacedSpan] {
        let rate = Double(sampleRate)
        let reach = Int(reachSeconds * rate)
        func frame(_ seconds: Double) -> Int { min(frameCount, max(0, Int((seconds * rate).rounded()))) }
        let cores = runs.map { frame($0.start)..<max(frame($0.start), frame($0.end)) }
        let walls = barriers.map { frame($0.start)..<max(frame($0.start), frame($0.end)) }
        var placed: [PlacedSpan] = []
        for (index, core) in cores.enumerated() {
            guard !core.isEmpty else {
                placed.append(PlacedSpan(samples: core, fadeIn: 0, fadeOut: 0))
                continue
            }
            var low = max(0, core.lowerBound - reach)
            var high = min(frameCount, core.upperBound + reach)
            if index > 0 { low = max(low, (cores[index - 1].upperBound + core.lowerBound + 1) / 2) }
            if index + 1 < cores.count { high = min(high, (core.upperBound + cores[index + 1].lowerBound) / 2) }
            for wall in walls {
                if wall.lowerBound < core.lowerBound { low = max(low, min(wall.upperBound, core.lowerBound)) }
                if wall.upperBound > core.upperBound { high = min(high, max(wall.lowerBound, core.upperBound)) }
            }
            low = min(low, core.lowerBound)
            high = max(high, core.upperBound)
            let start = try quietest(low...core.lowerBound, outer: low, outwards: -1, frameCount: frameCount, voice)
            let end = try quietest(core.upperBound...high, outer: high, outwards: 1, frameCount: frameCount, voice)
            placed.append(span(start: start, end: end, low: low, high: high))
        }
        return placed
    }

    private struct Edge {
        var frame: Int
        /// Frames around it that are about as quiet.
        var pause: Int
    }

    /// The ramps are centred on the edges, but leave neither the reach nor each other's half of the span.
    private func span(start: Edge, end: Edge, low: Int, high: Int) -> PlacedSpan {
        func ramp(_ edge: Edge) -> Int { max(2, min(Int(rampSeconds * Double(sampleRate)), edge.pause / 2)) }
        let lower = max(low, start.frame - ramp(start) / 2)
        let upper = min(high, end.frame + ramp(end) / 2)
        let longest = max(1, (upper - lower) / 2)
        return PlacedSpan(
            samples: lower..<max(lower, upper), fadeIn: min(ramp(start), longest), fadeOut: min(ramp(end), longest))
    }

    private func quietest(
        _ window: ClosedRange<Int>, outer: Int, outwards: Int, frameCount: Int, _ voice: (Range<Int>) throws -> [Float]
    ) rethrows -> Edge {
        let width = max(1, Int(envelopeSeconds * Double(sampleRate)))
        let margin = Int(rampSeconds * Double(sampleRate)) + width
        let from = window.lowerBound - margin
        let samples = try voice(from..<window.upperBound + margin + 1)
        let envelope = SpectralSmoothing.mean(samples.map { $0 * $0 }, radius: width / 2)
        var best = outwards < 0 ? window.upperBound : window.lowerBound
        var least = Float.infinity
        // Nearest to the words first, so that of equally quiet points the span stays the shorter one.
        for step in 0..<window.count {
            let frame = outwards < 0 ? window.upperBound - step : window.lowerBound + step
            if envelope[frame - from] < least {
                least = envelope[frame - from]
                best = frame
            }
        }
        return Edge(frame: best, pause: pause(around: best - from, in: envelope, least: least))
    }

    /// Frames around the quietest one whose envelope stays within 10 dB of it or 60 dB below full scale.
    private func pause(around index: Int, in envelope: [Float], least: Float) -> Int {
        let limit = max(10 * least, 1e-6)
        var low = index
        var high = index
        while low > 0, envelope[low - 1] <= limit { low -= 1 }
        while high + 1 < envelope.count, envelope[high + 1] <= limit { high += 1 }
        return high - low + 1
    }
}

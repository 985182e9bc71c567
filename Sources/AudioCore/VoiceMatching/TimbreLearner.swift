import Foundation

/// Learns how a person's timbre differs from a voice's: from the voice locked to the person's own words, so that every
/// frame of the one has its counterpart in the other.
public struct TimbreLearner: Sendable {
    /// One utterance: the voice's spectrum, the recording's, and which frame goes with which.
    private struct Pair: Sendable {
        let voice: TimbreSpectrum
        let recording: TimbreSpectrum
        let partner: [Int]
        /// Frames of the voice in which both speak.
        let active: [Int]

        init(voice: TimbreSpectrum, recording: TimbreSpectrum, pairing: TimbrePairing) {
            self.voice = voice
            self.recording = recording
            partner = pairing.partner
            active = (0..<voice.frameCount).filter {
                voice.isActive($0) && recording.isActive(pairing.partner[$0])
            }
        }

        /// Paired anew with what a map makes of the voice: the more alike two are, the better their frames find each
        /// other.
        func paired(through map: TimbreMap) -> Pair {
            let mapped = voice.changed(by: TimbreFilter(map, strength: 1, variety: 0).differences(voice))
            guard let pairing = TimbrePairing(voice: mapped, recording: recording) else { return self }
            return Pair(voice: voice, recording: recording, pairing: pairing)
        }
    }

    private var pairs: [Pair] = []

    /// What a band's variety is at most multiplied by.
    private static let greatestSpread: Float = 2
    private static let leastFrames = 200
    /// How often frames are paired anew through the map that was learnt from them.
    private static let pairings = 2

    public init() {}

    /// - Parameters:
    ///   - voice: the voice saying what the recording says, in time with it; mono, 24 kHz.
    ///   - recording: mono, 24 kHz.
    /// - Returns: false where the two do not go together.
    @discardableResult
    public mutating func add(voice: [Float], recording: [Float]) -> Bool {
        let count = min(voice.count, recording.count)
        let (own, other) = (TimbreSpectrum(Array(voice[..<count])), TimbreSpectrum(Array(recording[..<count])))
        guard count > 0, let pairing = TimbrePairing(voice: own, recording: other) else { return false }
        pairs.append(Pair(voice: own, recording: other, pairing: pairing))
        return true
    }

    /// Utterances so far.
    public var count: Int { pairs.count }

    /// Seconds in which both speak.
    public var activeSeconds: Double {
        TimbreSpectrum.hopSeconds * Double(pairs.reduce(0) { $0 + $1.active.count })
    }

    /// - Parameters:
    ///   - lambda: how strongly the map is kept simple.
    ///   - excluded: utterances that are kept out, counted in the order in which they were added.
    /// - Returns: nil with less than a second of speech.
    public func map(lambda: Double, excluding excluded: Set<Int> = []) -> TimbreMap? {
        var pairs = pairs.enumerated().filter { !excluded.contains($0.offset) }.map(\.element)
        for _ in 0..<Self.pairings {
            guard let map = Self.map(pairs, lambda: lambda) else { return nil }
            pairs = pairs.map { $0.paired(through: map) }
        }
        return Self.map(pairs, lambda: lambda)
    }

    private static func map(_ pairs: [Pair], lambda: Double) -> TimbreMap? {
        let frames = pairs.reduce(0) { $0 + $1.active.count }
        guard frames >= leastFrames else { return nil }
        // Above what was recorded nothing is known of the person: the voice stays as it is.
        let recorded = pairs.reduce(0) { max($0, $1.recording.recordedBands) }
        var map = TimbreMap(offset: meanDifference(pairs, frames: frames, bands: recorded))
        measureInputs(pairs, frames: frames, into: &map)
        let regression = regression(pairs, map, bands: recorded)
        guard let weights = regression.solution(lambda: lambda) else { return nil }
        map.weights = weights
        measureSpread(pairs, frames: frames, bands: recorded, into: &map)
        return map
    }

    /// Shape of the recording less shape of the voice in a pair of frames, [bands].
    private static func difference(_ pair: Pair, _ frame: Int, into difference: inout [Float]) {
        let other = pair.partner[frame]
        let (own, target) = (pair.voice.levels[frame], pair.recording.levels[other])
        for band in 0..<TimbreSpectrum.bandCount {
            difference[band] = pair.recording.logs[other, band] - target - pair.voice.logs[frame, band] + own
        }
    }

    /// Level of the recording less that of the voice in a pair of frames, as the lowest bands tell it.
    private static func levelDifference(_ pair: Pair, _ frame: Int, bands: Int) -> Float {
        let other = pair.partner[frame]
        var (own, target) = (Float(0), Float(0))
        for band in 0..<bands {
            own += exp(pair.voice.logs[frame, band])
            target += exp(pair.recording.logs[other, band])
        }
        return log(target) - log(own)
    }

    private static func meanDifference(_ pairs: [Pair], frames: Int, bands: Int) -> [Float] {
        var sum = [Double](repeating: 0, count: TimbreSpectrum.bandCount)
        var row = [Float](repeating: 0, count: TimbreSpectrum.bandCount)
        for pair in pairs {
            for frame in pair.active {
                difference(pair, frame, into: &row)
                for band in 0..<bands { sum[band] += Double(row[band]) }
            }
        }
        return sum.map { Float($0 / Double(frames)) }
    }

    private static func measureInputs(_ pairs: [Pair], frames: Int, into map: inout TimbreMap) {
        var sum = [Double](repeating: 0, count: TimbreMap.inputCount)
        var squares = sum
        var context = [Float](repeating: 0, count: TimbreMap.inputCount)
        for pair in pairs {
            for frame in pair.active {
                TimbreMap.context(pair.voice, at: frame, into: &context)
                for index in context.indices {
                    sum[index] += Double(context[index])
                    squares[index] += Double(context[index]) * Double(context[index])
                }
            }
        }
        let count = Double(frames)
        for index in sum.indices {
            let mean = sum[index] / count
            map.centres[index] = Float(mean)
            map.deviations[index] = Float((max(0, squares[index] / count - mean * mean)).squareRoot()) + 1e-3
        }
    }

    private static func regression(_ pairs: [Pair], _ map: TimbreMap, bands: Int) -> RidgeRegression {
        var regression = RidgeRegression(inputs: TimbreMap.inputCount, outputs: TimbreMap.outputCount)
        var context = [Float](repeating: 0, count: TimbreMap.inputCount)
        var row = [Float](repeating: 0, count: TimbreMap.outputCount)
        for pair in pairs {
            for frame in pair.active {
                TimbreMap.context(pair.voice, at: frame, into: &context)
                map.standardise(&context)
                difference(pair, frame, into: &row)
                for band in map.offset.indices { row[band] = band < bands ? row[band] - map.offset[band] : 0 }
                // Its mean need not be taken out: the inputs' is 0.
                row[map.offset.count] = bands > 0 ? levelDifference(pair, frame, bands: bands) : 0
                regression.add(context, row)
            }
        }
        return regression
    }

    /// How much the predicted shapes vary, and how much the recording's do.
    private static func measureSpread(_ pairs: [Pair], frames: Int, bands: Int, into map: inout TimbreMap) {
        var predicted = Moments(count: TimbreSpectrum.bandCount)
        var wanted = predicted
        var context = [Float](repeating: 0, count: TimbreMap.inputCount)
        var row = [Float](repeating: 0, count: TimbreMap.outputCount)
        for pair in pairs {
            for frame in pair.active {
                TimbreMap.context(pair.voice, at: frame, into: &context)
                map.standardise(&context)
                map.predict(context, into: &row)
                let (other, own) = (pair.partner[frame], pair.voice.levels[frame])
                for band in 0..<bands {
                    predicted.add(row[band] + pair.voice.logs[frame, band] - own, at: band)
                    wanted.add(pair.recording.logs[other, band] - pair.recording.levels[other], at: band)
                }
            }
        }
        for band in 0..<bands {
            let mean = predicted.sums[band] / Double(frames)
            map.predictedMean[band] = Float(mean)
            let ratio = wanted.deviation(band, of: frames) / max(1e-6, predicted.deviation(band, of: frames))
            map.spread[band] = min(greatestSpread, max(1, Float(ratio)))
        }
    }

    private struct Moments {
        var sums: [Double]
        var squares: [Double]

        init(count: Int) {
            sums = [Double](repeating: 0, count: count)
            squares = sums
        }

        mutating func add(_ value: Float, at index: Int) {
            sums[index] += Double(value)
            squares[index] += Double(value) * Double(value)
        }

        func deviation(_ index: Int, of count: Int) -> Double {
            let mean = sums[index] / Double(count)
            return (max(0, squares[index] / Double(count) - mean * mean)).squareRoot()
        }
    }
}

import Foundation

/// Gives a voice's speech the timbre that a map describes: a filter that changes every 5 ms. Pitch, timing and loudness
/// stay.
public struct TimbreFilter: Sendable {
    public let map: TimbreMap
    /// How far to go, 0...1.
    public var strength: Float
    /// How much of the lost variety is given back, 0...1.
    public var variety: Float

    /// Gaussian over frames, deviation in frames: 6 ms.
    private static let smoothingFrames = 1.2
    /// What a band may be changed by at most, natural log of power: 26 dB.
    private static let greatestGain: Float = 6
    /// How softly the filter gives way to the mean difference in pauses, natural log of power.
    private static let fade: Float = 0.5
    /// What must not be exceeded where the speech itself does not.
    private static let ceiling: Float = 0.98

    public init(_ map: TimbreMap, strength: Double, variety: Double) {
        self.map = map
        self.strength = Float(strength)
        self.variety = Float(variety)
    }

    /// - Parameter samples: the voice's speech, mono, 24 kHz.
    /// - Returns: as many samples, as loud.
    public func applied(to samples: [Float]) -> [Float] {
        guard strength > 0, !samples.isEmpty else { return samples }
        let spectrum = TimbreSpectrum(samples)
        guard spectrum.activeSeconds > 0 else { return samples }
        let gains = Self.smoothed(differences(spectrum))
        var output = filtered(samples, gains)
        Self.level(&output, as: samples)
        return Self.limited(output, like: samples)
    }

    /// What each band is changed by, natural log of power, [frames, bands].
    func differences(_ spectrum: TimbreSpectrum) -> Matrix {
        let width = TimbreSpectrum.bandCount
        var result = Matrix(rows: spectrum.frameCount, columns: width)
        var context = [Float](repeating: 0, count: TimbreMap.inputCount)
        var row = [Float](repeating: 0, count: TimbreMap.outputCount)
        let quiet = spectrum.loud - TimbreSpectrum.activeRange
        for frame in 0..<spectrum.frameCount {
            TimbreMap.context(spectrum, at: frame, into: &context)
            map.standardise(&context)
            map.predict(context, into: &row)
            let presence = 1 / (1 + exp((quiet - spectrum.levels[frame]) / Self.fade))
            for band in 0..<width {
                let shape = spectrum.logs[frame, band] - spectrum.levels[frame]
                let predicted = shape + row[band]
                let varied =
                    map.predictedMean[band]
                    + (predicted - map.predictedMean[band]) * (1 + variety * (map.spread[band] - 1))
                let difference = presence * (varied - shape + row[width]) + (1 - presence) * map.offset[band]
                result[frame, band] = strength * difference
            }
        }
        return result
    }

    private static func smoothed(_ differences: Matrix) -> Matrix {
        let reach = 5
        let raw = (-reach...reach).map { Float(exp(-0.5 * Double($0 * $0) / (smoothingFrames * smoothingFrames))) }
        let total = raw.reduce(0, +)
        let kernel = raw.map { $0 / total }
        let (frames, width) = (differences.rows, differences.columns)
        var result = Matrix(rows: frames, columns: width)
        differences.elements.withUnsafeBufferPointer { source in
            result.elements.withUnsafeMutableBufferPointer { target in
                for frame in 0..<frames {
                    for offset in -reach...reach {
                        let row = min(max(frame + offset, 0), frames - 1) * width
                        let weight = kernel[offset + reach]
                        for band in 0..<width { target[frame * width + band] += weight * source[row + band] }
                    }
                    for band in 0..<width {
                        let place = frame * width + band
                        target[place] = min(max(target[place], -greatestGain), greatestGain)
                    }
                }
            }
        }
        return result
    }

    /// For each bin the band below it and the share of the band above; `top` is the first bin above all bands.
    static let places: (bands: [(lower: Int, share: Float)], top: Int) = {
        let centres = TimbreSpectrum.bank.centres
        var bands: [(lower: Int, share: Float)] = []
        for bin in 0..<TimbreSpectrum.transform.binCount {
            let hertz = Double(bin * TimbreSpectrum.sampleRate) / Double(TimbreSpectrum.windowSamples)
            guard hertz <= TimbreSpectrum.highHertz else { return (bands, bin) }
            let above = centres.firstIndex { $0 > hertz } ?? centres.count
            guard above > 0, above < centres.count else {
                bands.append((above == 0 ? 0 : centres.count - 2, above == 0 ? 0 : 1))
                continue
            }
            let share = (hertz - centres[above - 1]) / (centres[above] - centres[above - 1])
            bands.append((above - 1, Float(share)))
        }
        return (bands, bands.count)
    }()

    private func filtered(_ samples: [Float], _ gains: Matrix) -> [Float] {
        let transform = TimbreSpectrum.transform
        let (bands, top) = Self.places
        let analyzer = STFTAnalyzer(transform)
        let synthesizer = STFTSynthesizer(transform)
        var output: [Float] = []
        output.reserveCapacity(samples.count + transform.windowSamples)
        var frame = 0
        var re = [Float](repeating: 0, count: transform.binCount)
        var im = re
        var curve = re
        let take: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>) -> Void = { real, imaginary in
            let row = frame * TimbreSpectrum.bandCount
            gains.elements.withUnsafeBufferPointer { gains in
                for bin in 0..<top {
                    let (lower, share) = bands[bin]
                    curve[bin] = gains[row + lower] * (1 - share) + gains[row + lower + 1] * share
                }
            }
            // Above what is known of the person: half of what the last bins get.
            let beyond = 0.125 * (curve[top - 1] + curve[top - 2] + curve[top - 3] + curve[top - 4])
            for bin in top..<curve.count { curve[bin] = beyond }
            for bin in curve.indices {
                let gain = exp(0.5 * curve[bin])
                re[bin] = gain * real[bin]
                im[bin] = gain * imaginary[bin]
            }
            re.withUnsafeBufferPointer { re in
                im.withUnsafeBufferPointer { im in
                    synthesizer.push(real: re, imaginary: im) { output.append(contentsOf: $0) }
                }
            }
            frame += 1
        }
        analyzer.push(samples, emit: take)
        analyzer.finish(emit: take)
        synthesizer.finish { output.append(contentsOf: $0) }
        output.removeLast(output.count - samples.count)
        return output
    }

    /// Makes the whole as loud as it was.
    private static func level(_ output: inout [Float], as samples: [Float]) {
        func power(_ samples: [Float]) -> Double { samples.reduce(0) { $0 + Double($1) * Double($1) } }
        let (before, after) = (power(samples), power(output))
        guard before > 0, after > 0 else { return }
        let gain = Float((before / after).squareRoot())
        for index in output.indices { output[index] *= gain }
    }

    /// Peaks of the filtered speech can be half as high again as those of the unfiltered.
    private static func limited(_ output: [Float], like samples: [Float]) -> [Float] {
        let peak = samples.reduce(Float(0)) { max($0, abs($1)) }
        let limiter = SpanLimiter(ceiling: max(ceiling, peak), sampleRate: TimbreSpectrum.sampleRate)
        guard let gain = limiter.gain(for: [output]) else { return output }
        return zip(output, gain.curve).map { $0 * $1 }
    }
}

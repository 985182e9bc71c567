import Foundation

/// Triangular filters that sum a power spectrum into mel bands.
public struct MelFilterBank: Sendable {
    public enum Scale: Sendable {
        /// Linear below 1 kHz, logarithmic above (Slaney's Auditory Toolbox; librosa's default, Whisper's).
        case slaney
        /// 2595 log10(1 + f / 700).
        case htk
        /// 1127 ln(1 + f / 700), triangles straight in mel instead of in hertz.
        case kaldi

        func mel(_ hertz: Double) -> Double {
            switch self {
            case .slaney:
                let linear = hertz * 3 / 200
                return hertz < 1000 ? linear : 15 + log(hertz / 1000) * 27 / log(6.4)
            case .htk: return 2595 * log10(1 + hertz / 700)
            case .kaldi: return 1127 * log(1 + hertz / 700)
            }
        }

        func hertz(_ mel: Double) -> Double {
            switch self {
            case .slaney: return mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) * log(6.4) / 27)
            case .htk: return 700 * (pow(10, mel / 2595) - 1)
            case .kaldi: return 700 * (exp(mel / 1127) - 1)
            }
        }
    }

    public enum Norm: Sendable {
        /// Peaks of 1.
        case none
        /// Every triangle has the same area: 2 / (upper edge - lower edge in Hz).
        case slaney
    }

    public let bandCount: Int
    public let binCount: Int
    /// Centre of each band in Hz, [bandCount].
    public let centres: [Double]
    /// First bin of each band's filter, [bandCount]; its weights are
    /// `weights[offsets[band] ..< offsets[band + 1]]`.
    private let firstBins: [Int]
    private let offsets: [Int]
    private let weights: [Float]

    /// - Parameters:
    ///   - transformSize: samples of the Fourier transform: `transformSize / 2 + 1` bins.
    ///   - high: upper edge of the last band; nil: half the sample rate.
    public init(
        bandCount: Int, transformSize: Int, sampleRate: Int, low: Double = 0, high: Double? = nil,
        scale: Scale = .slaney, norm: Norm = .slaney
    ) {
        let top = high ?? Double(sampleRate) / 2
        let (lowMel, highMel) = (scale.mel(low), scale.mel(top))
        let edges = (0...bandCount + 1).map { lowMel + (highMel - lowMel) * Double($0) / Double(bandCount + 1) }
        let edgeHertz = edges.map(scale.hertz)
        self.bandCount = bandCount
        binCount = transformSize / 2 + 1
        centres = Array(edgeHertz[1...bandCount])
        var firstBins: [Int] = []
        var offsets = [0]
        var weights: [Float] = []
        for band in 0..<bandCount {
            var first = 0
            var filter: [Float] = []
            for bin in 0..<binCount {
                let hertz = Double(bin * sampleRate) / Double(transformSize)
                let (x, points) = scale == .kaldi ? (scale.mel(hertz), edges) : (hertz, edgeHertz)
                let rise = (x - points[band]) / (points[band + 1] - points[band])
                let fall = (points[band + 2] - x) / (points[band + 2] - points[band + 1])
                var weight = max(0, min(rise, fall))
                if norm == .slaney { weight *= 2 / (edgeHertz[band + 2] - edgeHertz[band]) }
                if weight > 0 {
                    if filter.isEmpty { first = bin }
                    filter.append(Float(weight))
                }
            }
            firstBins.append(first)
            weights.append(contentsOf: filter)
            offsets.append(weights.count)
        }
        self.firstBins = firstBins
        self.offsets = offsets
        self.weights = weights
    }

    /// Sums one power spectrum into bands.
    /// - Parameters:
    ///   - power: |X|^2, [binCount].
    ///   - bands: takes the sums, [bandCount].
    public func apply(_ power: UnsafePointer<Float>, to bands: UnsafeMutablePointer<Float>) {
        weights.withUnsafeBufferPointer { weights in
            for band in 0..<bandCount {
                let (begin, end) = (offsets[band], offsets[band + 1])
                let bins = power + (firstBins[band] - begin)
                var sum: Float = 0
                for index in begin..<end { sum += weights[index] * bins[index] }
                bands[band] = sum
            }
        }
    }

    /// - Parameter power: |X|^2, [frames, binCount].
    /// - Returns: band energies, [frames, bandCount].
    public func apply(_ power: Matrix) -> Matrix {
        precondition(power.columns == binCount, "\(power.columns) bins, \(binCount) expected")
        var result = Matrix(rows: power.rows, columns: bandCount)
        power.elements.withUnsafeBufferPointer { source in
            result.elements.withUnsafeMutableBufferPointer { target in
                guard let source = source.baseAddress, let target = target.baseAddress else { return }
                for row in 0..<power.rows { apply(source + row * binCount, to: target + row * bandCount) }
            }
        }
        return result
    }

    /// The filters as a dense matrix, [bandCount, binCount].
    public var dense: Matrix {
        var matrix = Matrix(rows: bandCount, columns: binCount)
        for band in 0..<bandCount {
            for index in offsets[band]..<offsets[band + 1] {
                matrix[band, firstBins[band] + index - offsets[band]] = weights[index]
            }
        }
        return matrix
    }
}

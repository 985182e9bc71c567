import Foundation

/// How a person's timbre differs from that of a voice, sound by sound: learnt by `TimbreLearner`, applied by
/// `TimbreFilter`.
///
/// The difference of shape, and by how much a sound is louder or softer among the others, are predicted linearly from the
/// voice's own spectrum around a frame; what a linear prediction of shape loses in variety is given back band by band.
public struct TimbreMap: Sendable, Equatable {
    /// Frames around the one in question whose spectra are looked at.
    static let contextOffsets = [-4, -2, 0, 2, 4]
    static let inputCount = contextOffsets.count * TimbreSpectrum.bandCount
    /// The bands' shape, then the level.
    static let outputCount = TimbreSpectrum.bandCount + 1

    /// Mean and deviation of each input, [inputs].
    var centres: [Float]
    var deviations: [Float]
    /// [inputs, outputs].
    var weights: Matrix
    /// Mean difference of shape, natural log of power, [bands].
    public internal(set) var offset: [Float]
    /// Mean of the predicted shapes, and by how much too little they vary, 1...2, [bands].
    var predictedMean: [Float]
    var spread: [Float]

    /// A map that gives every sound the same difference: a long-term equalizer.
    /// - Parameter offset: natural log of power, [bands].
    public init(offset: [Float]) {
        precondition(offset.count == TimbreSpectrum.bandCount, "\(offset.count) bands")
        self.init(
            centres: [Float](repeating: 0, count: Self.inputCount),
            deviations: [Float](repeating: 1, count: Self.inputCount),
            weights: Matrix(rows: Self.inputCount, columns: Self.outputCount), offset: offset,
            predictedMean: [Float](repeating: 0, count: offset.count),
            spread: [Float](repeating: 1, count: offset.count))
    }

    init(
        centres: [Float], deviations: [Float], weights: Matrix, offset: [Float], predictedMean: [Float],
        spread: [Float]
    ) {
        self.centres = centres
        self.deviations = deviations
        self.weights = weights
        self.offset = offset
        self.predictedMean = predictedMean
        self.spread = spread
    }

    /// The spectra around a frame, [inputs]; beyond the ends the first and last frame repeat.
    static func context(_ spectrum: TimbreSpectrum, at frame: Int, into context: inout [Float]) {
        let width = TimbreSpectrum.bandCount
        spectrum.logs.elements.withUnsafeBufferPointer { logs in
            for (place, offset) in contextOffsets.enumerated() {
                let row = min(max(frame + offset, 0), spectrum.frameCount - 1) * width
                for band in 0..<width { context[place * width + band] = logs[row + band] }
            }
        }
    }

    func standardise(_ context: inout [Float]) {
        for index in context.indices { context[index] = (context[index] - centres[index]) / deviations[index] }
    }

    /// The difference of shape of one frame before the correction of variety, and that of level, which is 0 on average;
    /// natural log of power.
    /// - Parameters:
    ///   - context: standardised, [inputs].
    ///   - difference: takes the result, [outputs].
    func predict(_ context: [Float], into difference: inout [Float]) {
        let width = Self.outputCount
        weights.elements.withUnsafeBufferPointer { weights in
            difference.withUnsafeMutableBufferPointer { difference in
                for band in 0..<offset.count { difference[band] = offset[band] }
                difference[width - 1] = 0
                for (input, value) in context.enumerated() {
                    let row = input * width
                    for output in 0..<width { difference[output] += value * weights[row + output] }
                }
            }
        }
    }
}

// MARK: As bytes

extension TimbreMap {
    private var parts: [[Float]] { [centres, deviations, weights.elements, offset, predictedMean, spread] }
    private static func partCounts(outputs: Int) -> [Int] {
        let bands = TimbreSpectrum.bandCount
        return [inputCount, inputCount, inputCount * outputs, bands, bands, bands]
    }

    /// Little-endian float32: centres, deviations, weights row by row, offset, predicted mean, spread.
    public var bytes: [UInt8] {
        parts.joined().flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
    }

    /// - Parameter bytes: as `bytes` gave them; maps without levels, as they were made before, are taken too.
    /// - Returns: nil where they are no map.
    public init?(bytes: [UInt8]) {
        let known = [Self.outputCount, TimbreSpectrum.bandCount]
        guard let outputs = known.first(where: { bytes.count == 4 * Self.partCounts(outputs: $0).reduce(0, +) }) else {
            return nil
        }
        let values = stride(from: 0, to: bytes.count, by: 4).map { place in
            Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) })
        }
        guard values.allSatisfy(\.isFinite) else { return nil }
        var rest = values[...]
        let parts = Self.partCounts(outputs: outputs).map { count in
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        guard parts[1].allSatisfy({ $0 > 0 }) else { return nil }
        var weights = Matrix(rows: Self.inputCount, columns: Self.outputCount)
        for input in 0..<Self.inputCount {
            for output in 0..<outputs { weights[input, output] = parts[2][input * outputs + output] }
        }
        self.init(
            centres: parts[0], deviations: parts[1], weights: weights,
            offset: parts[3], predictedMean: parts[4], spread: parts[5])
    }
}

/// Turns a stream of spectra back into samples, block by block: the samples of `STFT.inverse`. Belongs to one thread.
public final class STFTSynthesizer {
    private let stft: STFT
    private let fft: RealFFT
    /// Weighted sum of the frames that can still change, and the sum of their squared windows, [windowSamples]; the
    /// first is sample `start` of the stream.
    private var sum: [Float]
    private var weight: [Float]
    private var start: Int
    private var frame: [Float]
    private var ready: [Float]

    public init(_ stft: STFT) {
        self.stft = stft
        fft = RealFFT(stft.plan)
        sum = [Float](repeating: 0, count: stft.windowSamples)
        weight = sum
        start = -stft.windowSamples / 2
        frame = sum
        ready = sum
    }

    /// - Parameters:
    ///   - real: real parts of the next frame, [binCount].
    ///   - imaginary: imaginary parts, [binCount].
    ///   - emit: takes the samples that no later frame changes, at most `hopSamples`.
    public func push(
        real: UnsafeBufferPointer<Float>, imaginary: UnsafeBufferPointer<Float>,
        emit: (UnsafeBufferPointer<Float>) throws -> Void
    ) rethrows {
        precondition(real.count == stft.binCount && imaginary.count == stft.binCount)
        guard let re = real.baseAddress, let im = imaginary.baseAddress else { return }
        fft.inverse(real: re, imaginary: im, samples: &frame)
        Self.accumulate(frame, window: stft.window, sum: &sum, weight: &weight)
        try release(stft.hopSamples, emit)
    }

    /// Gives what is left: up to `windowSamples` samples, of which those beyond the signal's end are to be dropped.
    /// Makes ready for another stream.
    public func finish(emit: (UnsafeBufferPointer<Float>) throws -> Void) rethrows {
        try release(stft.windowSamples, emit)
        for n in sum.indices {
            sum[n] = 0
            weight[n] = 0
        }
        start = -stft.windowSamples / 2
    }

    private func release(_ count: Int, _ emit: (UnsafeBufferPointer<Float>) throws -> Void) rethrows {
        Self.shift(count, sum: &sum, weight: &weight, ready: &ready)
        let skipped = min(count, max(0, -start))
        start += count
        guard skipped < count else { return }
        try ready.withUnsafeBufferPointer { try emit(UnsafeBufferPointer(rebasing: $0[skipped..<count])) }
    }

    // The loops below take arrays as parameters, which spares an exclusivity check for each element of a stored one.

    private static func accumulate(_ frame: [Float], window: [Float], sum: inout [Float], weight: inout [Float]) {
        sum.withUnsafeMutableBufferPointer { sum in
            weight.withUnsafeMutableBufferPointer { weight in
                for n in sum.indices {
                    sum[n] += window[n] * frame[n]
                    weight[n] += window[n] * window[n]
                }
            }
        }
    }

    /// Divides the first `count` sums into `ready` and moves the others down.
    private static func shift(_ count: Int, sum: inout [Float], weight: inout [Float], ready: inout [Float]) {
        let size = sum.count
        // Where windows all but vanish there is nothing to divide: only beyond the signal's end.
        for n in 0..<count { ready[n] = weight[n] > 1e-6 ? sum[n] / weight[n] : 0 }
        for n in 0..<size - count {
            sum[n] = sum[n + count]
            weight[n] = weight[n + count]
        }
        for n in size - count..<size {
            sum[n] = 0
            weight[n] = 0
        }
    }
}

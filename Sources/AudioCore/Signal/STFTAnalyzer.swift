/// Gives the spectra of a stream, block by block: the frames of `STFT.transform`. Belongs to one thread.
public final class STFTAnalyzer {
    private let stft: STFT
    private let fft: RealFFT
    /// The samples that frames still need; the first is sample `start` of the stream.
    private var pending: [Float]
    private var start: Int
    private var received = 0
    private var emitted = 0
    private var weighted: [Float]
    private var real: [Float]
    private var imaginary: [Float]

    public init(_ stft: STFT) {
        self.stft = stft
        fft = RealFFT(stft.plan)
        pending = [Float](repeating: 0, count: stft.windowSamples / 2)
        start = -stft.windowSamples / 2
        weighted = [Float](repeating: 0, count: stft.windowSamples)
        real = [Float](repeating: 0, count: stft.binCount)
        imaginary = real
    }

    /// - Parameters:
    ///   - samples: the next of the stream, any number.
    ///   - emit: takes real and imaginary parts of each frame that is complete, [binCount] each.
    public func push(
        _ samples: [Float], emit: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>) throws -> Void
    ) rethrows {
        pending.append(contentsOf: samples)
        received += samples.count
        try drain(emit)
    }

    /// Gives the frames that reach beyond the end, and makes ready for another stream.
    public func finish(
        emit: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>) throws -> Void
    ) rethrows {
        let missing = stft.frameCount(samples: received) - emitted
        if missing > 0 {
            let end = (emitted + missing - 1) * stft.hopSamples + stft.windowSamples / 2
            pending.append(contentsOf: [Float](repeating: 0, count: max(0, end - start - pending.count)))
            try drain(emit)
        }
        pending = [Float](repeating: 0, count: stft.windowSamples / 2)
        start = -stft.windowSamples / 2
        received = 0
        emitted = 0
    }

    private func drain(
        _ emit: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>) throws -> Void
    ) rethrows {
        let size = stft.windowSamples
        var offset = 0
        while offset + size <= pending.count {
            Self.weigh(pending, from: offset, window: stft.window, &weighted)
            fft.forward(weighted, real: &real, imaginary: &imaginary)
            try real.withUnsafeBufferPointer { re in
                try imaginary.withUnsafeBufferPointer { im in try emit(re, im) }
            }
            emitted += 1
            offset += stft.hopSamples
        }
        pending.removeFirst(offset)
        start += offset
    }

    /// Takes arrays as parameters, which spares an exclusivity check for each element of a stored one.
    private static func weigh(_ samples: [Float], from offset: Int, window: [Float], _ weighted: inout [Float]) {
        for n in weighted.indices { weighted[n] = samples[offset + n] * window[n] }
    }
}

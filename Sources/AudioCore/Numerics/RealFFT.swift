/// The discrete Fourier transform of real samples, single precision, sizes 2^a 3^b 5^c.
///
/// Self-sorting mixed-radix (Stockham) passes over split real and imaginary arrays; an even size is done as a complex
/// transform of half the size. Nothing is allocated after `init`.
///
/// Holds its scratch memory, so one instance belongs to one thread; the `FourierPlan` can be shared.
public final class RealFFT {
    public let plan: FourierPlan
    public var size: Int { plan.size }
    public var binCount: Int { plan.binCount }

    private let first: SplitPointer
    private let second: SplitPointer

    public init(_ plan: FourierPlan) {
        self.plan = plan
        func allocate() -> SplitPointer {
            let real = UnsafeMutablePointer<Float>.allocate(capacity: plan.complexSize)
            let imaginary = UnsafeMutablePointer<Float>.allocate(capacity: plan.complexSize)
            real.initialize(repeating: 0, count: plan.complexSize)
            imaginary.initialize(repeating: 0, count: plan.complexSize)
            return SplitPointer(real: real, imaginary: imaginary)
        }
        first = allocate()
        second = allocate()
    }

    public convenience init(size: Int) { self.init(FourierPlan(size: size)) }

    deinit {
        for buffer in [first, second] {
            buffer.real.deallocate()
            buffer.imaginary.deallocate()
        }
    }

    /// X[k] = sum over n of x[n] exp(-2 pi i k n / size), not scaled.
    /// - Parameters:
    ///   - samples: [size].
    ///   - real: takes [binCount].
    ///   - imaginary: takes [binCount].
    public func forward(
        _ samples: UnsafePointer<Float>, real: UnsafeMutablePointer<Float>, imaginary: UnsafeMutablePointer<Float>
    ) {
        let count = plan.complexSize
        if plan.size % 2 == 1 {
            for n in 0..<count {
                first.real[n] = samples[n]
                first.imaginary[n] = 0
            }
            let z = transform(first)
            for k in 0..<binCount {
                real[k] = z.real[k]
                imaginary[k] = z.imaginary[k]
            }
            return
        }
        for n in 0..<count {
            first.real[n] = samples[2 * n]
            first.imaginary[n] = samples[2 * n + 1]
        }
        let z = transform(first)
        real[0] = z.real[0] + z.imaginary[0]
        imaginary[0] = 0
        real[count] = z.real[0] - z.imaginary[0]
        imaginary[count] = 0
        plan.splitReal.withUnsafeBufferPointer { c in
            plan.splitImaginary.withUnsafeBufferPointer { s in
                for k in 1..<max(1, count) {
                    // Even samples' spectrum: (Z[k] + conj Z[count - k]) / 2; odd samples': (Z[k] - conj ...) / 2i.
                    let evenReal = 0.5 * (z.real[k] + z.real[count - k])
                    let evenImaginary = 0.5 * (z.imaginary[k] - z.imaginary[count - k])
                    let oddReal = 0.5 * (z.imaginary[k] + z.imaginary[count - k])
                    let oddImaginary = -0.5 * (z.real[k] - z.real[count - k])
                    real[k] = evenReal + c[k] * oddReal - s[k] * oddImaginary
                    imaginary[k] = evenImaginary + c[k] * oddImaginary + s[k] * oddReal
                }
            }
        }
    }

    /// The inverse of `forward`, scaled by 1 / size. The imaginary parts of bin 0 and (for an even size) of the last
    /// bin are taken as 0.
    /// - Parameters:
    ///   - real: [binCount].
    ///   - imaginary: [binCount].
    ///   - samples: takes [size].
    public func inverse(
        real: UnsafePointer<Float>, imaginary: UnsafePointer<Float>, samples: UnsafeMutablePointer<Float>
    ) {
        let count = plan.complexSize
        let scale = 1 / Float(count)
        // An inverse transform is a forward one with real and imaginary parts exchanged on both sides.
        let exchanged = SplitPointer(real: first.imaginary, imaginary: first.real)
        if plan.size % 2 == 1 {
            first.real[0] = real[0]
            first.imaginary[0] = 0
            for k in 1..<max(1, binCount) {
                first.real[k] = real[k]
                first.imaginary[k] = imaginary[k]
                first.real[count - k] = real[k]
                first.imaginary[count - k] = -imaginary[k]
            }
            let z = transform(exchanged)
            for n in 0..<count { samples[n] = z.imaginary[n] * scale }
            return
        }
        first.real[0] = 0.5 * (real[0] + real[count])
        first.imaginary[0] = 0.5 * (real[0] - real[count])
        plan.splitReal.withUnsafeBufferPointer { c in
            plan.splitImaginary.withUnsafeBufferPointer { s in
                for k in 1..<max(1, count) {
                    let evenReal = 0.5 * (real[k] + real[count - k])
                    let evenImaginary = 0.5 * (imaginary[k] - imaginary[count - k])
                    let differenceReal = 0.5 * (real[k] - real[count - k])
                    let differenceImaginary = 0.5 * (imaginary[k] + imaginary[count - k])
                    let oddReal = differenceReal * c[k] + differenceImaginary * s[k]
                    let oddImaginary = differenceImaginary * c[k] - differenceReal * s[k]
                    first.real[k] = evenReal - oddImaginary
                    first.imaginary[k] = evenImaginary + oddReal
                }
            }
        }
        let z = transform(exchanged)
        for n in 0..<count {
            samples[2 * n] = z.imaginary[n] * scale
            samples[2 * n + 1] = z.real[n] * scale
        }
    }

    /// Runs the passes to and fro between the two scratch buffers; `source` is the first of them.
    private func transform(_ source: SplitPointer) -> SplitPointer {
        var from = source
        var to = second
        plan.twiddleReal.withUnsafeBufferPointer { real in
            plan.twiddleImaginary.withUnsafeBufferPointer { imaginary in
                guard let real = real.baseAddress, let imaginary = imaginary.baseAddress else { return }
                for pass in plan.passes {
                    let twiddles = SplitPointer(
                        real: UnsafeMutablePointer(mutating: real + pass.twiddleStart),
                        imaginary: UnsafeMutablePointer(mutating: imaginary + pass.twiddleStart))
                    pass.run(from: from, to: to, twiddles: twiddles)
                    swap(&from, &to)
                }
            }
        }
        return from
    }
}

extension RealFFT {
    /// - Parameter samples: at most `size`; the rest counts as 0.
    /// - Returns: real and imaginary parts, [binCount] each.
    public func forward(_ samples: [Float]) -> (real: [Float], imaginary: [Float]) {
        precondition(samples.count <= size, "\(samples.count) samples for a transform of \(size)")
        let padded = samples + [Float](repeating: 0, count: size - samples.count)
        var real = [Float](repeating: 0, count: binCount)
        var imaginary = real
        forward(padded, real: &real, imaginary: &imaginary)
        return (real, imaginary)
    }

    /// - Parameters: real and imaginary parts, [binCount] each.
    /// - Returns: samples, [size].
    public func inverse(real: [Float], imaginary: [Float]) -> [Float] {
        precondition(real.count == binCount && imaginary.count == binCount, "\(binCount) bins expected")
        var samples = [Float](repeating: 0, count: size)
        inverse(real: real, imaginary: imaginary, samples: &samples)
        return samples
    }
}

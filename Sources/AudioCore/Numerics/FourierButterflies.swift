/// What a butterfly computes with: one number, or four neighbours at once.
protocol FourierLane {
    static var width: Int { get }
    static func load(_ source: UnsafePointer<Float>) -> Self
    func store(_ target: UnsafeMutablePointer<Float>)
    static func + (a: Self, b: Self) -> Self
    static func - (a: Self, b: Self) -> Self
    static func * (a: Self, b: Float) -> Self
}

extension Float: FourierLane {
    static var width: Int { 1 }
    @inline(__always) static func load(_ source: UnsafePointer<Float>) -> Float { source.pointee }
    @inline(__always) func store(_ target: UnsafeMutablePointer<Float>) { target.pointee = self }
}

extension SIMD4<Float>: FourierLane {
    static var width: Int { 4 }
    @inline(__always) static func load(_ source: UnsafePointer<Float>) -> Self {
        UnsafeRawPointer(source).loadUnaligned(as: Self.self)
    }
    @inline(__always) func store(_ target: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(target).storeBytes(of: self, as: Self.self)
    }
}

/// Real and imaginary parts in arrays of their own.
struct SplitPointer {
    var real: UnsafeMutablePointer<Float>
    var imaginary: UnsafeMutablePointer<Float>
}

private struct Complex<Lane: FourierLane> {
    var real: Lane
    var imaginary: Lane

    @inline(__always) init(_ real: Lane, _ imaginary: Lane) {
        self.real = real
        self.imaginary = imaginary
    }

    @inline(__always) init(_ source: SplitPointer, _ index: Int) {
        real = Lane.load(source.real + index)
        imaginary = Lane.load(source.imaginary + index)
    }

    @inline(__always) func store(_ target: SplitPointer, _ index: Int) {
        real.store(target.real + index)
        imaginary.store(target.imaginary + index)
    }

    @inline(__always) func times(_ twiddles: SplitPointer, _ index: Int) -> Self {
        let (c, s) = (twiddles.real[index], twiddles.imaginary[index])
        return Self(real * c - imaginary * s, real * s + imaginary * c)
    }

    /// -i z.
    @inline(__always) var turned: Self { Self(imaginary, real * -1) }

    @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.real + b.real, a.imaginary + b.imaginary) }
    @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.real - b.real, a.imaginary - b.imaginary) }
    @inline(__always) static func * (a: Self, b: Float) -> Self { Self(a.real * b, a.imaginary * b) }
}

extension FourierPlan.Pass {
    /// Decimation in frequency, self-sorting (Stockham): reads x[q + stride (p + rest k)], writes
    /// y[q + stride (radix p + j)].
    func run(from x: SplitPointer, to y: SplitPointer, twiddles: SplitPointer) {
        if stride % 4 == 0 {
            run(SIMD4<Float>.self, from: x, to: y, twiddles: twiddles)
        } else {
            run(Float.self, from: x, to: y, twiddles: twiddles)
        }
    }

    @inline(__always)
    private func run<Lane: FourierLane>(
        _: Lane.Type, from x: SplitPointer, to y: SplitPointer, twiddles: SplitPointer
    ) {
        let step = stride * rest
        for p in 0..<rest {
            let w = SplitPointer(
                real: twiddles.real + p * (radix - 1), imaginary: twiddles.imaginary + p * (radix - 1))
            var input = stride * p
            var output = stride * radix * p
            let end = input + stride
            switch radix {
            case 4:
                while input < end {
                    Self.four(Lane.self, x, input, step, y, output, stride, w)
                    input += Lane.width
                    output += Lane.width
                }
            case 5:
                while input < end {
                    Self.five(Lane.self, x, input, step, y, output, stride, w)
                    input += Lane.width
                    output += Lane.width
                }
            case 3:
                while input < end {
                    Self.three(Lane.self, x, input, step, y, output, stride, w)
                    input += Lane.width
                    output += Lane.width
                }
            default:
                while input < end {
                    Self.two(Lane.self, x, input, step, y, output, stride, w)
                    input += Lane.width
                    output += Lane.width
                }
            }
        }
    }

    @inline(__always)
    private static func two<Lane: FourierLane>(
        _: Lane.Type, _ x: SplitPointer, _ input: Int, _ step: Int, _ y: SplitPointer, _ output: Int, _ stride: Int,
        _ w: SplitPointer
    ) {
        let a = Complex<Lane>(x, input)
        let b = Complex<Lane>(x, input + step)
        (a + b).store(y, output)
        (a - b).times(w, 0).store(y, output + stride)
    }

    @inline(__always)
    private static func three<Lane: FourierLane>(
        _: Lane.Type, _ x: SplitPointer, _ input: Int, _ step: Int, _ y: SplitPointer, _ output: Int, _ stride: Int,
        _ w: SplitPointer
    ) {
        let a = Complex<Lane>(x, input)
        let b = Complex<Lane>(x, input + step)
        let c = Complex<Lane>(x, input + 2 * step)
        let sum = b + c
        let middle = a - sum * 0.5
        let turn = (b - c).turned * 0.866_025_403_784_438_6
        (a + sum).store(y, output)
        (middle + turn).times(w, 0).store(y, output + stride)
        (middle - turn).times(w, 1).store(y, output + 2 * stride)
    }

    @inline(__always)
    private static func four<Lane: FourierLane>(
        _: Lane.Type, _ x: SplitPointer, _ input: Int, _ step: Int, _ y: SplitPointer, _ output: Int, _ stride: Int,
        _ w: SplitPointer
    ) {
        let a = Complex<Lane>(x, input)
        let b = Complex<Lane>(x, input + step)
        let c = Complex<Lane>(x, input + 2 * step)
        let d = Complex<Lane>(x, input + 3 * step)
        let even = a + c
        let evenDifference = a - c
        let odd = b + d
        let turn = (b - d).turned
        (even + odd).store(y, output)
        (evenDifference + turn).times(w, 0).store(y, output + stride)
        (even - odd).times(w, 1).store(y, output + 2 * stride)
        (evenDifference - turn).times(w, 2).store(y, output + 3 * stride)
    }

    @inline(__always)
    private static func five<Lane: FourierLane>(
        _: Lane.Type, _ x: SplitPointer, _ input: Int, _ step: Int, _ y: SplitPointer, _ output: Int, _ stride: Int,
        _ w: SplitPointer
    ) {
        // cos and sin of 72 and 144 degrees.
        let (c1, c2): (Float, Float) = (0.309_016_994_374_947_4, -0.809_016_994_374_947_4)
        let (s1, s2): (Float, Float) = (0.951_056_516_295_153_5, 0.587_785_252_292_473_1)
        let a = Complex<Lane>(x, input)
        let b = Complex<Lane>(x, input + step)
        let c = Complex<Lane>(x, input + 2 * step)
        let d = Complex<Lane>(x, input + 3 * step)
        let e = Complex<Lane>(x, input + 4 * step)
        let outer = b + e
        let inner = c + d
        let outerDifference = (b - e).turned
        let innerDifference = (c - d).turned
        let m1 = a + outer * c1 + inner * c2
        let m2 = a + outer * c2 + inner * c1
        let t1 = outerDifference * s1 + innerDifference * s2
        let t2 = outerDifference * s2 - innerDifference * s1
        (a + outer + inner).store(y, output)
        (m1 + t1).times(w, 0).store(y, output + stride)
        (m2 + t2).times(w, 1).store(y, output + 2 * stride)
        (m2 - t2).times(w, 2).store(y, output + 3 * stride)
        (m1 - t1).times(w, 3).store(y, output + 4 * stride)
    }
}

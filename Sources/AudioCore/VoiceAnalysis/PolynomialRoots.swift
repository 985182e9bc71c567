import Foundation

/// A complex number, as far as roots need it.
public struct ComplexNumber: Sendable, Equatable {
    public var real: Double
    public var imaginary: Double

    public init(_ real: Double, _ imaginary: Double = 0) {
        self.real = real
        self.imaginary = imaginary
    }

    public var magnitude: Double { (real * real + imaginary * imaginary).squareRoot() }
    public var angle: Double { atan2(imaginary, real) }

    static func + (a: Self, b: Self) -> Self { Self(a.real + b.real, a.imaginary + b.imaginary) }
    static func - (a: Self, b: Self) -> Self { Self(a.real - b.real, a.imaginary - b.imaginary) }
    static func * (a: Self, b: Self) -> Self {
        Self(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
    }
    static func / (a: Self, b: Self) -> Self {
        let square = b.real * b.real + b.imaginary * b.imaginary
        return Self(
            (a.real * b.real + a.imaginary * b.imaginary) / square,
            (a.imaginary * b.real - a.real * b.imaginary) / square)
    }
}

/// All roots of a polynomial at once (Aberth 1973).
public enum PolynomialRoots {
    private static let rounds = 100
    private static let accuracy = 1e-12

    /// - Parameter coefficients: c, [order], of z^order + c1 z^(order-1) + ... + c_order.
    /// - Returns: [order], in no order; nil where they could not be found.
    public static func roots(of coefficients: [Double]) -> [ComplexNumber]? {
        let order = coefficients.count
        // No root lies further out than this (Fujiwara's bound is tighter, this one simpler).
        let bound = 1 + (coefficients.map(abs).max() ?? 0)
        let start = min(bound, 0.9)
        var roots = (0..<order).map { index in
            let angle = 2 * Double.pi * (Double(index) + 0.35) / Double(order)
            return ComplexNumber(start * cos(angle), start * sin(angle))
        }
        for _ in 0..<rounds {
            var largest = 0.0
            for index in roots.indices {
                let (value, slope) = evaluate(coefficients, at: roots[index])
                guard value.magnitude > 0 else { continue }
                var repulsion = ComplexNumber(0)
                for other in roots.indices where other != index {
                    repulsion = repulsion + ComplexNumber(1) / (roots[index] - roots[other])
                }
                // value / slope / (1 - value / slope * repulsion), without dividing by the slope.
                let step = value / (slope - value * repulsion)
                guard step.real.isFinite, step.imaginary.isFinite else { return nil }
                roots[index] = roots[index] - step
                largest = max(largest, step.magnitude)
            }
            if largest < accuracy { return roots }
        }
        return nil
    }

    private static func evaluate(
        _ coefficients: [Double], at z: ComplexNumber
    ) -> (value: ComplexNumber, slope: ComplexNumber) {
        var value = ComplexNumber(1)
        var slope = ComplexNumber(0)
        for coefficient in coefficients {
            slope = slope * z + value
            value = value * z + ComplexNumber(coefficient)
        }
        return (value, slope)
    }
}

import Foundation

/// sin(2 pi x).
func sinTurns(_ x: Double) -> Double { sin(2 * .pi * x) }

import Foundation

/// From one frequency up to another, in semitones; both above 0.
public func semitonesBetween(_ low: Double, _ high: Double) -> Double { 12 * log2(high / low) }

import AudioCore

/// A sine, [seconds * sampleRate] samples.
public func sine(_ hertz: Double, seconds: Double, sampleRate: Int, amplitude: Double = 0.5) -> [Float] {
    (0..<Int(seconds * Double(sampleRate))).map { Float(amplitude * sinTurns(hertz * Double($0) / Double(sampleRate))) }
}

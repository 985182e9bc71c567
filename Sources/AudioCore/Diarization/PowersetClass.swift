/// The segmenter's classes: which of a window's three local speakers are active.
public enum PowersetClass {
    public static let localSpeakers = 3

    /// Bit `s` is set where local speaker `s` speaks, [7]: nobody, 1, 2, 3, 1 + 2, 1 + 3, 2 + 3.
    private static let masks: InlineArray<7, UInt8> = [0b000, 0b001, 0b010, 0b100, 0b011, 0b101, 0b110]

    /// - Parameter index: 0...6; what lies beyond counts as nobody.
    /// - Returns: bits of the active local speakers.
    @inline(__always)
    public static func speakers(_ index: UInt8) -> UInt8 { index < 7 ? masks[Int(index)] : 0 }

    /// The local speaker who is active alone, or nil.
    @inline(__always)
    static func soloSpeaker(_ index: UInt8) -> Int? { (1...3).contains(index) ? Int(index) - 1 : nil }
}

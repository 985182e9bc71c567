/// Damages bytes in ways that files are damaged, the same way for the same seed: cut short, bytes changed, stretches
/// overwritten, numbers made huge.
public struct Mutations {
    private var state: UInt64

    public init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    /// - Parameter range: what may be damaged; nil: all.
    public mutating func damage(_ bytes: [UInt8], in range: Range<Int>? = nil) -> [UInt8] {
        var bytes = bytes
        let range = range ?? bytes.indices
        guard !range.isEmpty else { return bytes }
        for _ in 0...Int(next(4)) {
            let at = range.lowerBound + Int(next(UInt64(range.count)))
            switch next(6) {
            case 0: bytes[at] ^= 1 << UInt8(next(8))
            case 1: bytes[at] = UInt8(next(256))
            case 2: for index in at..<min(at + 8, range.upperBound) { bytes[index] = 0xff }
            case 3: for index in at..<min(at + 4, range.upperBound) { bytes[index] = 0 }
            case 4:
                let from = range.lowerBound + Int(next(UInt64(range.count)))
                let count = min(Int(next(32)), range.upperBound - max(at, from))
                bytes.replaceSubrange(at..<at + count, with: bytes[from..<from + count])
            default:
                guard next(4) == 0 else { continue }
                return Array(bytes[..<at])
            }
        }
        return bytes
    }

    /// xorshift64*, Vigna 2016.
    private mutating func next(_ limit: UInt64) -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return ((state &* 0x2545_f491_4f6c_dd1d) >> 11) % limit
    }
}

import CZlib

/// How small a text becomes when it is deflated: text that repeats itself becomes very small.
public enum DeflatedSize {
    /// - Returns: bytes of the zlib stream at the default level.
    public static func of(_ bytes: [UInt8]) -> Int {
        var count = compressBound(uLong(bytes.count))
        var output = [UInt8](repeating: 0, count: Int(count))
        // The buffer is as large as zlib itself demands, so this cannot fail.
        compress(&output, &count, bytes, uLong(bytes.count))
        return Int(count)
    }
}

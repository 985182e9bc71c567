/// Reads the one form of JSON that the dictionaries have: text -> text, or text -> (part of speech -> text or null).
/// Foundation's decoder takes seconds for what this does in a tenth of one.
struct LexiconParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// - Returns: nil where the text has another form.
    mutating func dictionary() -> [String: Pronunciation]? {
        var entries: [String: Pronunciation] = [:]
        entries.reserveCapacity(bytes.count / 32)
        let isWhole = object { parser, key in
            guard let value = parser.pronunciation() else { return false }
            entries[key] = value
            return true
        }
        skipSpace()
        return isWhole && position == bytes.count ? entries : nil
    }

    private mutating func pronunciation() -> Pronunciation? {
        if let text = string() { return .one(text) }
        var entries: [String: String] = [:]
        let isWhole = object { parser, key in
            if parser.take("null") { return true }
            guard let text = parser.string() else { return false }
            entries[key] = text
            return true
        }
        return isWhole ? .byPartOfSpeech(entries) : nil
    }

    private mutating func object(_ member: (inout LexiconParser, String) -> Bool) -> Bool {
        guard take("{") else { return false }
        if take("}") { return true }
        repeat {
            guard let key = string(), take(":"), member(&self, key) else { return false }
        } while take(",")
        return take("}")
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ text: StaticString) -> Bool {
        skipSpace()
        guard position + text.utf8CodeUnitCount <= bytes.count else { return false }
        for offset in 0..<text.utf8CodeUnitCount where bytes[position + offset] != text.utf8Start[offset] {
            return false
        }
        position += text.utf8CodeUnitCount
        return true
    }

    /// - Returns: nil, and nothing is consumed, where no string stands here.
    private mutating func string() -> String? {
        let start = position
        guard take("\"") else { return nil }
        let from = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\") {
            position += 1
        }
        guard position < bytes.count else {
            position = start
            return nil
        }
        let plain = String(decoding: bytes[from..<position], as: UTF8.self)
        if bytes[position] == UInt8(ascii: "\"") {
            position += 1
            return plain
        }
        guard let rest = escaped() else {
            position = start
            return nil
        }
        return plain + rest
    }

    /// The rest of a string from its first escape on.
    private mutating func escaped() -> String? {
        var units: [UInt16] = []
        var run: [UInt8] = []
        func flush(_ units: inout [UInt16], _ run: inout [UInt8]) {
            units += Array(String(decoding: run, as: UTF8.self).utf16)
            run.removeAll()
        }
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                flush(&units, &run)
                return String(decoding: units, as: UTF16.self)
            }
            guard byte == UInt8(ascii: "\\") else {
                run.append(byte)
                continue
            }
            guard position < bytes.count else { return nil }
            let kind = bytes[position]
            position += 1
            switch kind {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): run.append(kind)
            case UInt8(ascii: "n"): run.append(0x0A)
            case UInt8(ascii: "t"): run.append(0x09)
            case UInt8(ascii: "u"):
                guard position + 4 <= bytes.count,
                    let unit = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
                else { return nil }
                flush(&units, &run)
                units.append(unit)
                position += 4
            default: return nil
            }
        }
        return nil
    }
}

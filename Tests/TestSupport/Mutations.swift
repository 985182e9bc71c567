import Foundation

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

    /// Damages a file of a container format: what `damage` does, stretches taken out and put in twice, lengths that lie,
    /// and the beginning of one file before the end of another.
    /// - Parameter others: files to splice with.
    public mutating func damageContainer(_ original: [UInt8], others: [[UInt8]] = []) -> [UInt8] {
        var bytes = original
        for _ in 0...Int(next(3)) {
            guard bytes.count > 16 else { break }
            // Half of the damage goes to the header, where lengths and counts stand.
            let reach = next(2) == 0 ? min(bytes.count, 512) : bytes.count
            let at = index(reach)
            let end = min(bytes.count, at + 1 + Int(next(64)))
            switch next(7) {
            case 0: bytes = damage(bytes, in: 0..<reach)
            case 1: bytes.removeSubrange(at..<end)
            case 2: bytes.insert(contentsOf: bytes[at..<end], at: at)
            case 3: for index in at..<end { bytes[index] = UInt8(next(256)) }
            case 4: lie(about: &bytes, at: at)
            case 5:
                guard !others.isEmpty else { continue }
                let other = others[index(others.count)]
                bytes = Array(bytes[..<at]) + other[index(max(1, other.count))...]
            default: bytes = Array(bytes.prefix(max(16, index(bytes.count))))
            }
        }
        return bytes
    }

    /// Puts a length or a count that cannot be true in the place of four bytes.
    private mutating func lie(about bytes: inout [UInt8], at: Int) {
        guard bytes.count >= at + 4 else { return }
        let rest = UInt32(clamping: bytes.count - at)
        let lies: [UInt32] = [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, rest, rest &+ 1, rest &- 1, 0x0fff_fff0]
        let lie = lies[index(lies.count)]
        let isBigEndian = next(2) == 0
        for place in 0..<4 {
            bytes[at + place] = UInt8(truncatingIfNeeded: lie >> (8 * UInt32(isBigEndian ? 3 - place : place)))
        }
    }

    /// Damages text where a person or another program would have written something else: other numbers, lines and words
    /// taken out, put in twice or exchanged; now and then single bytes.
    public mutating func damageText(_ text: String) -> [UInt8] {
        guard next(4) != 0 else { return damage(Array(text.utf8)) }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for _ in 0...Int(next(3)) {
            let at = index(lines.count)
            switch next(7) {
            case 0 where lines.count > 1: lines.remove(at: at)
            case 1: lines.insert(lines[at], at: at)
            case 2: lines.swapAt(at, index(lines.count))
            case 3: lines[at] = String(lines[at].prefix(index(lines[at].count + 1)))
            case 4: lines[at] = " " + lines[at]
            default: lines[at] = withAnotherWord(lines[at])
            }
        }
        return Array(lines.joined(separator: "\n").utf8)
    }

    private mutating func withAnotherWord(_ line: String) -> String {
        var (words, word): ([String], String) = ([], "")
        for character in line {
            let isWord = character.isLetter || character.isNumber || character == "." || character == "-"
            if isWord {
                word.append(character)
            } else {
                words += [word, String(character)]
                word = ""
            }
        }
        words.append(word)
        let at = index(words.count)
        words[at] = Self.words[index(words[at].first?.isNumber == true ? Self.numberWords : Self.words.count)]
        return words.joined()
    }

    /// Damages JSON so that it stays JSON: other numbers and words, members taken out, lists emptied or doubled.
    public mutating func damageJSON(_ text: String) -> [UInt8] {
        guard next(4) != 0,
            let value = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
        else { return damage(Array(text.utf8)) }
        var damaged = value
        for _ in 0...Int(next(3)) { damaged = change(damaged) }
        let data = try? JSONSerialization.data(withJSONObject: damaged, options: [.sortedKeys, .fragmentsAllowed])
        return data.map(Array.init) ?? []
    }

    private mutating func change(_ value: Any) -> Any {
        switch value {
        case var object as [String: Any] where !object.isEmpty && next(12) != 0:
            let keys = object.keys.sorted()
            let key = keys[index(keys.count)]
            if next(10) == 0 { object[key] = nil } else { object[key] = object[key].map { change($0) } }
            return object
        case var list as [Any] where !list.isEmpty && next(12) != 0:
            let at = index(list.count)
            switch next(8) {
            case 0: list.remove(at: at)
            case 1: list.insert(list[at], at: at)
            case 2: list.swapAt(at, index(list.count))
            default: list[at] = change(list[at])
            }
            return list
        default:
            let numbers: [Any] = [
                0, 1, -1, 2_147_483_648, Int.max, Int.min, Int.max - 1, 1e308, -1e308, 1e19, -1e19, 1e7, 1e-300, 0.1,
            ]
            let word = Self.words[index(Self.words.count)]
            let others: [Any] = [
                NSNull(), true, [Any](), [String: Any](), "", word, String(repeating: "x", count: 5000),
                "\u{0}\u{202e}\u{fffd}", "../../../../tmp/x",
            ]
            // Another number gets further than what is none.
            let isNumber = value is NSNumber
            return pick(isNumber == (next(4) != 0) ? numbers : others)
        }
    }

    private mutating func pick(_ values: [Any]) -> Any { values[index(values.count)] }

    /// The first of the words are numbers.
    private static let numberWords = 11
    private static let words = [
        "0", "-1", "1e308", "-1e308", "1e400", "nan", "inf", "9223372036854775807", "-9223372036854775808",
        "99999999999999999999", "0.0000000001", "", "null", "true", "~", "[", "{", "]", "\"", "'", "*x", "&x",
        "!!binary",
        "---",
        "Speaker_A", "Speaker_", "\u{0}", "\u{FEFF}", "é", "99:99:99.999", "-->", "..", "/dev/null", "*", "**",
        "{each}",
        "$HOME",
    ]

    private mutating func index(_ count: Int) -> Int { Int(next(UInt64(max(1, count)))) }

    /// xorshift64*, Vigna 2016.
    private mutating func next(_ limit: UInt64) -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return ((state &* 0x2545_f491_4f6c_dd1d) >> 11) % limit
    }
}

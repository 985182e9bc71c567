import Files

/// Reads Python's pickle format as far as checkpoints of tensors need it. Nothing is looked up and nothing is executed:
/// a name is only a name, and a call is understood by whoever gave `call`, or refused.
///
/// Containers live in tables and refer to each other by index, so that a file which nests without end or holds itself
/// can exhaust neither the stack nor memory.
struct PickleReader {
    indirect enum Value {
        case none
        case bool(Bool)
        case int(Int)
        case float(Double)
        case string(String)
        case tuple(Int)
        case list(Int)
        case dictionary(Int)
        case global(String)
        /// What `call` or `persistent` made; an index into a table of theirs.
        case object(Int)
        /// Something that is allowed but of no interest.
        case opaque
        case mark
    }

    private(set) var tuples: [[Value]] = []
    private(set) var lists: [[Value]] = []
    private(set) var dictionaries: [[(key: Value, value: Value)]] = []
    private var reader: ByteReader
    private var stack: [Value] = []
    private var memo: [Int: Value] = [:]

    init(_ reader: ByteReader) { self.reader = reader }

    /// Byte offset beyond the pickle, once it is read.
    var endOffset: Int { reader.offset }

    func failure(_ cause: String) -> FileError { reader.failure(cause) }

    /// - Parameters:
    ///   - persistent: makes what a persistent id (a tuple) stands for.
    ///   - call: makes what a call of the named constructor with these arguments gives.
    mutating func read(
        persistent: ([Value], PickleReader) throws -> Value,
        call: (String, [Value], inout PickleReader) throws -> Value
    ) throws -> Value {
        while true {
            let code = try reader.number(UInt8.self)
            switch code {
            case 0x80: try reader.skip(1)
            case UInt8(ascii: "."): return try pop()
            case UInt8(ascii: "Q"):
                guard case .tuple(let index) = try pop() else { throw damaged }
                stack.append(try persistent(tuples[index], self))
            case UInt8(ascii: "R"), 0x81:
                guard case .tuple(let arguments) = try pop() else { throw damaged }
                guard case .global(let name) = try pop() else { throw damaged }
                let made = try call(name, tuples[arguments], &self)
                stack.append(made)
            default:
                let isKnown =
                    try readNumber(code) || readText(code) || readContainer(code) || readAddition(code)
                    || readMemo(code)
                guard isKnown else { throw failure("its pickle holds an unknown instruction (\(code))") }
            }
        }
    }

    /// A dictionary made by a constructor.
    mutating func makeDictionary() -> Value {
        dictionaries.append([])
        return .dictionary(dictionaries.count - 1)
    }

    func ints(_ value: Value) throws -> [Int] {
        guard case .tuple(let index) = value else { throw damaged }
        return try tuples[index].map {
            guard case .int(let number) = $0 else { throw damaged }
            return number
        }
    }

    var damaged: FileError { failure("its pickle is damaged") }

    // MARK: - Stack

    private mutating func pop() throws -> Value {
        guard let value = stack.popLast() else { throw damaged }
        if case .mark = value { throw damaged }
        return value
    }

    private mutating func popToMark() throws -> [Value] {
        guard let at = stack.lastIndex(where: { if case .mark = $0 { true } else { false } }) else { throw damaged }
        let values = Array(stack[(at + 1)...])
        stack.removeSubrange(at...)
        return values
    }

    private mutating func pushTuple(_ values: [Value]) {
        tuples.append(values)
        stack.append(.tuple(tuples.count - 1))
    }

    // MARK: - Instructions; each gives false where the code is not one of its own

    private mutating func readNumber(_ code: UInt8) throws -> Bool {
        switch code {
        case UInt8(ascii: "N"): stack.append(.none)
        case 0x88: stack.append(.bool(true))
        case 0x89: stack.append(.bool(false))
        case UInt8(ascii: "J"): stack.append(.int(Int(try reader.number(Int32.self))))
        case UInt8(ascii: "K"): stack.append(.int(Int(try reader.number(UInt8.self))))
        case UInt8(ascii: "M"): stack.append(.int(Int(try reader.number(UInt16.self))))
        case UInt8(ascii: "G"):
            stack.append(.float(Double(bitPattern: try reader.number(UInt64.self).byteSwapped)))
        case 0x8a: stack.append(try longNumber())
        default: return false
        }
        return true
    }

    /// Two's complement of any length; what does not fit in 64 bits (torch's magic number) is of no interest.
    private mutating func longNumber() throws -> Value {
        let bytes = try reader.slice(try reader.size(UInt8.self)).array
        guard bytes.count <= 8 else { return .opaque }
        var bits = UInt64(0)
        for (index, byte) in bytes.enumerated() { bits |= UInt64(byte) << (8 * UInt64(index)) }
        if let last = bytes.last, last & 0x80 != 0, bytes.count < 8 { bits |= ~0 << (8 * UInt64(bytes.count)) }
        return .int(Int(Int64(bitPattern: bits)))
    }

    private mutating func readText(_ code: UInt8) throws -> Bool {
        switch code {
        case UInt8(ascii: "X"): stack.append(.string(try reader.text(try reader.size(UInt32.self))))
        case 0x8c: stack.append(.string(try reader.text(try reader.size(UInt8.self))))
        case UInt8(ascii: "U"): stack.append(.string(try reader.text(try reader.size(UInt8.self))))
        case UInt8(ascii: "c"):
            let module = try reader.line()
            stack.append(.global(module + "." + (try reader.line())))
        default: return false
        }
        return true
    }

    private mutating func readContainer(_ code: UInt8) throws -> Bool {
        switch code {
        case UInt8(ascii: "("): stack.append(.mark)
        case UInt8(ascii: ")"): pushTuple([])
        case UInt8(ascii: "t"): pushTuple(try popToMark())
        case 0x85, 0x86, 0x87:
            var values: [Value] = []
            for _ in 0..<(code - 0x84) { values.append(try pop()) }
            pushTuple(values.reversed())
        case UInt8(ascii: "]"):
            lists.append([])
            stack.append(.list(lists.count - 1))
        case UInt8(ascii: "}"): stack.append(makeDictionary())
        default: return false
        }
        return true
    }

    private mutating func readAddition(_ code: UInt8) throws -> Bool {
        switch code {
        case UInt8(ascii: "a"), UInt8(ascii: "e"):
            let values = code == UInt8(ascii: "a") ? [try pop()] : try popToMark()
            guard case .list(let index)? = stack.last else { throw damaged }
            lists[index] += values
        case UInt8(ascii: "s"), UInt8(ascii: "u"):
            var values: [Value] = []
            if code == UInt8(ascii: "s") {
                let value = try pop()
                values = [try pop(), value]
            } else {
                values = try popToMark()
            }
            guard case .dictionary(let index)? = stack.last, values.count.isMultiple(of: 2) else { throw damaged }
            for at in stride(from: 0, to: values.count, by: 2) {
                dictionaries[index].append((values[at], values[at + 1]))
            }
        // The state of an object: none of those we know has one that matters.
        case UInt8(ascii: "b"): _ = try pop()
        default: return false
        }
        return true
    }

    private mutating func readMemo(_ code: UInt8) throws -> Bool {
        switch code {
        case UInt8(ascii: "q"), UInt8(ascii: "r"):
            let key = code == UInt8(ascii: "q") ? try reader.size(UInt8.self) : try reader.size(UInt32.self)
            guard let value = stack.last else { throw damaged }
            memo[key] = value
        case UInt8(ascii: "h"), UInt8(ascii: "j"):
            let key = code == UInt8(ascii: "h") ? try reader.size(UInt8.self) : try reader.size(UInt32.self)
            guard let value = memo[key] else { throw damaged }
            stack.append(value)
        default: return false
        }
        return true
    }
}

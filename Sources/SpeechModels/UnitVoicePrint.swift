import AudioCore

/// Scales what a speaker encoder gave to unit length.
enum UnitVoicePrint {
    /// - Throws: where the numbers have no direction.
    static func of(_ values: [Float], dimension: Int) throws -> [Float] {
        let length = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard values.count == dimension, length.isFinite, length > 0 else {
            throw AudioError(
                .internal, operation: "describe", subject: "a voice", cause: "the network gave no usable numbers")
        }
        return values.map { Float(Double($0) / length) }
    }
}

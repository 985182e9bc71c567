import AudioCore

/// Weights of an LSTM layer as the ONNX operator wants them, from PyTorch's: PyTorch keeps the gates in the order
/// input, forget, cell, output; ONNX in input, output, forget, cell.
public struct LSTMWeights: Sendable {
    /// One direction of a layer.
    public struct Direction: Sendable {
        /// [4 * hidden, inputs], gates in ONNX's order.
        let input: [Float]
        /// [4 * hidden, hidden].
        let recurrent: [Float]
        /// [8 * hidden]: of the input, then of the recurrence.
        let bias: [Float]

        /// - Parameters:
        ///   - name: PyTorch's, with "%" where "weight_ih" and the like stand: "lstm.%_l0".
        ///   - floats: gives a tensor's elements.
        public init(_ name: String, _ floats: (String) throws -> [Float]) throws {
            func load(_ kind: String) throws -> [Float] {
                let name = name.split(separator: "%", omittingEmptySubsequences: false).joined(separator: kind)
                let values = try floats(name)
                let gate = values.count / 4
                guard gate > 0, values.count == 4 * gate else {
                    throw AudioError(
                        .badData, operation: "read", subject: name, cause: "it does not hold the weights of four gates")
                }
                return [0, 3, 1, 2].flatMap { values[$0 * gate..<($0 + 1) * gate] }
            }
            input = try load("weight_ih")
            recurrent = try load("weight_hh")
            bias = try load("bias_ih") + load("bias_hh")
        }
    }

    public let hidden: Int
    /// [directions, 4 * hidden, inputs]
    public let input: [Float]
    /// [directions, 4 * hidden, hidden]
    public let recurrent: [Float]
    /// [directions, 8 * hidden]
    public let bias: [Float]
    private let directions: Int

    /// - Parameter directions: forward, or forward and backward.
    public init(_ directions: [Direction]) throws {
        self.directions = directions.count
        hidden = (directions.first?.bias.count ?? 0) / 8
        input = directions.flatMap(\.input)
        recurrent = directions.flatMap(\.recurrent)
        bias = directions.flatMap(\.bias)
        guard hidden > 0, recurrent.count == directions.count * 4 * hidden * hidden,
            input.count.isMultiple(of: directions.count * 4 * hidden)
        else {
            throw AudioError(
                .badData, operation: "read", subject: "the weights of an LSTM", cause: "their sizes do not fit together"
            )
        }
    }

    public var inputShape: [Int] { [directions, 4 * hidden, input.count / (directions * 4 * hidden)] }
    public var recurrentShape: [Int] { [directions, 4 * hidden, hidden] }
    public var biasShape: [Int] { [directions, 8 * hidden] }
}

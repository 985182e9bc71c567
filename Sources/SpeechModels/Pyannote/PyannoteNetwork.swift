import Inference

/// pyannote segmentation 3.0 (Plaquet and Bredin, 2023): wave -> SincNet -> four bidirectional LSTM layers -> two linear
/// layers -> log-probabilities of seven classes. Defined here, operator by operator, on the upstream's own weights.
struct PyannoteNetwork {
    static let input = "waveform"
    static let output = "classes"
    static let classes = 7

    private let graph: GraphBuilder
    private let checkpoint: TorchCheckpoint

    /// - Returns: session from `waveform`, [batch, 1, samples], to `classes`, [batch, frames, 7], natural log.
    static func session(
        of checkpoint: TorchCheckpoint, options: SessionOptions, in runtime: InferenceRuntime
    ) throws -> InferenceSession {
        let network = try PyannoteNetwork(graph: GraphBuilder(in: runtime), checkpoint: checkpoint)
        try network.define()
        return try network.graph.session(options: options)
    }

    private func define() throws {
        var x = try graph.input(Self.input, shape: ["batch", 1, "samples"])
        x = try sincNet(x)
        // [batch, features, frames] -> [frames, batch, features], as the operator LSTM has it.
        x = try graph.op("Transpose", x, attributes: ["perm": [2, 0, 1]])
        for layer in 0..<4 { x = try bidirectionalLSTM(x, layer: layer) }
        for layer in 0..<2 { x = try leakyRelu(linear(x, "linear.\(layer)")) }
        x = try graph.op("LogSoftmax", linear(x, "classifier"), attributes: ["axis": -1])
        x = try graph.op("Transpose", x, attributes: ["perm": [1, 0, 2]])
        try graph.output(x, named: Self.output, shape: ["batch", "frames", .fixed(Self.classes)])
    }

    private func sincNet(_ wave: Edge) throws -> Edge {
        let filters = try SincFilterBank(
            low: try floats("sincnet.conv1d.0.filterbank.low_hz_"),
            band: try floats("sincnet.conv1d.0.filterbank.band_hz_"),
            window: try floats("sincnet.conv1d.0.filterbank.window_"))
        let bank = try graph.constant(filters.taps, shape: [filters.count, 1, SincFilterBank.taps])
        var x = try instanceNorm(wave, "sincnet.wav_norm1d")
        x = try graph.op("Abs", graph.op("Conv", x, bank, attributes: ["strides": [10]]))
        x = try poolAndNormalize(x, 0)
        for layer in 1..<3 {
            x = try graph.op(
                "Conv", x, weight("sincnet.conv1d.\(layer).weight"), weight("sincnet.conv1d.\(layer).bias"))
            x = try poolAndNormalize(x, layer)
        }
        return x
    }

    private func poolAndNormalize(_ x: Edge, _ layer: Int) throws -> Edge {
        let pooled = try graph.op("MaxPool", x, attributes: ["kernel_shape": [3], "strides": [3]])
        return try leakyRelu(instanceNorm(pooled, "sincnet.norm1d.\(layer)"))
    }

    private func instanceNorm(_ x: Edge, _ name: String) throws -> Edge {
        try graph.op(
            "InstanceNormalization", x, weight(name + ".weight"), weight(name + ".bias"),
            attributes: ["epsilon": 1e-5])
    }

    private func leakyRelu(_ x: Edge) throws -> Edge {
        try graph.op("LeakyRelu", x, attributes: ["alpha": 0.01])
    }

    private func linear(_ x: Edge, _ name: String) throws -> Edge {
        let transposed = try graph.op("Transpose", weight(name + ".weight"), attributes: ["perm": [1, 0]])
        return try graph.op("Add", graph.op("MatMul", x, transposed), weight(name + ".bias"))
    }

    /// - Returns: [frames, batch, 2 * hidden].
    private func bidirectionalLSTM(_ x: Edge, layer: Int) throws -> Edge {
        let names = ["", "_reverse"].map { "lstm.%_l\(layer)" + $0 }
        let lstm = try LSTMWeights(
            names.map { name in
                try LSTMWeights.Direction(name) { try floats($0) }
            })
        let both = try graph.op(
            "LSTM",
            inputs: [
                x, graph.constant(lstm.input, shape: lstm.inputShape),
                graph.constant(lstm.recurrent, shape: lstm.recurrentShape),
                graph.constant(lstm.bias, shape: lstm.biasShape),
            ],
            attributes: ["hidden_size": .int(lstm.hidden), "direction": "bidirectional"], outputCount: 1)[0]
        // [frames, directions, batch, hidden]
        let joined = try graph.op("Transpose", both, attributes: ["perm": [0, 2, 1, 3]])
        return try graph.op("Reshape", joined, graph.constant([Int64(0), 0, -1]))
    }

    private func weight(_ name: String) throws -> Edge { try graph.weight(checkpoint.tensor("state_dict/" + name)) }

    private func floats(_ name: String) throws -> [Float] { try checkpoint.tensor("state_dict/" + name).floats() }
}

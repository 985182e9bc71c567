import AudioCore
import Inference

/// The layers that Whisper's networks are made of, in terms of CTranslate2's names. Rows are 2-D: [rows, width].
struct WhisperGraph {
    let builder: GraphBuilder
    let weights: CTranslate2Model
    let width: Int
    let heads: Int
    static let headWidth = 64

    init(_ runtime: InferenceRuntime, weights: CTranslate2Model) throws {
        builder = try GraphBuilder(in: runtime)
        self.weights = weights
        width = try weights.tensor("encoder/layer_norm/gamma").shape[0]
        heads = width / Self.headWidth
    }

    /// A weight in single precision, whatever the file's. ONNX Runtime converts it while it makes the session and keeps
    /// one copy; converted here, the copies of the definition, the session and its packed form would lie there at once.
    func weight(_ name: String) throws -> Edge {
        let tensor = try weights.tensor(name)
        let stored = try builder.weight(tensor)
        guard tensor.elementType != .float32 else { return stored }
        return try builder.op("Cast", stored, attributes: ["to": .int(ElementType.float32.rawValue)])
    }

    func indices(_ values: [Int]) throws -> Edge { try builder.constant(values.map(Int64.init)) }

    /// x W^T + b.
    func linear(_ x: Edge, _ name: String) throws -> Edge {
        try builder.op(
            "Gemm", x, weight(name + "/weight"), weight(name + "/bias"), attributes: ["transB": 1])
    }

    func norm(_ x: Edge, _ name: String) throws -> Edge {
        try builder.op(
            "LayerNormalization", x, weight(name + "/gamma"), weight(name + "/beta"),
            attributes: ["axis": -1, "epsilon": 1e-5])
    }

    func feedForward(_ x: Edge, _ name: String) throws -> Edge {
        let inner = try gelu(linear(norm(x, name + "/layer_norm"), name + "/linear_0"))
        return try builder.op("Add", x, linear(inner, name + "/linear_1"))
    }

    /// The exact form, by the error function.
    func gelu(_ x: Edge) throws -> Edge { try builder.op("Gelu", x) }

    func split(_ x: Edge, _ parts: Int) throws -> [Edge] {
        try builder.op(
            "Split", inputs: [x], attributes: ["axis": -1, "num_outputs": .int(parts)], outputCount: parts)
    }

    func transpose(_ x: Edge, _ order: [Int]) throws -> Edge {
        try builder.op("Transpose", x, attributes: ["perm": .ints(order)])
    }

    func reshape(_ x: Edge, _ shape: [Int]) throws -> Edge { try builder.op("Reshape", x, indices(shape)) }

    /// Layers of one side: "encoder" or "decoder".
    static func layerCount(_ weights: CTranslate2Model, side: String) -> Int {
        (0...).first { weights.tensors["\(side)/layer_\($0)/ffn/linear_0/weight"] == nil } ?? 0
    }
}

extension WhisperGraph {
    /// Log-mel energies [1, bands, 3000] -> features [1500, width].
    static func encoder(
        _ runtime: InferenceRuntime, weights: CTranslate2Model, threads: Int
    ) throws -> InferenceSession {
        let graph = try WhisperGraph(runtime, weights: weights)
        let builder = graph.builder
        let bands = try weights.tensor("encoder/conv1/weight").shape[1]
        var x = try builder.input("mel", shape: [1, .fixed(bands), .fixed(WhisperMel.frameCount)])
        x = try graph.gelu(
            builder.op(
                "Conv", x, graph.weight("encoder/conv1/weight"), graph.weight("encoder/conv1/bias"),
                attributes: ["pads": [1, 1]]))
        x = try graph.gelu(
            builder.op(
                "Conv", x, graph.weight("encoder/conv2/weight"), graph.weight("encoder/conv2/bias"),
                attributes: ["pads": [1, 1], "strides": [2]]))
        x = try graph.reshape(graph.transpose(x, [0, 2, 1]), [WhisperMel.frameCount / 2, graph.width])
        x = try builder.op("Add", x, graph.weight("encoder/position_encodings/encodings"))
        for layer in 0..<layerCount(weights, side: "encoder") {
            let name = "encoder/layer_\(layer)"
            let inputs = try graph.linear(
                graph.norm(x, name + "/self_attention/layer_norm"), name + "/self_attention/linear_0")
            let parts = try graph.split(graph.reshape(inputs, [1, WhisperMel.frameCount / 2, 3 * graph.width]), 3)
            // Fused attention needs a third less memory than attention by parts.
            let attended = try builder.op(
                "MultiHeadAttention", inputs: parts, attributes: ["num_heads": .int(graph.heads)], outputCount: 1,
                domain: "com.microsoft")[0]
            let output = try graph.linear(
                graph.reshape(attended, [WhisperMel.frameCount / 2, graph.width]), name + "/self_attention/linear_1")
            x = try builder.op("Add", x, output)
            x = try graph.feedForward(x, name + "/ffn")
        }
        x = try graph.norm(x, "encoder/layer_norm")
        try builder.output(x, named: "features", shape: [.fixed(WhisperMel.frameCount / 2), .fixed(graph.width)])
        return try builder.session(options: SessionOptions(name: weights.name + " encoder", intraOpThreads: threads))
    }

    /// Features [1500, width] -> what each decoder layer attends to: keys [heads, 64, 1500], values [heads, 1500, 64].
    static func crossAttention(
        _ runtime: InferenceRuntime, weights: CTranslate2Model, threads: Int
    ) throws -> InferenceSession {
        let graph = try WhisperGraph(runtime, weights: weights)
        let frames = WhisperMel.frameCount / 2
        let features = try graph.builder.input("features", shape: [.fixed(frames), .fixed(graph.width)])
        for layer in 0..<layerCount(weights, side: "decoder") {
            let both = try graph.split(graph.linear(features, "decoder/layer_\(layer)/attention/linear_1"), 2)
            let shape = [frames, graph.heads, headWidth]
            try graph.builder.output(
                graph.transpose(graph.reshape(both[0], shape), [1, 2, 0]), named: "cross_key_\(layer)",
                shape: [.fixed(graph.heads), .fixed(headWidth), .fixed(frames)])
            try graph.builder.output(
                graph.transpose(graph.reshape(both[1], shape), [1, 0, 2]), named: "cross_value_\(layer)",
                shape: [.fixed(graph.heads), .fixed(frames), .fixed(headWidth)])
        }
        return try graph.builder.session(
            options: SessionOptions(name: weights.name + " cross attention", intraOpThreads: threads))
    }
}

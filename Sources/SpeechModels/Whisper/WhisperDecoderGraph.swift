import AudioCore
import Inference

/// The decoder's network: some tokens of several texts at once -> what may come next.
///
/// Inputs: `tokens` [texts, count], `positions` [count], `mask` [count, past + count] (0 or very negative), `parents`
/// [texts] (which text of the step before each continues), `rows` [wanted] (of texts * count), `past_key_i` and
/// `past_value_i` [texts before, heads, past, 64], `cross_key_i`, `cross_value_i`.
/// Outputs: `logits` [wanted, vocabulary], `attention` [alignment heads, texts * count, 1500] before the softmax,
/// `key_i` and `value_i` [texts, heads, past + count, 64].
struct WhisperDecoderGraph {
    let graph: WhisperGraph
    /// [layer, head] pairs.
    let alignmentHeads: [[Int]]

    private var builder: GraphBuilder { graph.builder }
    private var frames: Int { WhisperMel.frameCount / 2 }

    static func session(
        _ runtime: InferenceRuntime, weights: CTranslate2Model, alignmentHeads: [[Int]], threads: Int
    ) throws -> InferenceSession {
        let decoder = WhisperDecoderGraph(
            graph: try WhisperGraph(runtime, weights: weights), alignmentHeads: alignmentHeads)
        try decoder.define()
        return try decoder.builder.session(
            options: SessionOptions(name: weights.name + " decoder", intraOpThreads: threads))
    }

    private func define() throws {
        let tokens = try builder.input("tokens", .int64, shape: ["texts", "count"])
        let positions = try builder.input("positions", .int64, shape: ["count"])
        let mask = try builder.input("mask", shape: ["count", "total"])
        let parents = try builder.input("parents", .int64, shape: ["texts"])
        let rows = try builder.input("rows", .int64, shape: ["wanted"])
        // Stays half precision in the mapped file: only the rows that are looked up are converted.
        let embeddings = try builder.weight(graph.weights.tensor("decoder/embeddings/weight"))
        let embedded = try builder.op(
            "Cast", builder.op("Gather", embeddings, tokens), attributes: ["to": .int(ElementType.float32.rawValue)])
        let place = try builder.op("Gather", graph.weight("decoder/position_encodings/encodings"), positions)
        var x = try graph.reshape(builder.op("Add", embedded, place), [-1, graph.width])
        let shape = try builder.op(
            "Concat", inputs: [builder.op("Shape", tokens), graph.indices([graph.heads, WhisperGraph.headWidth])],
            attributes: ["axis": 0], outputCount: 1)[0]

        var attention: [Edge] = []
        for layer in 0..<WhisperGraph.layerCount(graph.weights, side: "decoder") {
            x = try selfAttention(x, layer: layer, shape: shape, mask: mask, parents: parents)
            x = try crossAttention(x, layer: layer, scores: &attention)
            x = try graph.feedForward(x, "decoder/layer_\(layer)/ffn")
        }
        let wanted = try graph.norm(builder.op("Gather", x, rows), "decoder/layer_norm")
        // Whisper's output projection is its embedding matrix.
        let logits = try builder.op(
            "Gemm", wanted, graph.weight("decoder/projection/weight"), attributes: ["transB": 1])
        let vocabulary = try graph.weights.tensor("decoder/projection/weight").shape[0]
        try builder.output(logits, named: "logits", shape: ["wanted", .fixed(vocabulary)])
        let heads = try builder.op("Concat", inputs: attention, attributes: ["axis": 0], outputCount: 1)[0]
        try builder.output(
            heads, named: "attention", shape: [.fixed(alignmentHeads.count), "all", .fixed(frames)])
    }

    private func selfAttention(_ x: Edge, layer: Int, shape: Edge, mask: Edge, parents: Edge) throws -> Edge {
        let name = "decoder/layer_\(layer)/self_attention"
        let parts = try graph.split(graph.linear(graph.norm(x, name + "/layer_norm"), name + "/linear_0"), 3)
        func heads(_ part: Edge) throws -> Edge {
            try graph.transpose(builder.op("Reshape", part, shape), [0, 2, 1, 3])
        }
        func extended(_ part: Edge, _ kind: String) throws -> Edge {
            let past = try builder.input(
                "past_\(kind)_\(layer)",
                shape: ["before", .fixed(graph.heads), "past", .fixed(WhisperGraph.headWidth)])
            let own = try builder.op("Gather", past, parents, attributes: ["axis": 0])
            let all = try builder.op(
                "Concat", inputs: [own, heads(part)], attributes: ["axis": 2], outputCount: 1)[0]
            try builder.output(
                all, named: "\(kind)_\(layer)",
                shape: ["texts", .fixed(graph.heads), "total", .fixed(WhisperGraph.headWidth)])
            return all
        }
        let keys = try extended(parts[1], "key")
        let values = try extended(parts[2], "value")
        let scores = try builder.op(
            "Add", builder.op("MatMul", scaled(heads(parts[0])), graph.transpose(keys, [0, 1, 3, 2])), mask)
        let attended = try builder.op(
            "MatMul", builder.op("Softmax", scores, attributes: ["axis": -1]), values)
        let merged = try graph.reshape(graph.transpose(attended, [0, 2, 1, 3]), [-1, graph.width])
        return try builder.op("Add", x, graph.linear(merged, name + "/linear_1"))
    }

    /// All texts attend to the same audio, so their rows are one matrix for each head.
    private func crossAttention(_ x: Edge, layer: Int, scores attention: inout [Edge]) throws -> Edge {
        let name = "decoder/layer_\(layer)/attention"
        let keys = try builder.input(
            "cross_key_\(layer)",
            shape: [.fixed(graph.heads), .fixed(WhisperGraph.headWidth), .fixed(frames)])
        let values = try builder.input(
            "cross_value_\(layer)",
            shape: [.fixed(graph.heads), .fixed(frames), .fixed(WhisperGraph.headWidth)])
        let queries = try graph.transpose(
            graph.reshape(
                graph.linear(graph.norm(x, name + "/layer_norm"), name + "/linear_0"),
                [-1, graph.heads, WhisperGraph.headWidth]), [1, 0, 2])
        let scores = try builder.op("MatMul", scaled(queries), keys)
        for pair in alignmentHeads where pair[0] == layer {
            attention.append(try builder.op("Gather", scores, graph.indices([pair[1]]), attributes: ["axis": 0]))
        }
        let attended = try builder.op(
            "MatMul", builder.op("Softmax", scores, attributes: ["axis": -1]), values)
        let merged = try graph.reshape(graph.transpose(attended, [1, 0, 2]), [-1, graph.width])
        return try builder.op("Add", x, graph.linear(merged, name + "/linear_2"))
    }

    private func scaled(_ queries: Edge) throws -> Edge {
        try builder.op("Mul", queries, builder.scalar(1 / Float(WhisperGraph.headWidth).squareRoot()))
    }
}

import Files

extension OnnxGraph {
    /// The same network with the products that quantise their input as they go (DynamicQuantizeLinear, ConvInteger or
    /// MatMulInteger, Cast, Mul) in single precision again: the weights become `(w - zero) * scale`, the input is
    /// taken as it is. What is lost is the quantisation's noise.
    ///
    /// Products of another form stay as they are.
    public func dequantized() throws -> OnnxGraph {
        let index = OnnxGraphIndex(self)
        var result = self
        var replacements: [Int: [OnnxNode]] = [:]
        var dropped: Set<Int> = []
        for at in nodes.indices where ["ConvInteger", "MatMulInteger"].contains(nodes[at].operatorType) {
            guard let product = QuantizedProduct(at, of: self, index) else { continue }
            let weights = nodes[at].inputs[1] + "_float32"
            if result.constants[weights] == nil { result.add(try product.floatWeights(named: weights, of: self)) }
            replacements[product.end] = product.floatNodes(weights: weights, of: self)
            dropped.formUnion(product.inner)
        }
        result.nodes = nodes.indices.flatMap { at in
            replacements[at] ?? (dropped.contains(at) ? [] : [nodes[at]])
        }
        try result.removeUnneeded(given: Set(inputs.map(\.name)))
        return result
    }
}

/// Who makes and who takes each value of a graph.
private struct OnnxGraphIndex {
    var producers: [String: Int] = [:]
    var consumers: [String: [Int]] = [:]

    init(_ graph: OnnxGraph) {
        for (at, node) in graph.nodes.enumerated() {
            for output in node.outputs { producers[output] = at }
            for input in node.dependencies { consumers[input, default: []].append(at) }
        }
    }

    /// The node that alone takes what node `at` gives.
    func next(_ at: Int, in graph: OnnxGraph) -> Int? {
        guard let output = graph.nodes[at].outputs.first, let takers = consumers[output], takers.count == 1,
            !graph.outputs.contains(where: { $0.name == output })
        else { return nil }
        return takers[0]
    }
}

/// One integer product with all that stands around it.
private struct QuantizedProduct {
    /// Nodes that go: from the product to the one before `end`.
    let inner: [Int]
    /// The last node, a Mul, whose output stays.
    let end: Int
    private let product: OnnxNode
    private let input: String
    private let scale: OnnxTensor
    private let zeroPoint: OnnxTensor?
    private let bias: String?
    private let output: String

    /// - Returns: nil where what stands around the product is of another form.
    init?(_ at: Int, of graph: OnnxGraph, _ index: OnnxGraphIndex) {
        let product = graph.nodes[at]
        guard product.inputs.count >= 2, graph.constants[product.inputs[1]] != nil,
            let quantizer = index.producers[product.inputs[0]].map({ graph.nodes[$0] }),
            quantizer.operatorType == "DynamicQuantizeLinear", quantizer.outputs.count == 3,
            let input = quantizer.inputs.first
        else { return nil }
        let zeroPointName = product.inputs.count > 3 ? product.inputs[3] : ""
        let zeroPoint = graph.constants[zeroPointName]
        guard zeroPointName.isEmpty || zeroPoint != nil else { return nil }

        var inner = [at]
        var bias: String?
        guard var following = index.next(at, in: graph) else { return nil }
        if graph.nodes[following].operatorType == "Add" {
            guard let addend = Self.other(than: product.outputs[0], into: graph.nodes[following]),
                let found = Self.floatBias(addend, graph, index), let next = index.next(following, in: graph)
            else { return nil }
            bias = found
            inner.append(following)
            following = next
        }
        guard graph.nodes[following].operatorType == "Cast", let end = index.next(following, in: graph) else {
            return nil
        }
        inner.append(following)
        guard graph.nodes[end].operatorType == "Mul",
            let scales = Self.other(than: graph.nodes[following].outputs[0], into: graph.nodes[end]),
            let scaling = index.producers[scales].map({ graph.nodes[$0] }), scaling.operatorType == "Mul",
            let scaleName = Self.other(than: quantizer.outputs[1], into: scaling),
            let scale = graph.constants[scaleName], let output = graph.nodes[end].outputs.first
        else { return nil }
        self.product = product
        self.input = input
        self.scale = scale
        self.zeroPoint = zeroPoint
        self.bias = bias
        self.inner = inner
        self.end = end
        self.output = output
    }

    /// The other input of a node that takes two.
    private static func other(than value: String, into node: OnnxNode) -> String? {
        guard node.inputs.count == 2, let at = node.inputs.firstIndex(of: value) else { return nil }
        return node.inputs[1 - at]
    }

    /// The bias in single precision, [channels]: it is divided by the scales, rounded, cast and reshaped on its way.
    private static func floatBias(_ quantized: String, _ graph: OnnxGraph, _ index: OnnxGraphIndex) -> String? {
        var value = quantized
        for _ in 0..<8 {
            guard let producer = index.producers[value].map({ graph.nodes[$0] }), let first = producer.inputs.first
            else { return nil }
            switch producer.operatorType {
            case "Reshape", "Unsqueeze", "Cast", "Floor", "Round": value = first
            case "Div": return graph.constants[first]?.shape.count == 1 ? first : nil
            default: return nil
            }
        }
        return nil
    }

    /// `(w - zero) * scale`; zero and scale are single numbers or one for each output channel, which is a convolution's
    /// first dimension and a product's last.
    func floatWeights(named name: String, of graph: OnnxGraph) throws -> OnnxTensor {
        guard let weights = graph.constants[product.inputs[1]] else {
            throw graph.failure("it holds no constant \(product.inputs[1])")
        }
        var elements = try weights.floats()
        let scales = try scale.floats()
        let zeros = try zeroPoint?.floats() ?? [0]
        let isConvolution = product.operatorType == "ConvInteger"
        let channels = (isConvolution ? weights.shape.first : weights.shape.last) ?? 1
        guard [1, channels].contains(scales.count), [1, channels].contains(zeros.count), channels > 0 else {
            throw graph.failure("the scales of \(weights.name) do not fit its shape")
        }
        let run = isConvolution ? elements.count / channels : 1
        for at in elements.indices {
            let channel = at / run % channels
            let zero = zeros[zeros.count == 1 ? 0 : channel]
            elements[at] = (elements[at] - zero) * scales[scales.count == 1 ? 0 : channel]
        }
        return OnnxTensor(name, elements, shape: weights.shape)
    }

    func floatNodes(weights: String, of graph: OnnxGraph) -> [OnnxNode] {
        let name = product.name + "_float32"
        if product.operatorType == "ConvInteger" {
            return [
                OnnxNode(
                    "Conv", name: name, inputs: [input, weights] + (bias.map { [$0] } ?? []), outputs: [output],
                    attributesOf: product)
            ]
        }
        guard let bias else { return [OnnxNode("MatMul", name: name, inputs: [input, weights], outputs: [output])] }
        return [
            OnnxNode("MatMul", name: name, inputs: [input, weights], outputs: [output + "_product"]),
            OnnxNode("Add", name: name + "_bias", inputs: [output + "_product", bias], outputs: [output]),
        ]
    }
}

import Inference

/// CAM++ (Wang et al., 2023): features -> convolutional head over time and frequency -> densely connected time-delay
/// layers, each masked by its context -> mean and deviation over time -> 192 numbers. Defined here, operator by
/// operator, on the upstream's own weights.
struct CAMPlusNetwork {
    static let input = "features"
    static let output = "embedding"
    static let bands = 80
    static let dimension = 192
    /// Frames below which the deviation over time is not defined.
    static let fewestFrames = 3

    /// Kernel dilation of the layers of each dense block.
    private static let dilations = [1, 2, 2]
    /// Frames (of 20 ms) of a segment whose mean is the nearer context of a layer's mask.
    private static let segmentFrames = 100

    private let graph: GraphBuilder
    private let checkpoint: TorchCheckpoint

    /// - Returns: session from `features`, [batch, frames, 80], to `embedding`, [batch, 192].
    static func session(
        of checkpoint: TorchCheckpoint, options: SessionOptions, in runtime: InferenceRuntime
    ) throws -> InferenceSession {
        let network = try CAMPlusNetwork(graph: GraphBuilder(in: runtime), checkpoint: checkpoint)
        try network.define()
        return try network.graph.session(options: options)
    }

    private func define() throws {
        let features = try graph.input(Self.input, shape: ["batch", "frames", .fixed(Self.bands)])
        var x = try graph.op("Transpose", features, attributes: ["perm": [0, 2, 1]])
        x = try head(x)
        // Two features become one time step: 20 ms.
        x = try convolution(x, "xvector.tdnn.linear", attributes: ["strides": [2], "pads": [2, 2]])
        x = try normalizeRelu(x, "xvector.tdnn.nonlinear.batchnorm")
        let segments = try segmentIndexes(of: x)
        for (index, dilation) in Self.dilations.enumerated() {
            x = try denseBlock(x, "xvector.block\(index + 1)", dilation: dilation, segments: segments)
            x = try normalizeRelu(x, "xvector.transit\(index + 1).nonlinear.batchnorm")
            x = try convolution(x, "xvector.transit\(index + 1).linear")
        }
        x = try normalizeRelu(x, "xvector.out_nonlinear.batchnorm")
        x = try convolution(statistics(x), "xvector.dense.linear")
        // The last normalisation has no weights of its own, and no ReLU follows it.
        x = try finalNorm(x, "xvector.dense.nonlinear.batchnorm")
        x = try graph.op("Squeeze", x, graph.constant([Int64(2)]))
        try graph.output(x, named: Self.output, shape: ["batch", .fixed(Self.dimension)])
    }

    // MARK: - Head: convolutions over frequency and time

    /// - Parameter x: [batch, 80, frames].
    /// - Returns: [batch, 320, frames]: 32 channels of 10 frequencies.
    private func head(_ x: Edge) throws -> Edge {
        var x = try graph.op("Unsqueeze", x, graph.constant([Int64(1)]))
        x = try convolution(x, "head.conv1", attributes: ["pads": [1, 1, 1, 1]])
        x = try normalizeRelu(x, "head.bn1")
        for layer in 1...2 {
            x = try residualBlock(x, "head.layer\(layer).0", stride: 2)
            x = try residualBlock(x, "head.layer\(layer).1", stride: 1)
        }
        x = try convolution(x, "head.conv2", attributes: ["pads": [1, 1, 1, 1], "strides": [2, 1]])
        x = try normalizeRelu(x, "head.bn2")
        return try graph.op("Reshape", x, graph.constant([Int64(0), Int64(4 * Self.bands), -1]))
    }

    /// - Parameter stride: over frequency; time keeps its steps.
    private func residualBlock(_ x: Edge, _ name: String, stride: Int) throws -> Edge {
        let strides = Attribute.ints([stride, 1])
        var y = try convolution(x, name + ".conv1", attributes: ["pads": [1, 1, 1, 1], "strides": strides])
        y = try normalizeRelu(y, name + ".bn1")
        y = try convolution(y, name + ".conv2", attributes: ["pads": [1, 1, 1, 1]])
        y = try batchNorm(y, name + ".bn2")
        var shortcut = x
        if stride > 1 {
            shortcut = try convolution(x, name + ".shortcut.0", attributes: ["strides": strides])
            shortcut = try batchNorm(shortcut, name + ".shortcut.1")
        }
        return try graph.op("Relu", graph.op("Add", y, shortcut))
    }

    // MARK: - Dense time-delay layers with context-aware masking

    private func denseBlock(_ x: Edge, _ name: String, dilation: Int, segments: Edge) throws -> Edge {
        var x = x
        var layer = 1
        while checkpoint.tensors["\(name).tdnnd\(layer).linear1.weight"] != nil {
            let prefix = "\(name).tdnnd\(layer)"
            var y = try normalizeRelu(x, prefix + ".nonlinear1.batchnorm")
            y = try convolution(y, prefix + ".linear1")
            y = try normalizeRelu(y, prefix + ".nonlinear2.batchnorm")
            y = try maskedConvolution(y, prefix + ".cam_layer", dilation: dilation, segments: segments)
            x = try graph.op("Concat", x, y, attributes: ["axis": 1])
            layer += 1
        }
        return x
    }

    /// A convolution over time whose channels are weighed by a mask made of the mean of all frames and the mean of the
    /// segment that each frame lies in.
    private func maskedConvolution(_ x: Edge, _ name: String, dilation: Int, segments: Edge) throws -> Edge {
        let local = try convolution(
            x, name + ".linear_local",
            attributes: ["dilations": .ints([dilation]), "pads": .ints([dilation, dilation])])
        let size = Self.segmentFrames
        let means = try graph.op(
            "AveragePool", x,
            attributes: ["kernel_shape": .ints([size]), "strides": .ints([size]), "ceil_mode": 1])
        let whole = try graph.op("ReduceMean", x, graph.constant([Int64(2)]), attributes: ["keepdims": 1])
        // The mask is the same within a segment, so it is made once a segment and then spread over its frames.
        var mask = try graph.op("Add", means, whole)
        mask = try graph.op("Relu", convolution(mask, name + ".linear1", hasBias: true))
        mask = try graph.op("Sigmoid", convolution(mask, name + ".linear2", hasBias: true))
        return try graph.op("Mul", local, graph.op("Gather", mask, segments, attributes: ["axis": 2]))
    }

    /// The segment that each time step of `x` lies in, [steps].
    private func segmentIndexes(of x: Edge) throws -> Edge {
        let steps = try graph.op(
            "Squeeze", graph.op("Shape", x, attributes: ["start": 2, "end": 3]), graph.constant([Int64(0)]))
        let range = try graph.op("Range", graph.scalar(Int64(0)), steps, graph.scalar(Int64(1)))
        return try graph.op("Div", range, graph.scalar(Int64(Self.segmentFrames)))
    }

    // MARK: - Statistics over time

    /// Mean and unbiased deviation, [batch, 2 * channels, 1].
    private func statistics(_ x: Edge) throws -> Edge {
        let time = try graph.constant([Int64(2)])
        let mean = try graph.op("ReduceMean", x, time, attributes: ["keepdims": 1])
        let centred = try graph.op("Sub", x, mean)
        let squares = try graph.op("ReduceSum", graph.op("Mul", centred, centred), time, attributes: ["keepdims": 1])
        let steps = try graph.op(
            "Cast", graph.op("Shape", x, attributes: ["start": 2, "end": 3]), attributes: ["to": 1])
        let variance = try graph.op("Div", squares, graph.op("Sub", steps, graph.scalar(Float(1))))
        return try graph.op("Concat", mean, graph.op("Sqrt", variance), attributes: ["axis": 1])
    }

    // MARK: - Parts

    private func convolution(
        _ x: Edge, _ name: String, hasBias: Bool = false, attributes: [String: Attribute] = [:]
    ) throws -> Edge {
        let bias = hasBias ? [try weight(name + ".bias")] : []
        return try graph.op(
            "Conv", inputs: [x, weight(name + ".weight")] + bias, attributes: attributes, outputCount: 1)[0]
    }

    private func batchNorm(_ x: Edge, _ name: String) throws -> Edge {
        try graph.op(
            "BatchNormalization", x, weight(name + ".weight"), weight(name + ".bias"), weight(name + ".running_mean"),
            weight(name + ".running_var"), attributes: ["epsilon": 1e-5])
    }

    private func normalizeRelu(_ x: Edge, _ name: String) throws -> Edge { try graph.op("Relu", batchNorm(x, name)) }

    private func finalNorm(_ x: Edge, _ name: String) throws -> Edge {
        let ones = try graph.constant([Float](repeating: 1, count: Self.dimension))
        let zeros = try graph.constant([Float](repeating: 0, count: Self.dimension))
        return try graph.op(
            "BatchNormalization", x, ones, zeros, weight(name + ".running_mean"), weight(name + ".running_var"),
            attributes: ["epsilon": 1e-5])
    }

    private func weight(_ name: String) throws -> Edge { try graph.weight(checkpoint.tensor(name)) }
}

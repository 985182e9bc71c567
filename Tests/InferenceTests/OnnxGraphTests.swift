import AudioCore
import Files
import Foundation
import Inference
import Testing

@Suite(
    .enabled(
        if: InstalledRuntime.have("kokoro-82m/kokoro-int8.onnx"), "ONNX Runtime and kokoro-82m are not installed"))
struct OnnxGraphTests {
    private static let durations = "/encoder/Clip_output_0"
    private static let pitch = "/encoder/Reshape_output_0"
    private static let energy = "/encoder/Reshape_1_output_0"
    private static let features = "/encoder/MatMul_1_output_0"
    private static let types = [
        OnnxValue(durations, shape: [1, "tokens"]), OnnxValue(pitch, shape: [1, "frames"]),
        OnnxValue(energy, shape: [1, "frames"]), OnnxValue(features, shape: [1, 512, "time"]),
    ]

    private static func inputs(_ runtime: InferenceRuntime) throws -> [String: Tensor] {
        let tokens: [Int64] = [0, 50, 83, 54, 156, 57, 135, 16, 65, 102, 68, 16, 50, 83, 54, 0]
        let style = (0..<256).map { 0.1 * sin(Float($0)) }
        return [
            "tokens": try Tensor(tokens, shape: [1, tokens.count], in: runtime),
            "style": try Tensor(style, shape: [1, 256], in: runtime),
            "speed": try Tensor([1] as [Float], shape: [1], in: runtime),
        ]
    }

    @Test func theThreePartsTogetherDoWhatTheWholeDoes() throws {
        let runtime = try InstalledRuntime.load()
        let url = InstalledRuntime.model("kokoro-82m/kokoro-int8.onnx")
        let graph = try OnnxGraph(url)
        #expect(graph.inputs.map(\.name) == ["tokens", "style", "speed"])
        var values = try Self.inputs(runtime)
        let whole = try InferenceSession(url, in: runtime).run(values, output: "audio").array(of: Float.self)
        let parts = [
            (["tokens", "style", "speed"], [Self.durations]),
            (["tokens", "style", Self.durations], [Self.pitch, Self.energy, Self.features]),
            ([Self.features, Self.pitch, Self.energy, "style"], ["audio"]),
        ]
        for (inputs, outputs) in parts {
            let part = try graph.cut(inputs: inputs, outputs: outputs, types: Self.types)
            let session = try part.session(in: runtime)
            #expect(session.inputNames == inputs)
            values.merge(try session.run(values.filter { inputs.contains($0.key) })) { $1 }
        }
        let audio = try #require(values["audio"]).array(of: Float.self)
        #expect(audio.count == whole.count && audio.count > 10_000)
        #expect(correlation(audio, whole) > 0.999)
    }

    @Test func dequantizedNetworkIsCloseAndHoldsNoIntegerProducts() throws {
        let runtime = try InstalledRuntime.load()
        let graph = try OnnxGraph(InstalledRuntime.model("kokoro-82m/kokoro-int8.onnx"))
            .cut(inputs: ["tokens", "style", "speed"], outputs: [Self.durations], types: Self.types)
        let float = try graph.dequantized()
        #expect(!float.nodes.contains { ["ConvInteger", "MatMulInteger"].contains($0.operatorType) })
        #expect(graph.nodes.contains { $0.operatorType == "MatMulInteger" })
        let inputs = try Self.inputs(runtime)
        let expected = try graph.session(in: runtime).run(inputs, output: Self.durations).array(of: Float.self)
        let session = try float.session(in: runtime)
        let given = try session.run(inputs, output: Self.durations).array(of: Float.self)
        #expect(given.count == 16)
        #expect(zip(expected, given).allSatisfy { abs($0 - $1) <= 3 })
    }

    @Test func writesWhatItReads() throws {
        let url = InstalledRuntime.model("kokoro-82m/kokoro-int8.onnx")
        let graph = try OnnxGraph(url)
        let again = try OnnxGraph(graph.encoded(), of: url)
        #expect(again.nodes.map(\.operatorType) == graph.nodes.map(\.operatorType))
        #expect(again.nodes.map(\.inputs) == graph.nodes.map(\.inputs))
        #expect(Set(again.constants.keys) == Set(graph.constants.keys))
        let same = again.constants.allSatisfy { $1.bytes?.array == graph.constants[$0]?.bytes?.array }
        #expect(same)
    }

    @Test func namesTheInputThatACutForgets() throws {
        let graph = try OnnxGraph(InstalledRuntime.model("kokoro-82m/kokoro-int8.onnx"))
        #expect {
            try graph.cut(inputs: ["tokens", "speed"], outputs: [Self.durations], types: Self.types)
        } throws: {
            "\($0)".contains("style")
        }
    }

    private func correlation(_ a: [Float], _ b: [Float]) -> Double {
        var ab = 0.0
        var aa = 1e-20
        var bb = 1e-20
        for (x, y) in zip(a, b) {
            ab += Double(x * y)
            aa += Double(x * x)
            bb += Double(y * y)
        }
        return ab / (aa * bb).squareRoot()
    }
}

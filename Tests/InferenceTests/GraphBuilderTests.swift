import AudioCore
import Files
import Foundation
import Inference
import Testing

@Suite(.enabled(if: InstalledRuntime.isThere, "ONNX Runtime is not installed"))
struct GraphBuilderTests {
    @Test func definesAndRunsANetwork() throws {
        let graph = try GraphBuilder(in: InstalledRuntime.load())
        let x = try graph.input("x", shape: ["rows", 2])
        let weights = try graph.constant([1, 2, 3, 4] as [Float], shape: [2, 2])
        try graph.output(graph.op("MatMul", x, weights), named: "y", shape: ["rows", 2])
        let session = try graph.session()
        let input = try Tensor([1, 0, 0, 1, 1, 1] as [Float], shape: [3, 2], in: session.runtime)
        let output = try session.run(["x": input], output: "y")
        #expect(output.shape == [3, 2])
        #expect(try output.array() == [1, 2, 3, 4, 4, 6] as [Float])
    }

    @Test(arguments: [4, 100]) func takesWeightsWhereTheyLie(count: Int) throws {
        let runtime = try InstalledRuntime.load()
        let values = (0..<count).map(Float.init)
        let bytes = ByteSlice(copying: 4 * count) { target in values.withUnsafeBytes { target.copyMemory(from: $0) } }
        let tensor = try #require(StoredTensor(name: "w", elementType: .float32, shape: [count], bytes: bytes))
        let graph = try GraphBuilder(in: runtime)
        let x = try graph.input("x", shape: [.fixed(count)])
        try graph.output(graph.op("Add", x, graph.weight(tensor)), named: "y", shape: [.fixed(count)])
        let session = try graph.session()
        let zeros = try Tensor([Float](repeating: 0, count: count), shape: [count], in: runtime)
        #expect(try session.run(["x": zeros], output: "y").array() == values)
    }

    @Test func namesTheOperatorThatIsWrong() throws {
        let graph = try GraphBuilder(in: InstalledRuntime.load())
        let x = try graph.input("x", shape: [2])
        try graph.output(graph.op("NoSuchOperator", x), named: "y", shape: [2])
        #expect {
            _ = try graph.session()
        } throws: {
            "\($0)".contains("NoSuchOperator")
        }
    }

    @Test func readsNoTensorAsAnotherType() throws {
        let tensor = try Tensor([1, 2] as [Int64], shape: [2], in: InstalledRuntime.load())
        #expect(throws: AudioError.self) { try tensor.array(of: Float.self) }
        #expect(try tensor.array(of: Int64.self) == [1, 2])
    }

    @Test func refusesElementsThatDoNotFillTheShape() throws {
        let runtime = try InstalledRuntime.load()
        #expect(throws: AudioError.self) { try Tensor([1, 2, 3] as [Float], shape: [2, 2], in: runtime) }
        #expect(throws: AudioError.self) { try Tensor([1] as [Float], shape: [-1], in: runtime) }
    }

    @Test func saysThatAProcessHoldsOneRuntime() throws {
        _ = try InstalledRuntime.load()
        #expect(throws: AudioError.self) { try InferenceRuntime.load(URL(filePath: "/nowhere/libonnxruntime.so")) }
    }
}

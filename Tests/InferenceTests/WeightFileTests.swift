import AudioCore
import Files
import Foundation
import Inference
import TestSupport
import Testing

struct WeightFileTests {
    private static let url = URL(filePath: "weights.bin")

    private static func torch(_ bytes: [UInt8], ignoring: Set<String> = []) throws -> TorchCheckpoint {
        try TorchCheckpoint(ByteSlice(bytes), of: url, ignoring: ignoring)
    }

    @Test(arguments: [WeightFixtures.torch, WeightFixtures.legacyTorch])
    func readsTensorsOfBothForms(bytes: [UInt8]) throws {
        let checkpoint = try Self.torch(bytes)
        #expect(
            checkpoint.tensors.keys.sorted() == [
                "state_dict/half", "state_dict/layer/slice", "state_dict/layer/transposed", "state_dict/layer/weight",
                "state_dict/steps",
            ])
        let weight = try checkpoint.tensor("state_dict/layer/weight")
        #expect(weight.shape == [2, 3])
        #expect(try weight.floats() == [0, 1, 2, 3, 4, 5])
        let transposed = try checkpoint.tensor("state_dict/layer/transposed")
        #expect(!transposed.isContiguous)
        #expect(try transposed.floats() == [0, 3, 1, 4, 2, 5])
        #expect(try checkpoint.tensor("state_dict/layer/slice").floats() == [2, 3, 4])
        #expect(try checkpoint.tensor("state_dict/half").floats() == [0.5, -2])
        #expect(try checkpoint.tensor("state_dict/steps").elementType == .int64)
        #expect(throws: FileError.self) { try checkpoint.tensor("state_dict/absent") }
    }

    @Test func refusesByNameWhatIsNoTensor() throws {
        #expect {
            try Self.torch(WeightFixtures.maliciousTorch)
        } throws: {
            "\($0)".contains("os.system")
        }
        let tolerant = try Self.torch(WeightFixtures.maliciousTorch, ignoring: ["os.system"])
        #expect(tolerant.tensors.count == 5)
    }

    @Test func readsCTranslate2() throws {
        let model = try CTranslate2Model(ByteSlice(WeightFixtures.ctranslate2), of: Self.url)
        #expect(model.specification == "WhisperSpec")
        #expect(try model.tensor("weight").floats() == [0, 1, 2, 3, 4, 5])
        #expect(try model.tensor("tied").floats() == [0, 1, 2, 3, 4, 5])
        #expect(try model.tensor("bias").floats() == [1, 2, 3])
        #expect(throws: FileError.self) { try model.tensor("absent") }
    }

    /// Every outcome but a crash or a hang is fine; tensors that are given lie inside the file.
    @Test(arguments: [WeightFixtures.torch, WeightFixtures.legacyTorch])
    func torchSurvivesDamage(bytes: [UInt8]) {
        var mutations = Mutations(seed: 4)
        var refused = 0
        for _ in 0..<500 {
            do {
                for tensor in try Self.torch(mutations.damage(bytes), ignoring: ["os.system"]).tensors.values {
                    #expect(try tensor.contiguousBytes().count == tensor.elementType.byteCount(of: tensor.shape))
                }
            } catch { refused += 1 }
        }
        #expect(refused > 100)
    }

    /// The zip file's checksum stops damage to the pickle before it is read, so this goes around it.
    @Test func pickleSurvivesDamage() throws {
        let whole = Array(
            try ZipArchive(ByteSlice(WeightFixtures.torch), of: Self.url).contents(of: "archive/data.pkl"))
        let legacy = WeightFixtures.legacyTorch
        let at = try #require(Data(legacy).range(of: Data(whole))).lowerBound
        var mutations = Mutations(seed: 5)
        var refused = 0
        for _ in 0..<500 {
            do {
                let damaged = mutations.damage(legacy, in: at..<at + whole.count)
                for tensor in try Self.torch(damaged).tensors.values { _ = try tensor.contiguousBytes() }
            } catch { refused += 1 }
        }
        #expect(refused > 100)
    }

    /// A dictionary that holds itself, and tuples in tuples without end.
    @Test func pickleThatNestsIsNoDanger() throws {
        let legacy = WeightFixtures.legacyTorch
        let start = try #require(Data(legacy).range(of: Data("state_dict".utf8))).lowerBound
        let head = Array(legacy[..<start]).prefix { _ in true }
        let pickleStart = try #require(Data(head).range(of: Data([0x80, 2]), options: .backwards)).lowerBound
        let itself: [UInt8] = [0x80, 2] + Array("}q\0X\u{1}\0\0\0ah\0s.".utf8)
        let keys: [UInt8] = [0x80, 2] + Array("].".utf8)
        #expect(try Self.torch(Array(legacy[..<pickleStart]) + itself + keys).tensors.isEmpty)
        let deep =
            [0x80, 2] + [UInt8](repeating: UInt8(ascii: "("), count: 200_000)
            + [UInt8](repeating: UInt8(ascii: "t"), count: 200_000) + Array(".".utf8)
        #expect(try Self.torch(Array(legacy[..<pickleStart]) + deep + keys).tensors.isEmpty)
    }

    @Test func ctranslate2SurvivesDamage() {
        var mutations = Mutations(seed: 6)
        var refused = 0
        for _ in 0..<500 {
            do {
                let model = try CTranslate2Model(
                    ByteSlice(mutations.damage(WeightFixtures.ctranslate2)), of: Self.url)
                for tensor in model.tensors.values { _ = try tensor.contiguousBytes() }
            } catch { refused += 1 }
        }
        #expect(refused > 100)
    }

    @Test func onnxSurvivesDamage() {
        var mutations = Mutations(seed: 7)
        var refused = 0
        for _ in 0..<500 {
            do {
                let graph = try OnnxGraph(ByteSlice(mutations.damage(WeightFixtures.onnx)), of: Self.url)
                _ = try graph.dequantized().encoded()
                _ = try graph.cut(inputs: ["x"], outputs: ["y"])
            } catch { refused += 1 }
        }
        #expect(refused > 100)
    }

    /// Real checkpoints, damaged where their structure lies.
    @Test(
        .enabled(
            if: InstalledRuntime.have("pyannote-segmentation-3.0/pytorch_model.bin"),
            "pyannote-segmentation-3.0 is not installed"))
    func realCheckpointSurvivesDamage() throws {
        let bytes = Array(try Data(contentsOf: InstalledRuntime.model("pyannote-segmentation-3.0/pytorch_model.bin")))
        var mutations = Mutations(seed: 8)
        for round in 0..<60 {
            let range = round.isMultiple(of: 2) ? 0..<30_000 : bytes.count - 8000..<bytes.count
            guard let checkpoint = try? Self.torch(mutations.damage(bytes, in: range)) else { continue }
            for tensor in checkpoint.tensors.values { _ = try tensor.contiguousBytes() }
        }
    }

    @Test func dequantizedGraphIsTheFloatNetwork() throws {
        let graph = try OnnxGraph(ByteSlice(WeightFixtures.onnx), of: Self.url)
        let float = try graph.dequantized()
        #expect(float.nodes.map(\.operatorType) == ["MatMul", "Relu", "Reshape", "Conv"])
        #expect(Set(float.constants.keys) == ["w_float32", "cw_float32", "shape", "b"])
        #expect(
            try float.constants["w_float32"]?.floats().prefix(4).map { ($0 * 100).rounded() / 100 }
                == [-0.09, -0.14, -0.15, -0.28])
    }

    /// NumPy computes these from the dequantised weights.
    @Test(.enabled(if: InstalledRuntime.isThere, "ONNX Runtime is not installed"))
    func dequantizedGraphGivesWhatNumPyGives() throws {
        let runtime = try InstalledRuntime.load()
        let graph = try OnnxGraph(ByteSlice(WeightFixtures.onnx), of: Self.url).dequantized()
        let x = try Tensor((0..<8).map { Float($0) / 4 - 0.7 }, shape: [2, 4], in: runtime)
        let y = try graph.session(in: runtime).run(["x": x], output: "y").array(of: Float.self)
        let expected: [Float] = [
            0.4633, 0.4336, 0.39235, 0.39415, -0.2084, -0.1355, -0.10025, -0.15005,
        ]
        #expect(y.count == expected.count)
        #expect(zip(y, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }
}

import Files
import Foundation
import TestSupport
import Testing

struct NumpyArchiveTests {
    private func archive(_ bytes: [UInt8] = ArchiveFixtures.npz) throws -> NumpyArchive {
        try NumpyArchive(ByteSlice(bytes), of: URL(filePath: "example.npz"))
    }

    @Test func readsFloatsAndIntegers() throws {
        let archive = try archive()
        #expect(archive.names == ["single", "double", "integers", "scalar", "columns", "big"])
        let single = try archive.array("single")
        #expect(single.shape == [2, 3])
        #expect(single.floats == [0, 0.25, 0.5, 0.75, 1, 1.25])
        #expect(try archive.array("double").floats == [1.5, -2.5])
        let integers = try archive.array("integers")
        #expect(integers.elementType == .int64)
        #expect(integers.floats == [1, -2, 3])
        let scalar = try archive.array("scalar")
        #expect(scalar.shape.isEmpty)
        #expect(scalar.floats == [7.5])
    }

    @Test(arguments: ["columns", "big", "absent"]) func refusesWhatItCannotRead(name: String) throws {
        let archive = try archive()
        #expect(throws: FileError.self) { try archive.array(name) }
    }

    @Test func survivesDamage() {
        var mutations = Mutations(seed: 2)
        var refused = 0
        for _ in 0..<500 {
            do {
                let archive = try archive(mutations.damage(ArchiveFixtures.npz))
                for name in archive.names {
                    let array = try archive.array(name)
                    #expect(array.floats.count == array.shape.reduce(1, *))
                }
            } catch { refused += 1 }
        }
        #expect(refused > 100)
    }

    private static func npy(_ header: String) -> [UInt8] {
        [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
            + [UInt8](repeating: 0, count: 24)
    }

    /// Past the zip file's checksums: the array's own header is what is wrong.
    @Test func survivesDamagedHeaders() throws {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
        let url = URL(filePath: "example.npy")
        #expect(try NumpyArray(ByteSlice(Self.npy(header)), of: url).shape == [2, 3])
        var mutations = Mutations(seed: 3)
        for _ in 0..<500 {
            guard let array = try? NumpyArray(ByteSlice(mutations.damage(Self.npy(header))), of: url) else { continue }
            #expect(array.floats.count == array.shape.reduce(1, *))
        }
        for shape in ["(9223372036854775807, 9223372036854775807)", "(-2, -3)", "(2, 3", "(2, x)", "6"] {
            let text = header.replacing("(2, 3)", with: shape)
            #expect(throws: FileError.self) { try NumpyArray(ByteSlice(Self.npy(text)), of: url) }
        }
    }
}

import CZlib
import Foundation
import Testing

@testable import Files

/// Pictures as any reader of PNG takes them: chunk by chunk, checksums by the specification's own algorithm.
@Suite struct PaletteImageTests {
    private struct Chunk {
        let name: String
        let contents: [UInt8]
    }

    private func chunks(_ png: Data) throws -> [Chunk] {
        var bytes = Array(png)[...]
        #expect(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        bytes = bytes.dropFirst(8)
        var chunks: [Chunk] = []
        while !bytes.isEmpty {
            let length = number(bytes.prefix(4))
            let named = Array(bytes.dropFirst(4).prefix(4 + length))
            try #require(named.count == 4 + length)
            #expect(number(bytes.dropFirst(8 + length).prefix(4)) == Int(checksum(named)))
            chunks.append(
                Chunk(name: String(decoding: named.prefix(4), as: UTF8.self), contents: Array(named.dropFirst(4))))
            bytes = bytes.dropFirst(12 + length)
        }
        return chunks
    }

    private func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    /// RFC 2083, annex "Sample CRC code", bit by bit.
    private func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest & 1 == 1 ? 0xEDB8_8320 ^ rest >> 1 : rest >> 1 }
        }
    }

    @Test(arguments: [(1, 1), (7, 3), (600, 96)])
    func aPictureIsReadBackPixelByPixel(_ width: Int, _ height: Int) throws {
        let palette = (0..<40).map { PaletteImage.Colour(red: UInt8($0), green: UInt8(200 - $0), blue: UInt8(5 * $0)) }
        let pixels = (0..<width * height).map { (index: Int) -> UInt8 in UInt8((index * 7 + index / 13) % 40) }
        let chunks = try chunks(PaletteImage(width: width, height: height, palette: palette, pixels: pixels).png)
        let names = chunks.map { $0.name }
        #expect(names == ["IHDR", "PLTE", "IDAT", "IEND"])
        let header = chunks[0].contents[...]
        #expect(number(header.prefix(4)) == width && number(header.dropFirst(4).prefix(4)) == height)
        #expect(Array(header.suffix(5)) == [8, 3, 0, 0, 0])
        let colours = palette.flatMap { [$0.red, $0.green, $0.blue] }
        #expect(chunks[1].contents == colours)
        var count = uLong(height * (width + 1))
        var rows = [UInt8](repeating: 0, count: Int(count))
        #expect(uncompress(&rows, &count, chunks[2].contents, uLong(chunks[2].contents.count)) == Z_OK)
        #expect(Int(count) == rows.count)
        let read = (0..<height).flatMap { row -> ArraySlice<UInt8> in
            #expect(rows[row * (width + 1)] == 0)
            return rows[(row * (width + 1) + 1)..<(row + 1) * (width + 1)]
        }
        #expect(read == pixels)
    }
}

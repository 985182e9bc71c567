import CZlib
import Foundation

/// A picture of at most 256 colours, as PNG (RFC 2083).
public struct PaletteImage: Sendable {
    public struct Colour: Sendable, Equatable {
        public var red: UInt8
        public var green: UInt8
        public var blue: UInt8

        public init(red: UInt8, green: UInt8, blue: UInt8) {
            self.red = red
            self.green = green
            self.blue = blue
        }
    }

    public let width: Int
    public let height: Int
    /// 1...256 colours.
    public let palette: [Colour]
    /// Index into the palette, row by row from the top, [height * width].
    public let pixels: [UInt8]

    public init(width: Int, height: Int, palette: [Colour], pixels: [UInt8]) {
        precondition(pixels.count == width * height && width > 0 && height > 0, "\(pixels.count) pixels")
        precondition((1...256).contains(palette.count), "\(palette.count) colours")
        self.width = width
        self.height = height
        self.palette = palette
        self.pixels = pixels
    }

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    public var png: Data {
        var data = Data(Self.signature)
        // 8 bits a pixel, colours by index, deflated, filtered by row, not interlaced.
        data.append(Self.chunk("IHDR", Self.bigEndian(width) + Self.bigEndian(height) + [8, 3, 0, 0, 0]))
        data.append(Self.chunk("PLTE", palette.flatMap { [$0.red, $0.green, $0.blue] }))
        data.append(Self.chunk("IDAT", deflatedRows))
        data.append(Self.chunk("IEND", []))
        return data
    }

    /// Every row after the number of its filter: 0, for filters harm pictures whose values are indices.
    private var deflatedRows: [UInt8] {
        var rows: [UInt8] = []
        rows.reserveCapacity(height * (width + 1))
        for row in 0..<height {
            rows.append(0)
            rows.append(contentsOf: pixels[row * width..<(row + 1) * width])
        }
        var count = compressBound(uLong(rows.count))
        var output = [UInt8](repeating: 0, count: Int(count))
        // The buffer is as large as zlib itself demands, so this cannot fail.
        compress2(&output, &count, rows, uLong(rows.count), Z_BEST_COMPRESSION)
        return Array(output.prefix(Int(count)))
    }

    private static func chunk(_ name: String, _ contents: [UInt8]) -> Data {
        let named = Array(name.utf8) + contents
        let checksum = crc32(0, named, UInt32(named.count))
        return Data(bigEndian(contents.count) + named + bigEndian(Int(checksum)))
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: value).bigEndian) { Array($0) }
    }
}

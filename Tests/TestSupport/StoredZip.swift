import Foundation

/// Writes ZIP archives whose members are stored as they are (APPNOTE.TXT 6.3.10, method 0), as small stand-ins for wheels.
public enum StoredZip {
    /// - Parameter members: names and contents, in order.
    public static func bytes(_ members: [(name: String, contents: Data)]) -> Data {
        var archive = Data()
        var directory = Data()
        for member in members {
            let name = Data(member.name.utf8)
            let size = UInt32(member.contents.count)
            // Flags, method, time and date (1 January 1980), checksum, both sizes, length of the name, no extra field.
            let common =
                little(UInt16(0), UInt16(0), UInt16(0), UInt16(33))
                + little(checksum(member.contents), size, size) + little(UInt16(name.count), UInt16(0))
            directory +=
                little(UInt32(0x0201_4b50)) + little(UInt16(20), UInt16(20)) + common
                + little(UInt16(0), UInt16(0), UInt16(0)) + little(UInt32(0), UInt32(archive.count)) + name
            archive += little(UInt32(0x0403_4b50)) + little(UInt16(20)) + common + name + member.contents
        }
        let count = UInt16(members.count)
        return archive + directory + little(UInt32(0x0605_4b50)) + little(UInt16(0), UInt16(0), count, count)
            + little(UInt32(directory.count), UInt32(archive.count)) + little(UInt16(0))
    }

    private static func little<Number: FixedWidthInteger>(_ numbers: Number...) -> Data {
        numbers.reduce(into: Data()) { data, number in
            withUnsafeBytes(of: number.littleEndian) { data.append(contentsOf: $0) }
        }
    }

    /// CRC-32 as ZIP has it.
    private static func checksum(_ data: Data) -> UInt32 {
        ~data.reduce(~UInt32(0)) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xedb8_8320 : 0) }
        }
    }
}

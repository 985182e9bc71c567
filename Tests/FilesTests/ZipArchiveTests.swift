import Files
import Foundation
import TestSupport
import Testing

struct ZipArchiveTests {
    private static let url = URL(filePath: "example.zip")

    private func archive(_ bytes: [UInt8]) throws -> ZipArchive { try ZipArchive(ByteSlice(bytes), of: Self.url) }

    @Test func unpacksStoredDeflatedAndLargeMembers() throws {
        let archive = try archive(ArchiveFixtures.zip)
        #expect(archive.members.map(\.name) == ["stored.txt", "folder/deflated.txt", "large.txt"])
        #expect(try archive.contents(of: "stored.txt") == Data("stored as it is".utf8))
        #expect(
            try archive.contents(of: "folder/deflated.txt") == Data(String(repeating: "again and ", count: 300).utf8))
        #expect(try archive.contents(of: "large.txt") == Data("zip64".utf8))
    }

    @Test func findsTheEndBeforeAComment() throws {
        var bytes = ArchiveFixtures.zip
        bytes[bytes.count - 2] = 5
        #expect(try archive(bytes + Array("hello".utf8)).members.count == 3)
    }

    @Test func namesTheMemberThatIsDamaged() throws {
        var bytes = ArchiveFixtures.zip
        let at = try #require(Data(bytes).range(of: Data("stored as".utf8))).lowerBound
        bytes[at] ^= 1
        let archive = try archive(bytes)
        #expect {
            try archive.contents(of: "stored.txt")
        } throws: {
            "\($0)".contains("stored.txt is damaged")
        }
        #expect(throws: FileError.self) { try archive.contents(of: "nothing.txt") }
    }

    @Test func refusesWhatIsNoZipFile() {
        #expect(throws: FileError.self) { try archive([]) }
        #expect(throws: FileError.self) { try archive(Array("no zip file at all, and long enough for one".utf8)) }
    }

    /// Every outcome but a crash or a hang is fine; what is given must be what the directory promised.
    @Test func survivesDamage() {
        var mutations = Mutations(seed: 1)
        var refused = 0
        for _ in 0..<500 {
            do {
                let archive = try archive(mutations.damage(ArchiveFixtures.zip))
                for member in archive.members {
                    let contents: ByteSlice = try archive.contents(of: member)
                    #expect(contents.count == member.size)
                }
            } catch { refused += 1 }
        }
        #expect(refused > 100)
    }
}

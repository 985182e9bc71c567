import Files
import Foundation

/// Remembers what an installed model looked like when every byte of it was found right, so that its hundreds of megabytes
/// are read once after each change of a file, and not each time it is used. Where the folder takes no files, they are
/// read each time.
struct ModelSeal: Codable, Equatable {
    struct File: Codable, Equatable {
        var name: String
        var bytes: Int
        /// Nanoseconds since 1970, as the file system gives them. The second is moved by everything that changes the file,
        /// the first too.
        var modified: Int
        var changed: Int
    }

    /// Of the manifest: another version of the program may want other bytes.
    var model: String
    var files: [File]

    private static let name = ".checked.json"

    /// - Returns: nil where a file is missing.
    init?(_ manifest: ModelManifest, in folder: URL) {
        model = manifest.digest
        files = []
        for file in manifest.files {
            var status = stat()
            guard stat(folder.appendingPathComponent(file.name).path, &status) == 0 else { return nil }
            files.append(
                File(
                    name: file.name, bytes: Int(status.st_size), modified: Self.nanoseconds(status.st_mtim),
                    changed: Self.nanoseconds(status.st_ctim)))
        }
    }

    /// True where the folder says that it looked like this when it was checked.
    func isKept(in folder: URL) -> Bool {
        let data = try? Data(contentsOf: folder.appendingPathComponent(Self.name))
        return data.flatMap { try? JSONDecoder().decode(Self.self, from: $0) } == self
    }

    func keep(in folder: URL) {
        guard let data = try? JSONEncoder().encode(self) else { return }
        try? WholeFolder.write(data, to: folder.appendingPathComponent(Self.name))
    }

    private static func nanoseconds(_ time: timespec) -> Int { time.tv_sec &* 1_000_000_000 &+ time.tv_nsec }
}

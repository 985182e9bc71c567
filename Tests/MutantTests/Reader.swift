import Foundation

/// Something that reads files which come from elsewhere, and small sound files for it.
struct Reader: Sendable {
    enum Form: Sendable { case bytes, text, json }

    var name: String
    var form: Form
    var seeds: [[UInt8]]
    /// Reads as the program would, and does with it what the program does before it believes anything.
    /// - Throws: anything; a sentence is right, a crash or a hang is not.
    var read: @Sendable ([UInt8]) throws -> Void

    init(_ name: String, _ form: Form, _ seeds: [[UInt8]], _ read: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.form = form
        self.seeds = seeds
        self.read = read
    }

    init(_ name: String, _ form: Form, texts: [String], _ read: @escaping @Sendable (String) throws -> Void) {
        self.init(name, form, texts.map { Array($0.utf8) }) { try read(String(decoding: $0, as: UTF8.self)) }
    }

    /// The same, of what reads files by name.
    init(
        _ name: String, _ form: Form, files seeds: [[UInt8]], extension: String,
        _ read: @escaping @Sendable (URL) throws -> Void
    ) {
        self.init(name, form, seeds) { bytes in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mutant-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let file = folder.appendingPathComponent("mutant.\(`extension`)")
            try Data(bytes).write(to: file)
            try read(file)
        }
    }
}

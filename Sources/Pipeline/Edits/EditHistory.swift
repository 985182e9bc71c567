import AudioCore
import Files
import Foundation

/// `edits.json` of a run and its earlier versions, which lie numbered in `edits.history`: taking a change back is putting
/// the last of them in its place.
extension RunFolder {
    private var editsFile: URL { url.appendingPathComponent("edits.json") }
    private var history: URL { url.appendingPathComponent("edits.history", isDirectory: true) }

    public var edits: Edits {
        get throws { try Edits(file: editsFile) }
    }

    /// Writes changed edits; what was there before, by whomever it was written, is kept. The caller holds the folder's
    /// lock, so nobody writes at the same time.
    public func write(_ edits: Edits) throws {
        var edits = edits
        // Nobody has heard the programme yet: what it will first be heard with is what later changes leave alone.
        if report == nil { edits.basis = edits.changes.isEmpty ? nil : edits.changes }
        let data = try CanonicalJSON.pretty(edits)
        let old = FileManager.default.fileExists(atPath: editsFile.path) ? try read(editsFile) : try Self.nothing
        guard data != old else { return }
        do {
            try FileManager.default.createDirectory(at: history, withIntermediateDirectories: true)
        } catch { throw FileError(.cannotCreate, history, "create", FileError.reason(error)) }
        let number = (try versions.last?.number ?? 0) + 1
        let name = String(repeating: "0", count: max(0, 6 - "\(number)".count)) + "\(number).json"
        try WholeFolder.write(old, to: history.appendingPathComponent(name))
        try WholeFolder.write(data, to: editsFile)
    }

    /// Puts the version before the present one in its place. A present one that cannot be read is no hindrance.
    /// - Returns: the edits now; nil where there is nothing to take back.
    public func undoEdits() throws -> Edits? {
        let present = try? edits
        while let last = try versions.last {
            var restored = try Edits(file: last.file)
            // A version that says the same is what an interrupted writing left.
            let isNews = restored.changes != present?.changes
            if isNews {
                // What the programme was first heard with does not change any more.
                if report != nil, let present { restored.basis = present.basis }
                try WholeFolder.write(CanonicalJSON.pretty(restored), to: editsFile)
            }
            do { try FileManager.default.removeItem(at: last.file) } catch {
                throw FileError(.inputOutput, last.file, "remove", FileError.reason(error))
            }
            if isNews { return restored }
        }
        return nil
    }

    /// How often a change can be taken back.
    public var undoCount: Int {
        get throws { try versions.count }
    }

    private static var nothing: Data {
        get throws { try CanonicalJSON.pretty(Edits()) }
    }

    private func read(_ file: URL) throws -> Data {
        do { return try Data(contentsOf: file) } catch {
            throw FileError(.inputOutput, file, "read", FileError.reason(error))
        }
    }

    /// The earlier versions, oldest first.
    private var versions: [(number: Int, file: URL)] {
        get throws {
            guard FileManager.default.fileExists(atPath: history.path) else { return [] }
            do {
                return try FileManager.default.contentsOfDirectory(at: history, includingPropertiesForKeys: nil)
                    .filter { $0.pathExtension == "json" && !$0.lastPathComponent.hasPrefix(".") }
                    .compactMap { file in
                        Int(file.deletingPathExtension().lastPathComponent).map { (number: $0, file: file) }
                    }.sorted { $0.number < $1.number }
            } catch { throw FileError(.inputOutput, history, "list", FileError.reason(error)) }
        }
    }
}

import AudioCore
import Files
import Foundation

/// A folder of stages' results, each in `<stage>_<unix time>`, in the same form as in a run's folder.
public struct ResultCache: Sendable {
    public let folder: URL

    /// - Parameter folder: need not be there yet.
    public init(_ folder: URL) { self.folder = folder }

    /// Everything that is there, the newest first.
    public var results: [CachedResult] { Self.newestFirst(Self.children(of: folder).compactMap(CachedResult.init)) }

    /// What the programme's own folders are kept in: the lock, what is known of it, and its edits.
    var programmes: URL { folder.appendingPathComponent(".programmes", isDirectory: true) }

    /// A result by its name in the cache, or by its folder, a run's stage folder too.
    public func result(named name: String) -> CachedResult? {
        CachedResult(folder: URL(fileURLWithPath: name, isDirectory: true).standardizedFileURL)
            ?? CachedResult(folder: folder.appendingPathComponent(name, isDirectory: true))
    }

    /// All results of a run, the newest first: `<run>/stages/<stage>/<key>`. Pieces of speech are no results of a stage.
    public static func results(ofRun run: URL) -> [CachedResult] {
        let stages = children(of: run.appendingPathComponent("stages"))
        return newestFirst(stages.flatMap(children).compactMap(CachedResult.init)).filter { result in
            result.stage != .synthesizer || (try? result.stored([Replacement].self)) != nil
        }
    }

    /// The run that a result lies in; nil for one of a cache.
    static func run(of result: CachedResult) -> URL? {
        guard result.folder.lastPathComponent == result.key else { return nil }
        return result.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    /// A place `<kind>_<unix time>` where nothing is yet: two of one second get seconds of their own.
    public func newPlace(for kind: String, extension: String = "") -> URL {
        var seconds = Int(Date().timeIntervalSince1970)
        func place() -> URL {
            let url = folder.appendingPathComponent("\(kind)_\(seconds)")
            return `extension`.isEmpty ? url : url.appendingPathExtension(`extension`)
        }
        while FileManager.default.fileExists(atPath: place().path) { seconds += 1 }
        return place()
    }

    /// An empty folder for a new result, which no other process gets, too. While it is empty it is no result.
    func reserve(for stage: StageName) throws -> URL {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch { throw FileError(.cannotCreate, folder, "create", FileError.reason(error)) }
        while true {
            let place = newPlace(for: stage.rawValue)
            if mkdir(place.path, 0o755) == 0 { return place }
            guard errno == EEXIST else {
                throw FileError(.cannotCreate, place, "create", String(cString: strerror(errno)))
            }
        }
    }

    private static func newestFirst(_ results: [CachedResult]) -> [CachedResult] {
        // Names hold the time to the second and tell apart what the file system does not.
        results.sorted { ($0.made, $0.folder.path) > ($1.made, $1.folder.path) }
    }

    private static func children(of folder: URL) -> [URL] {
        // Drafts of results begin with a dot.
        (try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)) ?? []
    }
}

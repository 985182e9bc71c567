import Foundation

/// Where the program keeps things (XDG base directories).
enum Places {
    private static let environment = ProcessInfo.processInfo.environment

    private static func base(_ variable: String, _ fallback: String) -> URL {
        if let path = environment[variable], path.hasPrefix("/") { return URL(fileURLWithPath: path) }
        return FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(fallback)
    }

    static var data: URL { base("XDG_DATA_HOME", ".local/share").appendingPathComponent("hyperaudio") }
    /// Of the user's configuration file.
    static var configuration: URL { base("XDG_CONFIG_HOME", ".config").appendingPathComponent("hyperaudio") }
    static var cache: URL { base("XDG_CACHE_HOME", ".cache").appendingPathComponent("hyperaudio") }

    static var models: URL {
        environment["HYPERAUDIO_MODELS"].map { URL(fileURLWithPath: $0) } ?? data.appendingPathComponent("models")
    }
    static var voices: URL { data.appendingPathComponent("voices") }
    static var wheels: URL { cache.appendingPathComponent("wheels") }
    /// The queue, the speaker book and the index of runs.
    static var store: URL { data.appendingPathComponent("store.sqlite") }
    static var runs: URL { cache.appendingPathComponent("runs") }
}

import Foundation

/// The program as it was built together with the tests: it lies beside their bundle.
public enum BuiltProgram {
    /// nil where it was not built; HYPERAUDIO_PROGRAM names another one.
    public static let url: URL? = {
        if let path = ProcessInfo.processInfo.environment["HYPERAUDIO_PROGRAM"] { return URL(fileURLWithPath: path) }
        let bundle = CommandLine.arguments.map { URL(fileURLWithPath: $0) }.first { $0.path.contains(".xctest") }
        let folders = sequence(first: bundle ?? URL(fileURLWithPath: "/")) { $0.deletingLastPathComponent() }
        return folders.prefix(4).map { $0.appendingPathComponent("hyperaudio") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) && !$0.path.hasSuffix("/") }
    }()
}

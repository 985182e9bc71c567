import ArgumentParser
import AudioCore
import Files
import Foundation

/// Files that a command writes: none that is there is lost, unless that is wanted.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Overwrite files that exist.") var force = false

    /// Where something can be written, found out before work is spent on it.
    /// - Parameter sources: what is read, which is never overwritten.
    /// - Throws: `AudioError` of kind `.cannotCreate` where the file exists, `FileError` where it cannot be created.
    func file(_ path: String, from sources: [String] = []) throws -> URL {
        let file = URL(fileURLWithPath: path)
        let read = sources.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath() }
        guard !read.contains(file.resolvingSymlinksInPath()) else {
            throw AudioError(
                .cannotCreate, operation: "write", subject: path, cause: "it is what is read",
                mend: "choose another name")
        }
        guard force || !FileManager.default.fileExists(atPath: file.path) else {
            throw AudioError(
                .cannotCreate, operation: "write", subject: path, cause: "the file exists",
                mend: "add --force to overwrite it, or choose another name")
        }
        try CreationTrial.run(file)
        return file
    }
}

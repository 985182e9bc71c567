import ArgumentParser
import AudioCore
import Foundation
import Inference
import ModelLibrary
import Store

/// `hyperaudio doctor`.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Show what is there, what is missing, and how to mend it.")
    @Flag(help: "Print JSON.") var json = false

    struct Finding: Encodable {
        var what: String
        var isGood: Bool
        var found: String
        var mend: String?
    }

    func run() throws {
        let findings = try modelFindings() + [runtime(), espeak(), store(), memory(), space(), cuda()]
        if json { try Output.json(findings) } else { print(findings) }
        // What is merely absent (a graphics card) carries no mend and is no failure.
        guard findings.allSatisfy({ $0.isGood || $0.mend == nil }) else {
            throw ExitCode(AudioError.Kind.unavailable.rawValue)
        }
    }

    private func print(_ findings: [Finding]) {
        for finding in findings {
            let mark = finding.isGood ? "ok     " : finding.mend == nil ? "-      " : "MISSING"
            Terminal.output.write("\(mark)  \(finding.what): \(finding.found)\n")
            if let mend = finding.mend, !finding.isGood { Terminal.output.write("         \(mend)\n") }
        }
    }

    private func modelFindings() throws -> [Finding] {
        let library = try ModelLibrary(folder: Places.models)
        return library.manifests.filter(\.isDefault).map { manifest in
            let state = library.state(of: manifest)
            return Finding(
                what: "\(manifest.id) (\(manifest.purpose))", isGood: state == .installed, found: state.rawValue,
                mend: "run `hyperaudio models install`")
        }
    }

    private func runtime() throws -> Finding {
        let library = Places.models.appendingPathComponent("onnxruntime/libonnxruntime.so")
        do {
            let runtime = try InferenceRuntime.load(library)
            return Finding(what: "ONNX Runtime", isGood: true, found: "version \(runtime.version) loads")
        } catch let error as AudioError {
            return Finding(
                what: "ONNX Runtime", isGood: false, found: error.cause, mend: "run `hyperaudio models install`")
        }
    }

    private func espeak() -> Finding {
        let paths = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let found = paths.map { "\($0)/espeak-ng" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        return Finding(
            what: "espeak-ng (names and rare words)", isGood: found != nil, found: found ?? "not found",
            mend: "run `apt-get install espeak-ng`")
    }

    private func store() -> Finding {
        let what = "queue and speaker book in \(Places.store.path)"
        do {
            let store = try Store(Places.store)
            let people = try SpeakerBook(store).speakers.count
            let found = "SQLite \(try store.engineVersion), \(people) \(people == 1 ? "person" : "people") known"
            return Finding(what: what, isGood: true, found: found)
        } catch {
            let error = error as? AudioError
            return Finding(
                what: what, isGood: false, found: error?.cause ?? "\(error.debugDescription)", mend: error?.mend ?? "")
        }
    }

    private func memory() -> Finding {
        let bytes = ProcessInfo.processInfo.physicalMemory
        let cores = ProcessInfo.processInfo.activeProcessorCount
        return Finding(
            what: "machine", isGood: bytes > 3_000_000_000,
            found: String(format: "%d cores, %.1f GB of memory", cores, Double(bytes) / 1e9),
            mend: "3 GB are needed; close other programs")
    }

    private func space() -> Finding {
        let existing = sequence(first: Places.cache) { $0.deletingLastPathComponent() }
            .first { FileManager.default.fileExists(atPath: $0.path) }
        let attributes = existing.flatMap { try? FileManager.default.attributesOfFileSystem(forPath: $0.path) }
        let free = (attributes?[.systemFreeSize] as? NSNumber)?.doubleValue ?? 0
        return Finding(
            what: "space for runs in \(Places.cache.path)", isGood: free > 3e9,
            found: String(format: "%.1f GB free", free / 1e9),
            mend: "an hour of stereo needs 3 GB; free some, or use --work-dir")
    }

    private func cuda() -> Finding {
        let hasCard = FileManager.default.fileExists(atPath: "/dev/nvidia0")
        return Finding(
            what: "NVIDIA card", isGood: hasCard, found: hasCard ? "found" : "none: everything runs on the CPU",
            mend: nil)
    }
}

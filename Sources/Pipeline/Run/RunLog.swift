import AudioCore
import Files
import Foundation

/// What happened in a run: `log.jsonl` in its folder, a JSON object a line, appended whole, so that the log of a killed run
/// can be read. It names files, stages and figures; of what is said in the programme only what an error's sentence quotes.
struct RunLog: Sendable {
    struct Entry: Encodable {
        enum Happening: String, Encodable { case began, started, finished, notice, ended, interrupted, failed }

        /// ISO 8601, UTC, milliseconds.
        var time = Date.now.formatted(
            .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted))
        var process = ProcessInfo.processInfo.processIdentifier
        var what: Happening
        var stage: StageName?
        var key: String?
        var seconds: Double?
        var cached: Bool?
        var peakMemoryBytes: Int?
        var models: [ModelTime]?
        var text: String?
        var runtime: [String: String]?

        init(_ what: Happening) { self.what = what }
    }

    private let file: URL
    /// A log longer than this is set aside as `log.1.jsonl` when a run begins.
    private static let longestBytes = 4 << 20

    init(in folder: URL) {
        file = folder.appendingPathComponent("log.jsonl")
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
        if let bytes = attributes?[.size] as? Int, bytes > Self.longestBytes {
            rename(file.path, folder.appendingPathComponent("log.1.jsonl").path)
        }
    }

    func began(runtime: [String: String]) {
        var entry = Entry(.began)
        entry.runtime = runtime
        add(entry)
    }

    /// Progress is not logged: it says nothing afterwards.
    func add(_ event: RunEvent) {
        switch event {
        case .progress: break
        case .started(let stage):
            var entry = Entry(.started)
            entry.stage = stage
            add(entry)
        case .finished(let timing):
            var entry = Entry(.finished)
            (entry.stage, entry.cached, entry.seconds) = (timing.stage, timing.cached, timing.seconds)
            (entry.peakMemoryBytes, entry.models) = (timing.peakMemoryBytes, timing.models)
            add(entry)
        case .notice(let sentence):
            var entry = Entry(.notice)
            entry.text = sentence
            add(entry)
        }
    }

    func ended() { add(Entry(.ended)) }

    func failed(_ error: any Error) {
        var entry = Entry(error is CancellationError ? .interrupted : .failed)
        if !(error is CancellationError) { entry.text = "\(error)" }
        add(entry)
    }

    /// One write a line. A log that cannot be written stops no run: what fails for the same reason says so itself.
    private func add(_ entry: Entry) {
        guard let line = try? CanonicalJSON.encode(entry) + Data("\n".utf8) else { return }
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}

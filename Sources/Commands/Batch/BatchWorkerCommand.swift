import ArgumentParser
import AudioCore
import Configuration
import Files
import Foundation
import Pipeline
import Store

/// One episode of a batch, in a process of its own: told what to do on standard input, it says on standard output how it
/// goes. It ends when its standard input ends, for then nobody waits for it. Told by a file, it goes on alone.
struct BatchWorkerCommand: AsyncParsableCommand {
    static let name = "batch-worker"
    static let configuration = CommandConfiguration(
        commandName: name, abstract: "Do one episode of a batch; started by `hyperaudio batch`.",
        shouldDisplay: false)

    @Option(help: "A file of orders, one a line.") var orders: String?
    @Option(help: "Which of them, from 1.") var line = 1

    func run() async throws {
        guard let text = try text(), let order = try? JSONDecoder().decode(WorkerOrder.self, from: Data(text.utf8))
        else {
            throw AudioError(
                .usage, operation: "start", subject: Self.name, cause: "it was given nothing to do",
                mend: "use `hyperaudio batch`")
        }
        if orders == nil { Self.endWithParent() }
        do {
            try await work(order)
        } catch let error as AudioError {
            throw try Self.failed(error.description, error.kind)
        } catch let error as FileError {
            throw try Self.failed(error.description, error.exitKind)
        }
    }

    private func text() throws -> String? {
        guard let orders else { return readLine() }
        let lines = try String(contentsOf: inputFile(orders), encoding: .utf8).split(whereSeparator: \.isNewline)
        return lines.indices.contains(line - 1) ? String(lines[line - 1]) : nil
    }

    private func work(_ order: WorkerOrder) async throws {
        let input = try inputFile(order.input)
        var settings = try order.work.settings
        settings.threads = order.threads
        settings.mostMemoryMegabytes = order.mostMemoryMegabytes
        settings.workFolder = URL(fileURLWithPath: order.workFolder)
        let assembly = try Assembly(settings)
        let runner = try settings.runner(
            engines: assembly.engines, startsAfresh: order.startsAfresh, events: Self.show)
        var (replaced, leftOut): ([EpisodeOutcome.Replaced], [String]) = ([], [])
        var replacer = runner
        if order.work.roles.contains(where: { $0.who != nil && !$0.isOwnName }) {
            let people = try await runner.people(in: input, knowledge: settings.knowledge)
            switch try casting(order, assembly).cast(
                people.diarization, names: people.names, in: input.lastPathComponent)
            {
            case .skip(let sentence): return try Self.say(.skipped(sentence))
            case .cast(let found, let others): (replaced, leftOut) = (found, others)
            }
            replacer = runner.keeping
        }
        for sentence in leftOut { try Self.say(.notice(sentence)) }
        let report = try await replacer.replace(request(order, settings, input, replaced))
        try Self.say(.done(outcome(report, replaced, leftOut)))
    }

    private func casting(_ order: WorkerOrder, _ assembly: Assembly) throws -> RoleCasting {
        let book = try SpeakerBook(Store(URL(fileURLWithPath: order.store))).speakers
        let encoder = try Assembly.speakerEncoder(assembly.engines.models)
        return RoleCasting(
            work: order.work,
            matching: SpeakerMatching(book, encoder: encoder, threshold: order.work.threshold))
    }

    private func request(
        _ order: WorkerOrder, _ settings: Settings, _ input: URL, _ replaced: [EpisodeOutcome.Replaced]
    ) -> ReplaceRequest {
        let own = order.work.roles.filter { $0.who == nil || $0.isOwnName }
        let voices =
            own.map { VoiceChoice(speaker: $0.who.map { SpeakerID($0) }, voice: $0.voice) }
            + replaced.map { VoiceChoice(speaker: SpeakerID($0.speaker), voice: $0.voice) }
        var request = ReplaceRequest(
            input: input, voices: voices, output: URL(fileURLWithPath: order.output),
            isExact: settings.isExact, overwrites: order.overwrites, knowledge: settings.knowledge)
        request.provenance.programVersion = Version.text
        return request
    }

    private func outcome(
        _ report: Report, _ known: [EpisodeOutcome.Replaced], _ leftOut: [String]
    ) -> EpisodeOutcome {
        let replaced = report.speakers.compactMap { speaker -> EpisodeOutcome.Replaced? in
            guard let voice = speaker.voice else { return nil }
            let match = known.first { $0.speaker == speaker.id.name }
            return .init(speaker: speaker.id.name, name: match?.name, cosine: match?.cosine, voice: voice)
        }
        let vocals = URL(fileURLWithPath: report.files.vocals)
        return EpisodeOutcome(
            replaced: replaced, leftOut: leftOut, programmeSeconds: report.input.seconds,
            replacedShare: report.totals.replacedShare, timingMedianMs: report.totals.timing?.medianMs,
            timingP95Ms: report.totals.timing?.p95Ms, realTimeFactor: report.totals.realTimeFactor,
            peakMemoryBytes: report.stages.map(\.peakMemoryBytes).max() ?? 0,
            // <run>/stages/<stage>/<key>/<file>
            runFolder: (0..<4).reduce(vocals) { url, _ in url.deletingLastPathComponent() }.path)
    }

    // MARK: Talking to the one who started it

    private static func show(_ event: RunEvent) {
        switch event {
        case .started: break
        case .progress(let stage, let fraction): try? say(.progress(stage: stage, fraction: fraction))
        case .finished(let timing): try? say(.finished(stage: timing.stage))
        case .notice(let sentence): try? say(.notice(sentence))
        }
    }

    private static func say(_ message: WorkerMessage) throws {
        Terminal.output.write(String(decoding: try CanonicalJSON.encode(message), as: UTF8.self) + "\n")
    }

    private static func failed(_ sentence: String, _ kind: AudioError.Kind) throws -> ExitCode {
        try say(.failed(sentence, code: kind.rawValue))
        return ExitCode(kind.rawValue)
    }

    /// What is finished is kept, so nothing is lost by ending at once.
    private static func endWithParent() {
        let thread = Thread {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count == 0 || count < 0 && errno != EINTR { _exit(InterruptSignals.exitCode) }
            }
        }
        thread.start()
    }
}

import AudioCore
import Files
import Foundation

/// What makes a run, and with which options: for `run.json`, not for the work.
public struct RunMaker: Sendable {
    /// With its version.
    public var program = "Hyper Audio"
    /// The options that differ from the defaults, with their values as they are written.
    public var options: [String: String] = [:]

    public init() {}
}

/// Runs jobs: keeps what is finished, does what is missing, says what happens.
public struct PipelineRunner: Sendable {
    public let engines: Engines
    public let options: StageOptions
    let workFolder: URL
    let startsAfresh: Bool
    let memory: MemoryBudget
    let maker: RunMaker
    let events: @Sendable (RunEvent) -> Void

    /// - Parameters:
    ///   - options: what the stages leave open.
    ///   - workFolder: where run folders are kept.
    ///   - startsAfresh: true to throw away what earlier runs of the same programme finished.
    ///   - memory: what stages may take; one that needs more is not begun.
    ///   - events: told what happens, on the thread that works.
    public init(
        engines: Engines, options: StageOptions = StageOptions(), workFolder: URL, startsAfresh: Bool = false,
        memory: MemoryBudget = MemoryBudget(), maker: RunMaker = RunMaker(),
        events: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) {
        self.engines = engines
        self.options = options
        self.workFolder = workFolder
        self.startsAfresh = startsAfresh
        self.memory = memory
        self.maker = maker
        self.events = events
    }

    /// The main job.
    public func replace(_ request: ReplaceRequest) async throws -> Report {
        try request.check()
        try request.knowledge.checkLanguage(
            among: { try engines.phonemizer().languages }, operation: "replace a voice", limit: "new voices speak only")
        return try await work(on: request.input, knowledge: request.knowledge) { try $0.replace(request) }
    }

    /// Who speaks when; with `withWords` also each speaker's first words.
    public func speakers(of input: URL, knowledge: ProgrammeKnowledge, withWords: Bool) async throws -> SpeakerListing {
        if withWords { try checkTranscribed(knowledge) }
        return try await work(on: input, knowledge: knowledge) { try $0.listing(withWords: withWords) }
    }

    /// The folder with `transcript.txt`, `.srt`, `.vtt` and `.json`.
    /// - Parameter isTimedExactly: words' times from the lock, not from the recognizer.
    public func transcript(
        of input: URL, knowledge: ProgrammeKnowledge, isTimedExactly: Bool = false
    ) async throws -> URL {
        try checkTranscribed(knowledge)
        return try await work(on: input, knowledge: knowledge) {
            isTimedExactly ? try $0.timed().folder : try $0.recognized().folder
        }
    }

    /// Voices and music as two files that add up to the programme.
    public func stems(of input: URL, into folder: URL, overwrites: Bool) async throws -> StemFiles {
        try await work(on: input, knowledge: ProgrammeKnowledge()) {
            try $0.stems(into: folder, overwrites: overwrites)
        }
    }

    func checkTranscribed(_ knowledge: ProgrammeKnowledge) throws {
        try knowledge.checkLanguage(
            among: engines.transcribedLanguages, operation: "write down speech", limit: "the recognizer knows only")
    }

    func work<Result: Sendable>(
        on input: URL, knowledge: ProgrammeKnowledge, _ job: @escaping @Sendable (ProgrammeRun) throws -> Result
    ) async throws -> Result {
        try await work(
            opening: { try ProgrammeRun(input: input, knowledge: knowledge, runner: self, interruption: $0) }, job)
    }

    /// Works on with a run that was made before.
    func work<Result: Sendable>(
        in folder: URL, _ job: @escaping @Sendable (ProgrammeRun) throws -> Result
    ) async throws -> Result {
        try await work(opening: { try ProgrammeRun(of: folder, runner: self, interruption: $0) }, job)
    }

    /// Opens a run and works in it, on a thread of its own.
    func work<Result: Sendable>(
        opening open: @escaping @Sendable (Interruption) throws -> ProgrammeRun,
        _ job: @escaping @Sendable (ProgrammeRun) throws -> Result
    ) async throws -> Result {
        let interruption = Interruption()
        return try await onOwnThread {
            interruption.trip()
            engines.terminate()
        } _: {
            let run = try open(interruption)
            run.log.began(runtime: engines.runtime)
            do {
                let result = try job(run)
                run.log.ended()
                return result
            } catch {
                // Whatever a network says when it is stopped, an interrupted run ends as interrupted.
                let reason: any Error = interruption.wasTripped ? CancellationError() : error
                run.log.failed(reason)
                throw reason
            }
        }
    }
}

import AudioCore
import Files
import Foundation

/// Runs single stages, for those who develop or tune one.
public struct Playground: Sendable {
    public let runner: PipelineRunner
    public let cache: ResultCache

    public init(runner: PipelineRunner, cache: ResultCache) {
        self.runner = runner
        self.cache = cache
    }

    /// Runs a stage, always anew, and keeps what it makes in the cache.
    public func run(_ request: StageRequest) async throws -> PlayedStage {
        try request.check()
        let inputs = try StageInputs(request.inputs, for: request.stage, in: cache)
        runner.events(.notice(Self.sentence(about: inputs)))
        let results = PlayedResults(
            inputs, target: request.stage, runsEarlier: request.runsEarlier, cache: cache)
        return try await runner.work { interruption in
            do {
                return try ProgrammeRun(
                    playing: results, in: cache, knowledge: request.knowledge, runner: runner,
                    interruption: interruption)
            } catch var error as AudioError {
                // A run's folders are named by another flag.
                error.mend = error.mend.replacing("--work-dir", with: "--cache")
                throw error
            }
        } _: { run in
            try run.play(request.stage, voices: request.voices)
            guard let made = results.result(of: request.stage), let timing = run.costs.timing(of: request.stage) else {
                throw AudioError(
                    .internal, operation: "run", subject: "the \(request.stage.rawValue)", cause: "it left no result")
            }
            return PlayedStage(
                result: made, taken: results.taken, made: results.made,
                profile: StageProfile(
                    timing, processorSeconds: results.processorSeconds, programmeSeconds: run.costs.programmeSeconds))
        }
    }

    /// Runs a stage several times; the results of all but the last run are taken away again.
    public func profile(_ request: StageRequest, repeats: Int) async throws -> RepeatedProfile {
        var last = try await run(request)
        var runs = [last.profile]
        for _ in 1..<max(1, repeats) {
            do { try FileManager.default.removeItem(at: last.folder) } catch {
                throw FileError(.inputOutput, last.folder, "remove", FileError.reason(error))
            }
            last = try await run(request)
            runs.append(last.profile)
        }
        return RepeatedProfile(stage: request.stage, name: last.name, runs: runs)
    }

    /// Which results are used: what was named, and what was found.
    private static func sentence(about inputs: StageInputs) -> String {
        let results = inputs.results.values.sorted { order($0.stage) < order($1.stage) }
        let name = inputs.programme.lastPathComponent
        guard !results.isEmpty else { return "Takes \(name)." }
        return "Takes \(name) and " + results.map { "\($0.name) (\(age(of: $0)))" }.joined(separator: ", ") + "."
    }

    private static func age(of result: CachedResult) -> String {
        "made \(PlainNumber.duration(max(0, Date().timeIntervalSince(result.made)))) ago"
    }

    static func order(_ stage: StageName) -> Int { StageName.allCases.firstIndex(of: stage) ?? 0 }
}

/// One stage to be run.
public struct StageRequest: Sendable {
    public var stage: StageName
    /// Audio files, names of cached results, or folders of results or runs.
    public var inputs: [String]
    /// For the synthesizer.
    public var voices: [VoiceChoice]
    /// Whether earlier stages that are lacking are run, too. (Reading a file that was named always is.)
    public var runsEarlier: Bool
    public var knowledge: ProgrammeKnowledge

    public init(
        stage: StageName, inputs: [String], voices: [VoiceChoice] = [], runsEarlier: Bool = false,
        knowledge: ProgrammeKnowledge = ProgrammeKnowledge()
    ) {
        self.stage = stage
        self.inputs = inputs
        self.voices = voices
        self.runsEarlier = runsEarlier
        self.knowledge = knowledge
    }

    func check() throws {
        guard StageName.six.contains(stage) else {
            throw AudioError(
                .usage, operation: "run", subject: "the \(stage.rawValue)", cause: "it is no stage by itself",
                mend: "choose one of \(StageName.six.map(\.rawValue).joined(separator: ", "))")
        }
        guard stage != .synthesizer || !voices.isEmpty else {
            throw AudioError(
                .usage, operation: "run", subject: "the synthesizer", cause: "no voice was named",
                mend: "add for instance --replacement-voice jf_alpha")
        }
    }
}

/// A stage that was run.
public struct PlayedStage: Codable, Sendable {
    public var name: String
    public var folder: URL
    public var stage: StageName
    public var key: String
    /// Names of the results it read, by stage.
    public var taken: [StageName: String]
    /// Stages that were run, in order.
    public var made: [StageName]
    public var profile: StageProfile

    init(result: CachedResult, taken: [StageName: String], made: [StageName], profile: StageProfile) {
        name = result.name
        folder = result.folder
        stage = result.stage
        key = result.key
        self.taken = taken
        self.made = made
        self.profile = profile
    }
}

extension ProgrammeRun {
    /// Makes a stage's result; those it reads are found, or made where that is allowed.
    func play(_ stage: StageName, voices: [VoiceChoice]) throws {
        switch stage {
        case .preprocessor: _ = try preprocessed()
        case .separator: _ = try separated()
        case .diarizer: _ = try diarized()
        case .recognizer: _ = try recognized()
        case .synthesizer, .reconstructor:
            // Nothing is written beside the input; the request only says who gets which voice.
            let request = ReplaceRequest(
                input: input, voices: voices, output: nil, isExact: true, overwrites: false, knowledge: knowledge)
            let synthesized = try spoken(request)
            guard stage == .reconstructor else { return }
            // Nobody edits a play, and words are not needed any more.
            let programme = try EditedProgramme(
                transcript: Transcript(language: "", passages: []), diarization: diarized().product.diarization)
            _ = try reconstructed(programme, synthesized)
        case .wordTimes, .output, .report: break
        }
    }
}

import AudioCore
import Files
import Foundation
import Synchronization

/// The results one play works with: those it was given, and those it makes, each in a folder of its own in the cache.
final class PlayedResults: Sendable {
    let inputs: StageInputs
    private let target: StageName
    private let runsEarlier: Bool
    private let cache: ResultCache
    private let state: Mutex<State>

    private struct State {
        var results: [StageName: CachedResult]
        var made: [StageName] = []
        var processorSeconds = 0.0
        var described: String?
    }

    /// - Parameter runsEarlier: stages that are lacking may be run, too.
    init(_ inputs: StageInputs, target: StageName, runsEarlier: Bool, cache: ResultCache) {
        self.inputs = inputs
        self.target = target
        self.runsEarlier = runsEarlier
        self.cache = cache
        // The stage itself is always run.
        state = Mutex(State(results: inputs.results.filter { $0.key != target }))
    }

    /// What was made, in order; the target last.
    var made: [StageName] { state.withLock { $0.made } }

    /// Names of what was found and not made, by stage.
    var taken: [StageName: String] {
        state.withLock { state in
            state.results.filter { !state.made.contains($0.key) }.mapValues(\.name)
        }
    }

    func result(of stage: StageName) -> CachedResult? { state.withLock { $0.results[stage] } }

    /// Processor time of what was made last.
    var processorSeconds: Double { state.withLock { $0.processorSeconds } }

    /// Says in words what the options of the result in the making are, where its key holds their digests only.
    func describe<Options: Encodable>(_ options: Options) throws {
        let text = String(decoding: try CanonicalJSON.encode(options), as: UTF8.self)
        state.withLock { $0.described = text }
    }

    /// The result that is there, as a checkpoint; nil where the stage must be run.
    func found<Product: Codable>(_ stage: StageName, as type: Product.Type) throws -> Checkpoint<Product>? {
        guard let result = result(of: stage) else { return nil }
        let stored = try result.stored(type)
        return Checkpoint(
            key: result.key, folder: result.folder, product: stored.product, cost: stored.cost, cached: true)
    }

    /// Makes a result.
    func make<Product: Codable>(
        _ key: CheckpointKey, modelTimes: @escaping @Sendable () -> [ModelTime], make: (URL) throws -> Product
    ) throws -> Checkpoint<Product> {
        let stage = key.stage
        guard stage == target || runsEarlier || stage == .preprocessor else { throw lacking(stage) }
        if stage == .preprocessor { try checkProgramme() }
        let folder = try cache.reserve(for: stage)
        var isMade = false
        defer { if !isMade { rmdir(folder.path) } }
        let digest = try key.digest
        let read = state.withLock { state in
            state.described = nil
            return state.results.filter { stage.dependsOn.contains($0.key) }.mapValues(\.key)
        }
        returnFreedMemory()
        let meter = CostMeter(modelTimes: modelTimes)
        let before = ProcessorTime.seconds
        let (stored, processorSeconds) = try WholeFolder.create(folder) { draft in
            let product = try make(draft)
            let spent = ProcessorTime.seconds - before
            let stored = try StoredResult(writing: product, cost: meter.cost, in: draft)
            let facts = ResultFacts(
                stage: stage, key: digest, inputPath: inputs.programme.path, inputDigest: inputs.programmeDigest,
                options: state.withLock { $0.described } ?? key.options, models: key.models, runtime: key.runtime,
                read: read, processorSeconds: spent)
            try CanonicalJSON.pretty(facts).write(to: draft.appendingPathComponent(CachedResult.factsFile))
            return (stored, spent)
        }
        isMade = true
        guard let result = CachedResult(folder: folder) else {
            throw FileError(.inputOutput, folder, "read", "what was written there is gone")
        }
        state.withLock { state in
            state.results[stage] = result
            state.made.append(stage)
            state.processorSeconds = processorSeconds
        }
        return Checkpoint(key: digest, folder: folder, product: stored.product, cost: stored.cost, cached: false)
    }

    private func lacking(_ stage: StageName) -> AudioError {
        AudioError(
            .noInput, operation: "run", subject: "the \(target.rawValue)",
            cause: "\(cache.folder.path) holds no result of the \(stage.rawValue) that fits "
                + inputs.programme.lastPathComponent,
            mend: "run that stage first, name a result with --input, or add --auto to run what is lacking")
    }

    /// The programme must be the one whose results are used.
    private func checkProgramme() throws {
        guard FileManager.default.fileExists(atPath: inputs.programme.path) else {
            throw AudioError(
                .noInput, operation: "read", subject: inputs.programme.path, cause: "the programme's file is gone",
                mend: "name it with --input")
        }
        guard try Digest.ofFile(inputs.programme) == inputs.programmeDigest else {
            throw AudioError(
                .noInput, operation: "read", subject: inputs.programme.path,
                cause: "it is another programme by now than the one the results were made from",
                mend: "name the right file with --input")
        }
    }
}

/// Processor time of the whole process, all threads together (getrusage(2)).
enum ProcessorTime {
    static var seconds: Double {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}

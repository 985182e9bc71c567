import AudioCore
import Files
import Foundation

extension StageName {
    /// Stages whose results it reads, in the order in which they run.
    public var reads: [StageName] {
        switch self {
        case .preprocessor: []
        case .separator, .diarizer: [.preprocessor]
        case .recognizer: [.preprocessor, .separator, .diarizer]
        case .synthesizer, .wordTimes: [.preprocessor, .separator, .diarizer, .recognizer]
        case .reconstructor: [.preprocessor, .separator, .diarizer, .synthesizer]
        case .output: [.reconstructor]
        case .report: [.preprocessor, .separator, .diarizer, .synthesizer, .reconstructor, .output]
        }
    }
}

extension StageName {
    /// The same with what these stages read themselves.
    var dependsOn: Set<StageName> { reads.reduce(into: []) { $0.formUnion($1.dependsOn.union([$1])) } }
}

/// What one stage is given: a programme, and results of the stages before it that belong together.
public struct StageInputs: Sendable {
    /// The programme's file, which may not be there any more.
    public let programme: URL
    public let programmeDigest: String
    /// By stage; those that are lacking are left out.
    public let results: [StageName: CachedResult]

    /// - Parameters:
    ///   - inputs: audio files, names of cached results, or folders of results or of runs; at least one.
    public init(_ inputs: [String], for stage: StageName, in cache: ResultCache) throws {
        var audio: (url: URL, digest: String)?
        var named: [CachedResult] = []
        var nearby: [CachedResult] = []
        for input in inputs {
            if let result = cache.result(named: input) {
                named.append(result)
                if let run = ResultCache.run(of: result) { nearby += ResultCache.results(ofRun: run) }
            } else if let run = Self.run(input) {
                nearby += ResultCache.results(ofRun: run)
            } else {
                let file = try Self.audioFile(input, cache)
                let digest = try Digest.ofFile(file)
                guard audio.map({ $0.digest == digest }) ?? true else {
                    throw Self.refusal(inputs, "two programmes were named", "name one")
                }
                audio = (file, digest)
            }
        }
        let digests = [audio?.digest].compactMap { $0 } + (named.isEmpty ? nearby : named).map(\.inputDigest)
        guard let digest = digests.first else {
            throw Self.refusal(inputs, "no stage has finished there", "name an audio file or a result")
        }
        guard digests.allSatisfy({ $0 == digest }) else {
            let files = Set(([audio?.url.path] + named.map(\.inputPath)).compactMap { $0 }).sorted()
            throw Self.refusal(
                inputs, "they belong to different programmes (\(files.joined(separator: ", ")))",
                "name results of one programme")
        }
        let known = (named + nearby + cache.results).first { $0.inputDigest == digest && $0.inputPath != nil }
        programme = audio?.url ?? URL(fileURLWithPath: known?.inputPath ?? "programme")
        programmeDigest = digest
        results = try Self.chosen(
            for: stage, named: named, among: (nearby + cache.results).filter { $0.inputDigest == digest }, inputs)
    }

    /// What the user named, and for the rest the newest of each stage that fits what is chosen already. Later stages
    /// come first: what they were made from binds the earlier ones.
    private static func chosen(
        for stage: StageName, named: [CachedResult], among found: [CachedResult], _ inputs: [String]
    ) throws -> [StageName: CachedResult] {
        var chosen: [StageName: CachedResult] = [:]
        for result in named {
            guard chosen[result.stage] == nil else {
                throw refusal(
                    inputs, "two results of the \(result.stage.rawValue) were named", "name one of each stage")
            }
            chosen[result.stage] = result
        }
        for need in stage.reads.reversed() where chosen[need] == nil {
            chosen[need] = found.first { candidate in
                candidate.stage == need && chosen.values.allSatisfy { fits(candidate, $0) }
            }
        }
        // A result that the stage does not read says which programme is meant, and what fits.
        return chosen.filter { stage.reads.contains($0.key) }
    }

    /// Two results fit together where neither was made from another result of the other's stage.
    private static func fits(_ a: CachedResult, _ b: CachedResult) -> Bool {
        func agrees(_ later: CachedResult, _ earlier: CachedResult) -> Bool {
            later.read[earlier.stage].map { $0 == earlier.key } ?? true
        }
        // What both read must be the same, too.
        return agrees(a, b) && agrees(b, a)
            && a.read.allSatisfy { stage, key in b.read[stage].map { $0 == key } ?? true }
    }

    private static func run(_ input: String) -> URL? {
        let url = URL(fileURLWithPath: input, isDirectory: true)
        return FileManager.default.fileExists(atPath: url.appendingPathComponent("run.json").path) ? url : nil
    }

    private static func audioFile(_ input: String, _ cache: ResultCache) throws -> URL {
        let url = URL(fileURLWithPath: input)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            let names = cache.results.prefix(5).map(\.name).joined(separator: ", ")
            throw AudioError(
                .noInput, operation: "use", subject: input,
                cause: "there is neither a file of that name nor a result in \(cache.folder.path)",
                mend: names.isEmpty ? "name an audio file" : "the newest results are \(names)")
        }
        guard !isFolder.boolValue else {
            throw AudioError(
                .noInput, operation: "use", subject: input, cause: "the folder holds no result of a stage",
                mend: "name an audio file, a folder that `hyperaudio stage run` made, or one of a run's stages")
        }
        return url
    }

    private static func refusal(_ inputs: [String], _ cause: String, _ mend: String) -> AudioError {
        AudioError(.usage, operation: "use", subject: inputs.joined(separator: " and "), cause: cause, mend: mend)
    }
}

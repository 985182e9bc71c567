import AudioCore
import Files
import Foundation

/// One programme on its way through the stages: each method gives a stage's finished result, made now or found.
struct ProgrammeRun {
    let input: URL
    let knowledge: ProgrammeKnowledge
    let folder: RunFolder
    let engines: Engines
    let options: StageOptions
    let interruption: Interruption
    let log: RunLog
    private let memory: MemoryBudget
    private let show: @Sendable (RunEvent) -> Void
    let costs = CostLedger()
    /// The results of a single stage's play; nil where the folder holds them.
    let played: PlayedResults?

    init(input: URL, knowledge: ProgrammeKnowledge, runner: PipelineRunner, interruption: Interruption) throws {
        self.input = input
        self.knowledge = knowledge
        self.interruption = interruption
        engines = runner.engines
        options = runner.options
        played = nil
        memory = runner.memory
        show = runner.events
        let digest = try Digest.ofFile(input)
        folder = try RunFolder(input: input, digest: digest, under: runner.workFolder)
        log = RunLog(in: folder.url)
        if runner.startsAfresh { try folder.removeResults() }
        try folder.write(
            RunFacts(
                inputPath: input.path, inputDigest: digest, knowledge: knowledge, models: engines.models,
                runtime: engines.runtime, program: runner.maker.program, options: runner.maker.options),
            to: "run.json")
    }

    /// A run of single stages, whose results lie in a cache.
    init(
        playing played: PlayedResults, in cache: ResultCache, knowledge: ProgrammeKnowledge, runner: PipelineRunner,
        interruption: Interruption
    ) throws {
        input = played.inputs.programme
        self.knowledge = knowledge
        self.interruption = interruption
        self.played = played
        engines = runner.engines
        options = runner.options
        memory = runner.memory
        show = runner.events
        folder = try RunFolder(input: input, digest: played.inputs.programmeDigest, under: cache.programmes)
        log = RunLog(in: folder.url)
    }

    /// Goes on with a run that was made before; its file need not be there as long as nothing must be read from it.
    init(of folder: URL, runner: PipelineRunner, interruption: Interruption) throws {
        let facts = try RunFacts(of: folder)
        input = URL(fileURLWithPath: facts.inputPath)
        knowledge = facts.knowledge
        self.interruption = interruption
        engines = runner.engines
        options = runner.options
        played = nil
        memory = runner.memory
        show = runner.events
        self.folder = try RunFolder(existing: folder)
        log = RunLog(in: folder)
    }

    /// Tells the log and whoever watches.
    func events(_ event: RunEvent) {
        log.add(event)
        show(event)
    }

    // MARK: The stages

    func preprocessed() throws -> Checkpoint<AudioPreprocessorProduct> {
        let options = options.preprocessor
        let isNews = !costs.has(.preprocessor)
        let checkpoint = try result(of: .preprocessor, version: 3, options: options, upstream: []) { folder, progress in
            try AudioPreprocessor(media: engines.media, options: options).run(input, in: folder, progress: progress)
        }
        if isNews, let damage = checkpoint.product.damage {
            events(.notice("\(input.lastPathComponent) is damaged: \(damage). What could be read is used."))
        }
        if isNews, checkpoint.product.repairedSeconds > 0 {
            let seconds = String(format: "%.2f", checkpoint.product.repairedSeconds)
            events(
                .notice("\(input.lastPathComponent) is damaged: \(seconds) s of it cannot be decoded and are silent."))
        }
        return checkpoint
    }

    func separated() throws -> Checkpoint<VoiceSeparatorProduct> {
        let before = try preprocessed()
        let options = options.separator
        return try result(of: .separator, version: 1, options: options, upstream: [before.key]) { folder, progress in
            try VoiceSeparator(media: engines.media, separator: engines.separator(), options: options).run(
                programme: before.file(before.product.programme), separateChannels: before.product.separateChannels,
                in: folder, progress: progress)
        }
    }

    func diarized() throws -> Checkpoint<SpeakerDiarizerProduct> {
        let before = try preprocessed()
        var options = options.diarizer
        options.speakers = knowledge.speakerCount
        return try result(of: .diarizer, version: 2, options: options, upstream: [before.key]) { folder, progress in
            try SpeakerDiarizer(segmenter: engines.segmenter(), embedder: engines.embedder(), options: options).run(
                analysis: before.file(before.product.analysis),
                name: input.deletingPathExtension().lastPathComponent, in: folder, progress: progress)
        }
    }

    /// What the recognizer wrote, before anybody changed a line.
    func recognized() throws -> Checkpoint<SpeechRecognizerProduct> {
        let before = try preprocessed()
        let separated = try separated()
        let diarized = try diarized()
        var options = options.recognizer
        options.source =
            self.options.recognizerSource ?? (isUnderLoudBed(separated.product) ? .vocals : .programme)
        options.recognition.language = knowledge.language
        options.recognition.prompt = knowledge.prompt
        let upstream = [before.key, separated.key, diarized.key]
        return try result(of: .recognizer, version: 3, options: options, upstream: upstream) { folder, progress in
            try SpeechRecognizer(transcriber: engines.transcriber(), options: options).run(
                analysis: before.file(before.product.analysis),
                vocals: separated.file(separated.product.vocals16k), diarization: diarized.product.diarization,
                in: folder, progress: progress)
        }
    }

    /// The recognizer's words with exact times; as they are where no word of theirs can be spoken.
    func timed() throws -> Checkpoint<Transcript> {
        let (before, separated, diarized, recognized) = try (preprocessed(), separated(), diarized(), recognized())
        let upstream = [before.key, separated.key, diarized.key, recognized.key]
        let options = [Self.timingVoice]
        return try result(of: .wordTimes, version: 1, options: options, upstream: upstream) { folder, progress in
            let times = WordTimes(
                synthesizer: try engines.synthesizer(), phonemizer: try engines.phonemizer(),
                features: try engines.phoneticFeatures(), voice: try engines.voice(Self.timingVoice))
            let sources = SynthesisSources(
                transcript: recognized.product.transcript, diarization: diarized.product.diarization,
                analysis: try WaveReader(before.file(before.product.analysis)),
                vocals: try WaveReader(separated.file(separated.product.vocals16k)), voices: [:])
            let transcript = try times.run(sources, progress: progress)
            try TranscriptFormat.writeAll(transcript, in: folder)
            return transcript
        }
    }

    /// One of the voices that are always installed.
    private static let timingVoice = "jf_alpha"

    private func isUnderLoudBed(_ product: VoiceSeparatorProduct) -> Bool {
        (product.speechToBedDecibels ?? .infinity) < options.loudBedDecibels
    }

    /// Voices and music as 24-bit files that add up to the programme.
    func stems(into target: URL, overwrites: Bool) throws -> StemFiles {
        let name = input.deletingPathExtension().lastPathComponent
        let stems = StemFiles(
            vocals: target.appendingPathComponent("\(name).vocals.wav"),
            music: target.appendingPathComponent("\(name).music.wav"))
        for file in [stems.vocals, stems.music] where !overwrites && FileManager.default.fileExists(atPath: file.path) {
            throw AudioError(
                .cannotCreate, operation: "write", subject: file.path, cause: "the file exists",
                mend: "add --force to overwrite it, or choose another folder with --output-dir")
        }
        func refusal(_ file: URL, _ cause: String) -> AudioError {
            AudioError(
                .cannotCreate, operation: "write", subject: file.path, cause: cause,
                mend: "choose another folder with --output-dir")
        }
        do { try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true) } catch {
            throw refusal(target, FileError.reason(error))
        }
        for file in [stems.vocals, stems.music] {
            do { try CreationTrial.run(file) } catch let error as FileError { throw refusal(file, error.cause) }
        }
        let (before, separated) = try (preprocessed(), separated())
        try StemExport(media: engines.media).run(
            programme: before.file(before.product.programme), vocals: separated.file(separated.product.vocals),
            original: input, vocalsFile: stems.vocals, musicFile: stems.music
        ) { _ in try interruption.check() }
        return stems
    }

    // MARK: Checkpoints

    /// Everything that determines a result of a stage.
    func key<Options: Encodable>(
        of stage: StageName, version: Int, options: Options, upstream: [String], edits: String = ""
    ) throws -> CheckpointKey {
        try CheckpointKey(
            input: folder.inputDigest, stage: stage, version: version, options: options,
            models: engines.models[stage] ?? [:],
            runtime: engines.runtime.merging(engines.settings[stage] ?? [:]) { runtime, _ in runtime },
            upstream: upstream, edits: edits)
    }

    /// The finished result of a stage: found under its key, or made now.
    func result<Options: Encodable, Product: Codable>(
        of stage: StageName, version: Int, options: Options, upstream: [String], edits: String = "",
        make: (URL, (Double) throws -> Void) throws -> Product
    ) throws -> Checkpoint<Product> {
        try interruption.check()
        let key = try key(of: stage, version: version, options: options, upstream: upstream, edits: edits)
        let isNews = !costs.has(stage)
        if isNews { events(.started(stage)) }
        let checkpoint: Checkpoint<Product> = try stored(key) { draft in
            try memory.check(stage)
            return try make(draft) { fraction in
                events(.progress(stage, fraction))
                try interruption.check()
            }
        }
        if isNews {
            costs.add(stage, checkpoint.cost, cached: checkpoint.cached)
            if let product = checkpoint.product as? AudioPreprocessorProduct {
                costs.programmeSeconds = product.seconds
            }
            if let timing = costs.timing(of: stage) { events(.finished(timing)) }
        }
        return checkpoint
    }
}

extension ProgrammeRun {
    /// Where a result is kept: in the programme's folder, or in the cache of a play.
    private func stored<Product: Codable>(
        _ key: CheckpointKey, make: (URL) throws -> Product
    ) throws -> Checkpoint<Product> {
        guard let played else {
            return try folder.result(of: key.stage, key: key.digest, modelTimes: engines.modelTimes, make: make)
        }
        return try played.found(key.stage, as: Product.self)
            ?? played.make(key, modelTimes: engines.modelTimes, make: make)
    }
}

/// What `run.json` holds: facts only.
public struct RunFacts: Codable, Sendable {
    public var inputPath: String
    /// SHA-256.
    public var inputDigest: String
    public var knowledge: ProgrammeKnowledge
    public var models: [StageName: [String: String]]
    public var runtime: [String: String]
    /// What made it, with its version, and the options that differ from the defaults; nil in runs of older versions.
    public var program: String?
    public var options: [String: String]?
}

extension RunFacts {
    /// - Throws: `AudioError` where the folder is not a run's.
    public init(of folder: URL) throws {
        let file = folder.appendingPathComponent("run.json")
        guard let facts = try? JSONDecoder().decode(RunFacts.self, from: Data(contentsOf: file)),
            (1...1000).contains(facts.knowledge.speakerCount ?? 1)
        else {
            throw AudioError(
                .noInput, operation: "open", subject: folder.path, cause: "it is not the folder of a run",
                mend: "name a folder that `hyperaudio replace` made")
        }
        self = facts
    }
}

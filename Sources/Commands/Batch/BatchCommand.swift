import ArgumentParser
import AudioCore
import Configuration
import Files
import Foundation
import ModelLibrary
import Pipeline
import SpeechModels
import Store

/// `hyperaudio batch`.
struct BatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch", abstract: "Give speakers another voice in many programmes.",
        discussion: """
            The one who talks most, in every episode:

              hyperaudio batch season1/*.mp3 --voice jf_alpha --output-dir new

            People known by voice (`hyperaudio speakers learn`), wherever they speak:

              hyperaudio batch season1/*.mp3 --voice Anna=jf_alpha --voice Ben=jm_kumo --output-dir new
              hyperaudio batch season1/*.mp3 --recipe recipe.yaml

            Whatever comes into a folder, until Ctrl-C:

              hyperaudio batch --watch incoming --recipe recipe.yaml --output-dir new

            A failing episode does not stop the rest. The same command, or --resume, goes on after an interruption
            or a crash; what is done is not done again. Ends with 0 where all went well, with 1 where some episodes
            failed; docs/batches.md says more.
            """)

    @Argument(help: ArgumentHelp("The programmes: audio or video files.", valueName: "episodes"))
    var episodes: [String] = []
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "A voice, for somebody known by voice, for a speaker, or for the one who talks most.",
            valueName: "[name=]voice"))
    var voice: [String] = []
    @Option(help: ArgumentHelp("A YAML file that says who gets which voice, and how.", valueName: "file"))
    var recipe: String?
    @Option(help: ArgumentHelp("Where new files go; beside the episodes by default.", valueName: "dir"))
    var outputDir: String?
    @Option(help: ArgumentHelp("Episodes at once; by cores and free memory by default.", valueName: "n")) var jobs: Int?
    @Option(help: "Where the work is done: on this machine, or as a job array of a Slurm cluster.")
    var engine = Engine.local
    @Option(
        name: .long, parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A further option for Slurm, as --sbatch --partition=long.", valueName: "option"))
    var sbatch: [String] = []
    @Option(help: ArgumentHelp("Take files as they come into this folder, until Ctrl-C.", valueName: "dir"))
    var watch: String?
    @Flag(help: "Go on with everything in the queue that is not finished.") var resume = false
    @Flag(help: "Overwrite outputs that exist.") var force = false
    @Flag(help: "Write FLAC, so that everything outside the replaced spans stays bit for bit.") var exact = false
    @Option(help: ArgumentHelp("The database of queue and speaker book.", valueName: "file")) var store: String?
    @OptionGroup var programme: ProgrammeOptions
    @OptionGroup var run: RunOptions

    enum Engine: String, ExpressibleByArgument, CaseIterable { case local, slurm }

    /// Some episodes failed.
    static let someFailed = ExitCode(1)

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be 1 or more.") }
        if engine == .local, !sbatch.isEmpty { throw ValidationError("--sbatch belongs to --engine slurm.") }
        if resume {
            guard episodes.isEmpty, watch == nil, recipe == nil, voice.isEmpty, outputDir == nil, !exact,
                programme.flags.allSatisfy({ $0 == nil }), !run.choice.isGiven
            else {
                throw ValidationError(
                    "--resume takes everything from the queue, with the options that it was queued with; leave "
                        + "episodes, voices, recipe and options of the work out.")
            }
            return
        }
        if episodes.isEmpty && watch == nil {
            throw ValidationError("No episode was named: name files, --watch a folder, or --resume.")
        }
        if voice.isEmpty && recipe == nil {
            throw ValidationError("No voice was named: add for instance --voice jf_alpha, or --recipe FILE.")
        }
    }

    func run() async throws {
        let began = ContinuousClock.now
        let storeFile = store.map { URL(fileURLWithPath: $0) } ?? Places.store
        let store = try Store(storeFile)
        let queue = JobQueue<EpisodeWork>(store)
        let recipe = try resume ? Recipe() : self.wishes()
        let settings = try configuration(recipe).settings
        try checkPeople(recipe, SpeakerBook(store))
        let outputFolder = try folder(for: recipe)
        let orders = EpisodeOrders(work: recipe.work, outputFolder: outputFolder)
        let watch = try watch.map { try watched($0, outputFolder) }
        let ids = try resume ? unfinished(queue) : queue.add(orders.orders(for: files()), anew: run.fresh)
        let batch = try batchSettings(settings, storeFile, episodes: waiting(queue, ids))
        // Workers on this machine take over how far it steps back.
        ProcessPriority.lower(to: settings.niceness)
        let interruption = Interruption()
        let result = try await onOwnThread {
            interruption.trip()
        } _: { [run] in
            let display = BatchDisplay(isQuiet: run.quiet, isVerbose: run.verbose, total: ids.count)
            try Self.announce(queue, ids, batch, display, watching: watch?.folder)
            let work = BatchRun(
                queue, ids: ids, settings: batch, interruption: interruption,
                arrivals: try watch.map { watch in
                    let watcher = try FolderWatch(watch.folder)
                    return { try orders.orders(for: watcher.arrivals()) }
                },
                events: display.show)
            let isCutShort = try work.run()
            return (isCutShort: isCutShort, jobs: try queue.jobs(work.ids))
        }
        let summary = BatchSummary(result.jobs, seconds: Self.seconds(since: began))
        if run.json { try Output.json(summary) } else if !run.quiet { summary.print() }
        // Ctrl-C is how watching ends: where nothing was cut short it is no failure.
        if result.isCutShort { throw CancellationError() }
        if summary.failures > 0 { throw Self.someFailed }
    }

    // MARK: What is to be done

    /// The recipe, with what stands on the command line over it.
    private func wishes() throws -> Recipe {
        var recipe = try self.recipe.map { try Recipe(reading: inputFile($0)) } ?? Recipe()
        for choice in try voice.map(VoiceChoice.init(argument:)) {
            let who = choice.speaker?.name
            recipe.work.roles.removeAll { $0.who == who }
            recipe.work.roles.append(EpisodeWork.Role(who: who, voice: choice.voice))
        }
        guard !recipe.work.roles.isEmpty else {
            throw AudioError(
                .usage, operation: "start", subject: "the batch", cause: "the recipe names no voice",
                mend: "add `voice: jf_alpha` or `people:` to it")
        }
        let library = try ModelLibrary(folder: Places.models)
        let shelf = VoiceShelf(
            stock: VoiceCatalogue(modelFolder: try library.installed("kokoro-82m"), voicesFolder: Places.voices),
            piper: PiperVoices(library: library))
        for role in recipe.work.roles { _ = try shelf.voice(named: VoiceChoice(argument: role.voice).voice) }
        recipe.work.options = try configuration(recipe).settings.changes.filter { !Self.ownOptions.contains($0.key) }
        return recipe
    }

    /// What each episode is not told, since the batch heeds it.
    private static let ownOptions: Set<String> = ["work-dir", "threads", "max-memory"]

    /// The recipe's options lie over the configuration's and under the flags.
    private func configuration(_ recipe: Recipe) throws -> Configuration {
        let exact = GivenOption.flag("--exact", "output.exact", exact ? "true" : nil)
        return try run.configuration(programme.flags + [exact], over: recipe.given)
    }

    /// Somebody who is not in the book cannot be found in any episode.
    private func checkPeople(_ recipe: Recipe, _ book: SpeakerBook) throws {
        let wanted = recipe.work.roles.filter { !$0.isOwnName }.compactMap(\.who)
        guard !wanted.isEmpty else { return }
        let known = try book.speakers.map(\.name)
        guard let stranger = wanted.first(where: { !known.contains($0) }) else { return }
        let others = known.isEmpty ? "the speaker book is empty" : "known are \(known.joined(separator: ", "))"
        throw AudioError(
            .usage, operation: "look for", subject: stranger, cause: "nobody of that name is known by voice; \(others)",
            mend: "run `hyperaudio speakers learn \"\(stranger)\" --from RUN:Speaker_A`")
    }

    private func folder(for recipe: Recipe) throws -> URL? {
        guard let path = outputDir ?? recipe.outputFolder else { return nil }
        let folder = URL(fileURLWithPath: path, isDirectory: true)
        do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
            throw AudioError(
                .cannotCreate, operation: "create", subject: path, cause: FileError.reason(error),
                mend: "choose another place with --output-dir")
        }
        return folder
    }

    /// - Throws: where new files would come into the folder that is watched.
    private func watched(_ path: String, _ outputFolder: URL?) throws -> (folder: URL, path: String) {
        let folder = URL(fileURLWithPath: path, isDirectory: true)
        guard let outputFolder, outputFolder.resolvingSymlinksInPath() != folder.resolvingSymlinksInPath() else {
            throw AudioError(
                .usage, operation: "watch", subject: path, cause: "what is made would come into the same folder",
                mend: "give another one with --output-dir")
        }
        return (folder, path)
    }

    private func files() -> [URL] { episodes.map { URL(fileURLWithPath: $0) } }

    private func unfinished(_ queue: JobQueue<EpisodeWork>) throws -> [Int64] {
        try queue.retry()
        return try queue.unfinished()
    }

    private func waiting(_ queue: JobQueue<EpisodeWork>, _ ids: [Int64]) throws -> Int {
        try queue.jobs(ids).count { $0.state == .queued || $0.state == .running }
    }

    func batchSettings(_ settings: Settings, _ store: URL, episodes: Int) throws -> BatchRun.Settings {
        let budget = MachineBudget(workFolder: settings.runsFolder, limit: settings.memory)
        // What one program may take of a card leaves no room for another.
        let sharesCard = engine == .local && settings.device == .cuda
        if sharesCard, let jobs, jobs > 1 {
            throw AudioError(
                .usage, operation: "use", subject: "--jobs \(jobs)",
                cause: "one episode at a time may use the NVIDIA card", mend: "leave --jobs out, or --device cuda")
        }
        let (jobs, threads): (Int, Int)
        let workers: any WorkerEngine
        switch engine {
        case .local:
            jobs = self.jobs ?? (sharesCard ? 1 : budget.jobs(episodes: watch == nil ? episodes : nil))
            threads = MachineBudget.threads(settings.threads ?? budget.cores, jobs: jobs)
            workers = LocalWorkers(program: Self.program)
        case .slurm:
            // Each task has a machine's share of its own; how many run at once is the cluster's business.
            jobs = self.jobs ?? max(1, episodes)
            threads = settings.threads ?? SlurmWorkers.usualThreads
            workers = SlurmWorkers(
                program: Self.program, workFolder: settings.runsFolder, jobs: jobs, threads: threads,
                bytesPerTask: budget.bytesPerJob, options: sbatch)
        }
        return BatchRun.Settings(
            engine: workers, jobs: jobs, threads: threads,
            mostMemoryMegabytes: settings.mostMemoryMegabytes.map { engine == .local ? $0 / Double(jobs) : $0 },
            budget: budget, workFolder: settings.runsFolder, store: store, startsAfresh: run.fresh, overwrites: force)
    }

    /// This program, even where its file was replaced by a newer one meanwhile.
    private static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()

    private static func announce(
        _ queue: JobQueue<EpisodeWork>, _ ids: [Int64], _ settings: BatchRun.Settings, _ display: BatchDisplay,
        watching folder: URL?
    ) throws {
        let jobs = try queue.jobs(ids)
        let open = jobs.count { $0.state == .queued || $0.state == .running }
        let done = jobs.count - open
        let pace = "\(settings.jobs) at once, \(settings.threads) \(settings.threads == 1 ? "thread" : "threads") each"
        if open > 0 || folder != nil {
            display.say("\(open) to do, \(pace)." + (done > 0 ? " \(done) were done before." : ""))
        }
        if let folder { display.say("Waiting for files in \(folder.path); Ctrl-C ends it.") }
        for job in jobs where job.state == .running {
            guard let owner = job.owner, owner.isAlive else { continue }
            display.say("\(job.input) is in work in process \(owner.process).")
        }
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        let duration = (ContinuousClock.now - start).components
        return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
    }
}

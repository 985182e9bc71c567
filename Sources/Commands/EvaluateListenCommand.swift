import ArgumentParser
import AudioCore
import Configuration
import Foundation
import Pipeline

/// `hyperaudio evaluate listen`.
struct EvaluateListenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "listen", abstract: "Let people judge blind.",
        discussion: """
            Makes a page that plays originals and new voices in random order, asks, and saves the answers as JSON:

              hyperaudio evaluate listen episode.mp3 -o test.html
              hyperaudio evaluate listen --score anna.json ben.json

            Runs of the same programme (from different --work-dir) are compared with each other.
            mos: how natural, 1 to 5. cmos: is the second better, -3 to 3. abx: which of two is it.
            """)

    @Argument(
        help: ArgumentHelp(
            "Programmes, or folders or names of their runs; with --score, saved answers.", valueName: "run"))
    var inputs: [String]
    @Flag(help: "Sum up answers that pages saved.") var score = false
    @Option(name: [.short, .long], help: ArgumentHelp("The page to write.", valueName: "file")) var output: String?
    @OptionGroup var writing: OutputOptions
    @Option(help: ArgumentHelp("Stretches of speech, drawn at random.", valueName: "n")) var items = 10
    @Option(
        name: .long, parsing: .upToNextOption, help: "What is asked: any of mos, cmos, abx.")
    var ask: [ListeningPage.Question] = ListeningPage.Question.allCases
    @Option(help: ArgumentHelp("Another seed draws other stretches.", valueName: "n")) var seed: UInt64 = 1
    @OptionGroup var place: RunPlace
    @Flag(help: "Print the scores as JSON.") var json = false

    func validate() throws {
        if !score && output == nil { throw ValidationError("Name the page to write with -o.") }
        if score && output != nil { throw ValidationError("--score prints; -o is for making a page.") }
        if items < 1 { throw ValidationError("--items must be 1 or more.") }
    }

    func run() async throws {
        if score { return try printScores() }
        let file = try writing.file(output ?? "", from: inputs)
        let home = try place.home
        var folders: [URL] = []
        for input in inputs {
            let folder = try home.folder(of: input).resolvingSymlinksInPath()
            if !folders.contains(folder) { folders.append(folder) }
        }
        let (runs, ask, items, seed) = (folders, ask, items, seed)
        let interruption = Interruption()
        let count = try await onOwnThread {
            interruption.trip()
        } _: {
            try ListeningPage(runs: runs, questions: ask, mostItems: items, seed: seed, media: Assembly.media)
                .write(to: file) { _ in try interruption.check() }
        }
        Terminal.error.write(
            "The page holds \(count) stretches of speech; send it to people and collect their files.\n")
        Terminal.output.write(file.path + "\n")
    }

    private func printScores() throws {
        let scores = ListeningScores(try inputs.map { try ListeningAnswers(file: URL(fileURLWithPath: $0)) })
        guard !json else { return try Output.json(scores) }
        let who = scores.listeners == 1 ? "1 listener" : "\(scores.listeners) listeners"
        Terminal.output.write("\(who), stretches of speech: \(scores.items); intervals are 95 %.\n")
        if !scores.mos.isEmpty {
            Terminal.output.write("\nHow natural, 1 to 5\n")
            Output.table(
                ["version", "mean", "interval", "ratings"],
                scores.mos.map { [$0.version, number($0.mean), interval($0.interval), "\($0.ratings)"] })
        }
        if !scores.cmos.isEmpty {
            Terminal.output.write("\nBetter (above 0) or worse, -3 to 3\n")
            Output.table(
                ["version", "against", "mean", "interval", "preferred", "equal", "ratings"],
                scores.cmos.map {
                    [
                        $0.version, $0.against, number($0.mean), interval($0.interval), percent($0.preferred),
                        percent($0.equal), "\($0.ratings)",
                    ]
                })
        }
        if !scores.abx.isEmpty {
            Terminal.output.write("\nTold apart (guessing gives 50 %)\n")
            Output.table(
                ["versions", "right", "interval", "by guessing", "answers"],
                scores.abx.map {
                    [
                        $0.versions.joined(separator: ", "), percent($0.correct),
                        "\(percent($0.interval.low)) to \(percent($0.interval.high))",
                        "p = " + String(format: "%.2g", $0.guessingProbability), "\($0.answers)",
                    ]
                })
        }
    }

    private func number(_ value: Double) -> String { String(format: "%.2f", value) }

    private func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }

    private func interval(_ interval: ListeningScores.Interval?) -> String {
        interval.map { "\(number($0.low)) to \(number($0.high))" } ?? "too few"
    }
}

extension ListeningPage.Question: ExpressibleByArgument {}

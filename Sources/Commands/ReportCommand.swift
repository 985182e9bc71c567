import ArgumentParser
import AudioCore
import Configuration
import Foundation
import Pipeline

/// `hyperaudio report`.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Make the page of a finished run again.",
        discussion: """
            `replace` leaves report.html beside report.json in the run's folder. To make it again, or to get pictures:

              hyperaudio report episode.mp3
              hyperaudio report ~/.cache/hyperaudio/runs/episode-1a2b3c4d --plots pictures

            It prints where the page is.
            """)
    @Argument(help: ArgumentHelp("The programme, or its run's folder or name.", valueName: "run"))
    var run: String
    @Option(help: ArgumentHelp("Also write each turn's drawings as SVG and PNG.", valueName: "dir")) var plots: String?
    @OptionGroup var place: RunPlace

    func run() async throws {
        let folder = try place.home.folder(of: run)
        let plots = plots.map { URL(fileURLWithPath: $0) }
        let interruption = Interruption()
        let page = try await onOwnThread {
            interruption.trip()
        } _: {
            let publisher = try ReportPublisher(run: folder, media: Assembly.media)
            try publisher.writePage { _ in try interruption.check() }
            if let plots {
                let count = try publisher.writePlots(to: plots) { _ in try interruption.check() }
                Terminal.error.write("Wrote \(count) pictures to \(plots.path)\n")
            }
            return publisher.page
        }
        Terminal.output.write(page.path + "\n")
    }
}

import ArgumentParser
import AudioCore
import Foundation
import MediaIO
import Pipeline

/// `hyperaudio provenance`.
struct ProvenanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provenance", abstract: "Find speech that this program made.",
        discussion: """
            It listens for the mark of synthetic speech, and reads the metadata and the statement beside the file:

              hyperaudio provenance episode.mp3
              hyperaudio provenance episode.mp3 --sidecar statement.json --public-key maker.pem

            It ends with 0 whether or not a mark is found; scripts read `isMarked` of --json. That no mark is found does not
            prove that a voice is real: it may be another program's, or the mark may have been destroyed.
            """)
    @Argument(help: ArgumentHelp("Any audio or video file.", valueName: "file")) var file: String
    @Option(
        help: ArgumentHelp("The statement; <file>.provenance.json where there is one.", valueName: "file"))
    var sidecar: String?
    @Option(help: ArgumentHelp("The key (PEM) that should have signed the statement.", valueName: "file"))
    var publicKey: String?
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let input = try inputFile(file)
        let (sidecar, publicKey) = (
            sidecar.map { URL(fileURLWithPath: $0) }, publicKey.map { URL(fileURLWithPath: $0) }
        )
        let interruption = Interruption()
        let finding = try await onOwnThread {
            interruption.trip()
        } _: {
            let media = Assembly.media
            return try ProvenanceSearch(media: media).run(
                input, tags: media.tags(of: input), sidecar: sidecar, publicKey: publicKey
            ) { _ in try interruption.check() }
        }
        if json {
            try Output.json(finding)
        } else {
            Terminal.output.write(sentences(finding).joined(separator: "\n") + "\n")
        }
    }

    private func sentences(_ finding: ProvenanceFinding) -> [String] {
        var lines: [String] = []
        if finding.marked.isEmpty {
            lines.append("No mark was found. That does not prove that every voice in it is real.")
        } else {
            let seconds = finding.marked.reduce(0) { $0 + $1.span.seconds }
            lines.append(
                String(
                    format: "Synthetic speech, by its mark: %d stretches, %.1f s of %.1f s.", finding.marked.count,
                    seconds,
                    finding.seconds))
            lines += finding.marked.map {
                "  \(Output.clock($0.span.start)) - \(Output.clock($0.span.end))  score \(Int($0.score))"
            }
        }
        lines.append(
            String(
                format: "In theory, chance makes a mark once in %.0f hours of sound that has none.",
                1 / finding.falseAlarmsPerHour))
        lines.append("Metadata: " + (finding.metadata ?? "nothing about synthetic speech"))
        guard let sidecar = finding.sidecar else { return lines + ["No statement of provenance lies beside it."] }
        lines.append(
            "Statement: \(sidecar.path): \(sidecar.statement.intervals.count) intervals, \(sidecar.statement.program).")
        lines.append(
            sidecar.isOfThisFile
                ? "  It was written for exactly this file."
                : "  It was written for another file, or this one was changed since.")
        if let named = sidecar.isNamedByFile {
            lines.append(named ? "  The file's metadata name it." : "  The file's metadata name another statement.")
        }
        switch sidecar.isSignatureValid {
        case nil: lines.append("  It is not signed.")
        case true?: lines.append("  Its signature holds, by the key it names itself.")
        case false?: lines.append("  Its signature does not hold: it was changed.")
        }
        if let given = sidecar.isOfGivenKey {
            lines.append(given ? "  It was signed with the given key." : "  It was not signed with the given key.")
        }
        return lines
    }
}

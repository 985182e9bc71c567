import ArgumentParser
import AudioCore
import Foundation
import Pipeline

/// `hyperaudio voices list`.
struct VoicesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the voices that are installed.",
        discussion: """
            How a voice sounds and its pitch are measured on one sentence, which each voice speaks once; that takes some
            seconds a voice the first time, and is kept.
            """)
    @Flag(help: "Measure nothing: what is not known yet is left out.") var quick = false
    @Flag(help: "Print JSON.") var json = false

    struct Row: Encodable {
        var name: String, madeFor: String
        @OrNull var sounds: VoiceSex?
        @OrNull var medianF0Hz: Double?
        var origin: String, licence: String
    }

    func run() async throws {
        let stock = try StockVoices()
        let voices = try stock.voices()
        let measures: [VoiceMeasure] =
            quick
            ? try voices.compactMap { try stock.known(of: $0) }
            : try await stock.measures(of: voices, engines: Assembly().engines)
        let rows =
            voices.map { voice in
                let measure = measures.first { $0.digest == voice.digest }
                let origin = stock.origin(of: voice)
                return Row(
                    name: voice.name, madeFor: stock.language(of: voice), sounds: measure?.sounds,
                    medianF0Hz: measure?.medianF0Hz, origin: origin.text, licence: origin.licence)
            }
            + (try fitted(stock))
        guard !json else { return try Output.json(rows) }
        Output.table(
            ["voice", "made for", "sounds", "pitch", "from", "licence"],
            rows.map { row in
                [
                    row.name, row.madeFor, row.sounds?.rawValue ?? "-",
                    row.medianF0Hz.map { "\(Int($0.rounded())) Hz" } ?? "-", row.origin, row.licence,
                ]
            })
    }

    /// Voices of people: what they sound like follows from the person's pitch.
    private func fitted(_ stock: StockVoices) throws -> [Row] {
        let library = FittedVoiceLibrary(folder: Places.voices)
        return try library.names.map { name in
            let voice = try library.voice(named: name)
            let hertz = exp(voice.pitch.medianLog)
            let recordings = voice.recordings.map(\.name).joined(separator: ", ")
            return Row(
                name: name, madeFor: (try? stock.language(of: stock.voice(named: voice.base.name))) ?? "unknown",
                sounds: VoiceSex(medianHertz: hertz, thirdFormantHertz: nil),
                medianF0Hz: hertz, origin: "\(voice.base.name), fitted to \(recordings)",
                licence: "by consent of \(voice.consent.who)")
        }
    }
}

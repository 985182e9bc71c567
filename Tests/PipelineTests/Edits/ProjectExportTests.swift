import AudioCore
import Files
import Foundation
import MediaIO
import Testing

@testable import Pipeline

/// Projects for audio editors, read back.
@Suite struct ProjectExportTests {
    private func samples(_ file: URL) throws -> [[Float]] {
        let source = try FFmpegMedia().open(file)
        var channels: [[Float]] = []
        while let block = try source.read() {
            if channels.isEmpty { channels = block.channels.map { _ in [] } }
            for channel in channels.indices { channels[channel] += block.channels[channel] }
        }
        return channels
    }

    private func exported(
        _ editor: ProjectExport.Editor, _ format: ProjectExport.Format, _ stage: RunStage
    ) throws -> (file: URL, export: ProjectExport) {
        let export = try ProjectExport(run: stage.runFolder(), media: FFmpegMedia())
        let file = try export.write(to: stage.file("project"), for: editor, format: format) { _ in }
        return (file, export)
    }

    @Test(arguments: ProjectExport.Format.allCases)
    func theStemsAddUpToTheOutput(_ format: ProjectExport.Format) async throws {
        let stage = try RunStage()
        let report = try await stage.replace(stage.request(voices: ["Speaker_A=tone", "Speaker_B=tone2"]))
        let (file, export) = try exported(.audacity, format, stage)
        let folder = file.deletingLastPathComponent()
        let stems = export.stems(format)
        #expect(stems.count == 7)
        let sounds = try stems.map { try samples(folder.appendingPathComponent($0.file)) }
        let frames = TonePlay.programme[0].count
        #expect(sounds.allSatisfy { $0.count == 2 && $0[0].count == frames })
        let output = try #require(stems.firstIndex { $0.kind == .output })
        let parts = stems.indices.filter { stems[$0].isPart }
        #expect(parts.count == 4)
        for channel in 0..<2 {
            #expect(
                (0..<frames).allSatisfy { frame in
                    let sum = parts.reduce(0.0) { $0 + Double(sounds[$1][channel][frame]) }
                    return abs(sum - Double(sounds[output][channel][frame])) < 1e-9
                })
        }
        // A new voice is heard in its own spans and nowhere else.
        for (index, stem) in stems.enumerated() {
            guard case .newVoice(let speaker) = stem.kind else { continue }
            let own = report.spans.filter { report.replacements[$0.turn].speaker == speaker }
            let heard = sounds[index][0].indices.filter { sounds[index][0][$0] != 0 }
            #expect(heard.count > 10_000)
            #expect(heard.allSatisfy { frame in own.contains { $0.startSample <= frame && frame < $0.endSample } })
        }
        let bed = try #require(stems.firstIndex { $0.kind == .bed })
        let power = { (samples: [Float]) in samples.reduce(Float(0)) { $0 + $1 * $1 } }
        #expect(power(sounds[bed][0]) < 0.01 * power(sounds[output][0]))
    }

    @Test func audacitysFilesSayWhatLiesWhere() async throws {
        let stage = try RunStage()
        let report = try await stage.replace()
        let (file, export) = try exported(.audacity, .wav, stage)
        let folder = file.deletingLastPathComponent()
        #expect(file.lastPathComponent == "Gespräch-1.lof")
        let list = try String(contentsOf: file, encoding: .utf8)
        let files = list.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            String(line.dropFirst("file \"".count).dropLast())
        }
        #expect(files == export.stems(.wav).map(\.file))
        #expect(files.allSatisfy { FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path) })
        func labels(_ name: String) throws -> [(Double, Double, String)] {
            try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8).split(separator: "\n").map {
                let fields = $0.split(separator: "\t", omittingEmptySubsequences: false)
                #expect(fields.count == 3)
                return (Double(fields[0]) ?? -1, Double(fields[1]) ?? -1, String(fields[2]))
            }
        }
        let spans = try labels("spans.txt")
        #expect(spans.count == report.spans.count)
        #expect(zip(spans, report.spans).allSatisfy { abs($0.0 - $1.start) < 1e-6 && abs($0.1 - $1.end) < 1e-6 })
        #expect(spans.allSatisfy { $0.2 == "Speaker_A -> tone" })
        let turns = try labels("turns.txt")
        #expect(turns.map(\.2).first == "0 Speaker_A: patok limes nukola sepalon" && turns.count == 5)
        let words = try labels("words.txt")
        #expect(words.map(\.2) == TonePlay.lines.flatMap { $0.text.split(separator: " ").map(String.init) })
        #expect(words.allSatisfy { $0.0 < $0.1 })
    }

    /// A line of a Reaper project as Reaper reads it: words, and strings in any of three kinds of quotation marks.
    private func fields(_ line: Substring) -> [String] {
        var fields: [String] = []
        var rest = line.drop { $0 == " " }
        while let first = rest.first {
            let mark: Character = "\"'`".contains(first) ? first : " "
            if mark != " " { rest = rest.dropFirst() }
            let field = rest.prefix { $0 != mark }
            fields.append(String(field))
            rest = rest[field.endIndex...].dropFirst().drop { $0 == " " }
        }
        return fields
    }

    @Test func reapersProjectHoldsTracksItemsAndRegions() async throws {
        let stage = try RunStage()
        let report = try await stage.replace()
        let (file, export) = try exported(.reaper, .flac, stage)
        let text = try String(contentsOf: file, encoding: .utf8)
        var path: [String] = []
        var tracks: [[String: [[String]]]] = []
        var markers: [[String]] = []
        for line in text.split(separator: "\n") {
            let fields = fields(line)
            if fields[0] == ">" {
                path.removeLast()
            } else if fields[0].hasPrefix("<") {
                path.append(fields[0])
                if fields[0] == "<TRACK" { tracks.append([:]) }
                if fields[0] == "<SOURCE" { tracks[tracks.count - 1]["SOURCE", default: []].append(fields) }
            } else if path == ["<REAPER_PROJECT", "<TRACK"] || path.contains("<ITEM") {
                let key = (path.contains("<ITEM") ? "ITEM " : "") + fields[0]
                tracks[tracks.count - 1][key, default: []].append(Array(fields.dropFirst()))
            } else if fields[0] == "MARKER" {
                markers.append(fields)
            }
        }
        #expect(path.isEmpty && text.hasPrefix("<REAPER_PROJECT 0.1 "))
        #expect(tracks.count == export.stems(.flac).count)
        #expect(tracks.map { $0["NAME"]?[0][0] } == export.stems(.flac).map(\.title))
        #expect(tracks.map { $0["MUTESOLO"]?[0][0] } == ["0", "0", "0", "1", "1", "1"])
        let voice = tracks[2]
        let positions = (voice["ITEM POSITION"] ?? []).compactMap { Double($0[0]) }
        let lengths = (voice["ITEM LENGTH"] ?? []).compactMap { Double($0[0]) }
        let rate = Double(TonePlay.sampleRate)
        #expect(positions.map { Int(($0 * rate).rounded()) } == report.spans.map(\.startSample))
        #expect(
            zip(positions, lengths).map { Int((($0 + $1) * rate).rounded()) } == report.spans.map(\.endSample))
        #expect(voice["ITEM SOFFS"]?.map { $0[0] } == voice["ITEM POSITION"]?.map { $0[0] })
        #expect(tracks.allSatisfy { $0["SOURCE"]?.allSatisfy { $0 == ["<SOURCE", "FLAC"] } == true })
        for name in tracks.compactMap({ $0["ITEM FILE"]?[0][0] }) {
            #expect(
                FileManager.default.fileExists(
                    atPath: file.deletingLastPathComponent().appendingPathComponent(name).path))
        }
        // Five regions: a line for each edge, under one number.
        #expect(markers.filter { $0[4] == "1" }.count == 10)
        #expect(markers[0][3] == "0 Speaker_A: patok limes nukola sepalon" && markers[1][1] == markers[0][1])
    }

    @Test func stringsStandInMarksThatTheyDoNotHold() {
        #expect(ReaperProject.quoted("plain") == "\"plain\"")
        #expect(ReaperProject.quoted("say \"no\"") == "'say \"no\"'")
        #expect(ReaperProject.quoted("it's \"no\"") == "`it's \"no\"`")
        #expect(ReaperProject.quoted("it's `\"no\"`\n") == "`it's '\"no\"' `")
    }

    @Test func aFolderThatHoldsSomethingIsNotOverwritten() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        try FileManager.default.createDirectory(at: stage.file("project"), withIntermediateDirectories: true)
        try Data("precious".utf8).write(to: stage.file("project").appendingPathComponent("x"))
        let error = #expect(throws: AudioError.self) { try exported(.reaper, .wav, stage) }
        #expect(error?.kind == .cannotCreate)
        #expect(try FileManager.default.contentsOfDirectory(atPath: stage.file("project").path) == ["x"])
    }

    @Test func withoutAReplacementThereIsNothingToExport() async throws {
        let stage = try RunStage()
        _ = try await stage.runner().transcript(of: stage.input, knowledge: ProgrammeKnowledge())
        let error = #expect(throws: AudioError.self) {
            _ = try ProjectExport(run: stage.runFolder(), media: FFmpegMedia())
        }
        #expect(error?.kind == .noInput && error?.mend.contains("replace") == true)
    }
}

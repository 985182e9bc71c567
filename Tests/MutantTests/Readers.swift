import AudioCore
import Files
import Foundation
import Inference
import ModelLibrary
import TestSupport

@testable import Commands
@testable import Configuration
@testable import Evaluation
@testable import Pipeline
@testable import Store

extension Reader {
    static let all: [Reader] = weights + archives + documents + texts + databases

    private static let url = URL(filePath: "mutant")

    // MARK: Weights

    private static let weights: [Reader] = [
        Reader("pickle", .bytes, [WeightFixtures.legacyTorch]) { bytes in
            for tensor in try TorchCheckpoint(ByteSlice(bytes), of: url).tensors.values {
                _ = try tensor.contiguousBytes()
            }
        },
        Reader("pt", .bytes, [WeightFixtures.torch, WeightFixtures.maliciousTorch]) { bytes in
            for tensor in try TorchCheckpoint(ByteSlice(bytes), of: url, ignoring: ["os.system"]).tensors.values {
                _ = try tensor.contiguousBytes()
            }
        },
        Reader("ctranslate2", .bytes, [WeightFixtures.ctranslate2]) { bytes in
            for tensor in try CTranslate2Model(ByteSlice(bytes), of: url).tensors.values {
                _ = try tensor.contiguousBytes()
            }
        },
        Reader("onnx", .bytes, [WeightFixtures.onnx]) { bytes in
            let graph = try OnnxGraph(ByteSlice(bytes), of: url)
            _ = try graph.dequantized().encoded()
            _ = try graph.cut(inputs: ["x"], outputs: ["y"])
        },
    ]

    // MARK: Archives

    private static let archives: [Reader] = [
        Reader("npz", .bytes, [ArchiveFixtures.npz]) { bytes in
            let archive = try NumpyArchive(ByteSlice(bytes), of: url)
            for name in archive.names { _ = try archive.array(name).floats }
        },
        Reader("zip", .bytes, [ArchiveFixtures.zip, ArchiveFixtures.npz]) { bytes in
            let archive = try ZipArchive(ByteSlice(bytes), of: url)
            for member in archive.members { _ = try archive.contents(of: member) }
        },
        Reader("wave", .bytes, files: [Self.wave(channels: 1), Self.wave(channels: 2)], extension: "wav") { file in
            let reader = try WaveReader(file)
            for start in stride(from: 0, to: min(reader.frameCount, 100_000), by: 1000) {
                _ = try reader.read(start..<min(reader.frameCount, start + 1000))
            }
        },
    ]

    private static func wave(channels: Int) -> [UInt8] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).wav")
        defer { try? FileManager.default.removeItem(at: file) }
        guard let writer = try? WaveWriter(file, sampleRate: 16000, channelCount: channels),
            (try? writer.append([[Float]](repeating: [Float](repeating: 0.25, count: 500), count: channels))) != nil,
            (try? writer.finish()) != nil, let data = try? Data(contentsOf: file)
        else { return [] }
        return Array(data)
    }

    // MARK: Documents

    /// What a real run left behind.
    private static func seed(_ name: String) -> [UInt8] {
        let file = Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Seeds")
        return file.flatMap { try? Data(contentsOf: $0) }.map(Array.init) ?? []
    }

    private static let documents: [Reader] = [
        Reader("report", .json, [seed("report")]) { bytes in
            guard let report = Report(reading: Data(bytes)) else { throw CocoaError(.coderReadCorrupt) }
            _ = try CanonicalJSON.pretty(report)
        },
        Reader("run facts", .json, files: [seed("run")], extension: "json") { file in
            let run = file.deletingLastPathComponent().appendingPathComponent("run.json")
            try FileManager.default.moveItem(at: file, to: run)
            _ = try FinishedRun(run.deletingLastPathComponent())
        },
        Reader(
            "results", .json,
            ["preprocessor", "diarizer", "recognizer", "reconstructor", "synthesizer", "measurement"].map(seed)
        ) {
            bytes in
            let data = Data(bytes)
            let decoder = JSONDecoder()
            if let found = try? decoder.decode(StoredResult<SpeakerDiarizerProduct>.self, from: data) {
                _ = found.seal.holds(for: found.product, in: url)
            }
            if let found = try? decoder.decode(StoredResult<SpeechRecognizerProduct>.self, from: data) {
                _ = found.seal.holds(for: found.product, in: url)
            }
            _ = try? decoder.decode(StoredResult<AudioPreprocessorProduct>.self, from: data)
            _ = try? decoder.decode(StoredResult<AudioReconstruction>.self, from: data)
            _ = try? decoder.decode(StoredResult<Pipeline.Measurement>.self, from: data)
            _ = try decoder.decode(StoredResult<[Replacement]>.self, from: data)
        },
        Reader("edits", .json, files: [Array(Talk.edits.utf8)], extension: "json") { file in
            let programme = Talk.programme
            let edited = try EditedProgramme(
                transcript: programme.transcript, diarization: programme.diarization,
                edits: Edits(file: file).changes)
            for format in TranscriptExchange.allCases { _ = try format.text(of: edited) }
        },
        Reader("transcript", .json, texts: [Talk.text(.json)]) { text in
            let read = try TranscriptFormat.json.transcript(from: text, subject: "x")
            for format in TranscriptFormat.allCases { _ = try format.text(of: read) }
        },
        Reader("imported transcript", .json, texts: [Talk.exchange(.json)]) { text in
            _ = try TranscriptImport(programme: Talk.programme).changes(in: text, format: .json)
        },
        Reader("listening answers", .json, files: [Array(Talk.answers.utf8)], extension: "json") {
            _ = try ListeningAnswers(file: $0)
        },
        Reader(
            "speaker book", .json,
            files: [
                Array(
                    """
                    {"version":1,"speakers":[{"name":"Anna","prints":[{"encoder":"c:1","vector":[1,0],"seconds":9,
                    "source":"x"}]}]}
                    """.utf8)
            ], extension: "json"
        ) { file in
            let book = try SpeakerBookFile(reading: file)
            let store = try Store(file.deletingPathExtension().appendingPathExtension("sqlite"))
            try SpeakerBook(store).add(book.speakers)
            _ = try SpeakerBook(store).speakers
        },
        Reader(
            "worker's words", .json,
            texts: [
                #"{"progress":{"stage":"diarizer","fraction":0.5}}"#, #"{"failed":{"_0":"no","code":65}}"#,
                #"{"skipped":{"_0":"x"}}"#,
            ]
        ) { _ = try JSONDecoder().decode(WorkerMessage.self, from: Data($0.utf8)) },
    ]

    // MARK: Texts

    private static let rttm = """
        ;; comment
        SPEAKER talk 1 0.50 2.25 <NA> <NA> Anna <NA> <NA>
        SPEAKER talk 1 3.00 1.00 <NA> <NA> Ben <NA> <NA>
        """

    private static let texts: [Reader] = [
        Reader("rttm", .text, texts: [rttm]) { _ = RTTM.text(try RTTM.entries(in: $0, name: "x")) },
        truth("rttm", rttm), truth("stm", "talk 1 Anna 0.5 2.75 <o,f0,female> WE SAIL AT DAWN\n;; x\n"),
        truth("wrd", "0 8000 we\n8000 16000 sail\n"), truth("phn", "0 8000 h#\n8000 16000 s\n"),
        truth("tsv", "start\tend\tspeaker\ttext\n0.5\t2.75\tAnna\twe sail at dawn\n"),
        truth("tsv", "start\tend\tspeaker\ttoken\tkind\n0.5\t0.75\tAnna\twe\tword\n"),
        truth("json", #"[{"speaker":"Anna","word":"we","start":0.5,"end":0.75}]"#, .json),
        Reader(
            "suite", .text,
            files: [
                Array(
                    """
                    name: podcasts
                    audio: .
                    materials:
                      - each: [two-hosts, music-under]
                        audio: "{each}/mixture.flac"
                        turns: "{each}/truth.rttm"
                        run: [diarize]
                        speakers: 2
                    """.utf8)
            ], extension: "yaml"
        ) { _ = try SuiteReader(environment: [:]).read($0) },
        Reader(
            "configuration", .text,
            files: [
                Array(
                    """
                    preset: best
                    threads: 2
                    synthesizer:
                      overlap: mute
                      least-confidence: 0.3
                    diarizer.speakers: 2
                    report: {yardstick: 30 s}
                    """.utf8)
            ], extension: "yaml"
        ) { file in
            _ = try Configuration(file: ConfigurationFile(file)).settings
        },
        Reader(
            "recipe", .text,
            texts: [
                """
                people:
                  Anna: jf_alpha
                  Ben Miller: {voice: jm_kumo}
                notFound: fail
                threshold: 0.61
                exact: true
                speakers: 3
                options:
                  synthesizer.least-confidence: 0.4
                """
            ]
        ) { _ = try Recipe(yaml: $0, name: "r.yaml") },
        Reader("timed text", .text, texts: TranscriptFormat.allCases.filter { $0 != .json }.map(Talk.text)) { text in
            for format in TranscriptFormat.allCases where format != .json {
                guard let read = try? format.transcript(from: text, subject: "x") else { continue }
                for other in TranscriptFormat.allCases { _ = try other.text(of: read) }
            }
        },
        imported(.csv), imported(.tsv), imported(.srt), imported(.vtt),
    ]

    private static func truth(_ form: String, _ seed: String, _ kind: Form = .text) -> Reader {
        Reader("\(form) truth", kind, files: [Array(seed.utf8)], extension: form) { file in
            _ = try TruthReader().read(file, audio: URL(filePath: "/x/talk.wav"))
        }
    }

    private static func imported(_ format: TranscriptExchange) -> Reader {
        Reader("imported \(format.rawValue)", .text, texts: [Talk.exchange(format)]) { text in
            let changes = try TranscriptImport(programme: Talk.programme).changes(in: text, format: format)
            var programme = Talk.programme
            for line in changes.lines { try programme.apply(.line(line)) }
            for assignment in changes.assignments { try programme.apply(.assign(assignment)) }
        }
    }

    // MARK: Databases

    private static let databases: [Reader] = [
        Reader("store", .bytes, files: [store], extension: "sqlite") { file in
            let store = try Store(file)
            _ = try SpeakerBook(store).speakers
            let queue = JobQueue<EpisodeWork>(store)
            let order = JobQueue<EpisodeWork>.Order(
                input: file, output: file.appendingPathExtension("wav"), work: EpisodeWork(roles: []))
            let ids = try queue.add([order])
            _ = try queue.claim(among: ids, threads: 1)
            _ = try queue.jobs(ids)
        }
    ]

    private static var store: [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("store.sqlite")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let store = try Store(file)
            let print = VoicePrint(vector: [1, 0], encoder: "c:1", seconds: 9, source: "x")
            try SpeakerBook(store).learn("Anna", print)
        } catch { return [] }
        return (try? Data(contentsOf: file)).map(Array.init) ?? []
    }
}

/// A talk of two, as a run has it.
enum Talk {
    static let programme: EditedProgramme = {
        let (anna, ben) = (SpeakerID("Speaker_A"), SpeakerID("Speaker_B"))
        let lines = [(anna, 1.0, "we sail at dawn"), (ben, 6, "who told you that"), (anna, 11, "the captain: himself")]
        let passages = lines.enumerated().map { index, line in
            let words = line.2.split(separator: " ").enumerated().map { place, word in
                Word(
                    text: String(word),
                    span: TimeSpan(start: line.1 + Double(place), end: line.1 + Double(place) + 0.8), confidence: 0.5)
            }
            return Passage(
                id: index, speaker: line.0, span: TimeSpan(start: line.1, end: line.1 + Double(words.count)),
                language: "en", words: words)
        }
        let turns = passages.map { SpeakerTurn(speaker: $0.speaker, span: $0.span, confidence: 0.9) }
        let transcript = Transcript(language: "en", passages: passages)
        do { return try EditedProgramme(transcript: transcript, diarization: Diarization(turns: turns)) } catch {
            preconditionFailure("no edits, no faults: \(error)")
        }
    }()

    static func text(_ format: TranscriptFormat) -> String { (try? format.text(of: programme.transcript)) ?? "" }
    static func exchange(_ format: TranscriptExchange) -> String { (try? format.text(of: programme)) ?? "" }

    static let answers = """
        {"version": 1, "test": "t", "listener": "l", "answers": [
        {"question": "cmos", "item": "1", "first": "original", "second": "new", "value": -2},
        {"question": "mos", "item": "2", "first": "new", "value": 4}]}
        """

    static let edits = """
        {"version": 2, "basis": [], "changes": [
        {"edit": "line", "passage": 0, "text": "We sail at noon."}, {"edit": "name", "speaker": "Speaker_A", "name": "Anna"},
        {"edit": "edges", "passage": 1, "span": {"start": 5.5, "end": 10.5}}, {"edit": "take", "passage": 2, "take": 2},
        {"edit": "assign", "from": "Speaker_A", "to": "Speaker_B", "spans": [{"start": 11, "end": 14}]},
        {"edit": "stretch", "policy": "keep", "span": {"start": 2, "end": 3}, "speaker": "Speaker_A", "label": "laugh"},
        {"edit": "merge", "speaker": "Speaker_B", "into": "Speaker_A"}]}
        """
}

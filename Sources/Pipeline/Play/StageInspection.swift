import AudioCore
import Files
import Foundation

/// What is in a result, or in a file from elsewhere.
public struct StageInspection: Codable, Sendable {
    public var subject: String
    /// "result of the diarizer", "audio file", "RTTM", "transcript", "JSON".
    public var kind: String
    public var stage: StageName?
    public var figures: [StageFigure]
    public var tables: [StageTable]
    public var sounds: [SoundFacts]
    /// What was written to look at and to listen to.
    public var written: [URL]

    /// The sounds as a table.
    public var soundTable: StageTable? {
        sounds.isEmpty ? nil : StageTable(title: "sounds", header: SoundFacts.header, rows: sounds.map(\.row))
    }
}

/// A subject that was opened: what it says, and the sounds that belong to it.
struct InspectedSubject {
    var name: String
    var kind: String
    var result: CachedResult?
    var figures: [StageFigure] = []
    var tables: [StageTable] = []
    /// WAV files, float32.
    var sounds: [URL] = []
    var diarization: Diarization?
    var transcript: Transcript?

    init(name: String, kind: String) {
        self.name = name
        self.kind = kind
    }

    init(_ result: CachedResult) throws {
        self.init(name: result.name, kind: "result of the \(result.stage.rawValue)")
        self.result = result
        switch result.stage {
        case .preprocessor: figures = try result.stored(AudioPreprocessorProduct.self).product.figures
        case .separator: figures = try result.stored(VoiceSeparatorProduct.self).product.figures
        case .diarizer: take(try result.stored(SpeakerDiarizerProduct.self).product.diarization)
        case .recognizer: take(try result.stored(SpeechRecognizerProduct.self).product.transcript)
        case .synthesizer:
            let replacements = try result.stored([Replacement].self).product
            figures = replacements.figures
            tables = [replacements.table]
            // In a run's folder they lie beside it.
            sounds = replacements.compactMap(\.speech).map {
                result.folder.appendingPathComponent($0).standardizedFileURL
            }
        case .reconstructor: figures = try result.stored(AudioReconstruction.self).product.figures
        case .wordTimes: take(try result.stored(Transcript.self).product)
        case .output, .report: break
        }
        if sounds.isEmpty {
            let files = try? FileManager.default.contentsOfDirectory(at: result.folder, includingPropertiesForKeys: nil)
            sounds = (files ?? []).filter { $0.pathExtension == "wav" }
                .sorted { $0.lastPathComponent < $1.lastPathComponent }
        }
    }

    mutating func take(_ diarization: Diarization) {
        self.diarization = diarization
        figures += diarization.figures
        tables.append(diarization.table())
    }

    mutating func take(_ transcript: Transcript) {
        self.transcript = transcript
        figures += transcript.figures
        tables.append(transcript.table)
    }
}

/// Looks into results and files.
public struct StageInspector: Sendable {
    private let media: any MediaAccess
    private let cache: ResultCache
    private let interruption: Interruption

    private static let pictureColumns = 1200

    public init(media: any MediaAccess, cache: ResultCache, interruption: Interruption) {
        self.media = media
        self.cache = cache
        self.interruption = interruption
    }

    /// - Parameters:
    ///   - input: a result's name or folder, or a file: audio, RTTM, JSON.
    ///   - folder: takes a spectrogram and an MP3 of each sound; nil: nothing is written.
    public func inspect(_ input: String, writingTo folder: URL?) throws -> StageInspection {
        try inTemporaryFolder { workshop in
            let subject = try subject(input, workshop: workshop)
            let sounds = try subject.sounds.map { try SoundFacts($0, progress: interruption.check) }
            let written = try folder.map { try write(subject.sounds, to: $0) } ?? []
            return StageInspection(
                subject: subject.name, kind: subject.kind, stage: subject.result?.stage, figures: subject.figures,
                tables: subject.tables, sounds: sounds, written: written)
        }
    }

    func inTemporaryFolder<Result>(_ work: (URL) throws -> Result) throws -> Result {
        let workshop = FileManager.default.temporaryDirectory.appendingPathComponent("hyperaudio-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: workshop, withIntermediateDirectories: true)
        } catch { throw FileError(.cannotCreate, workshop, "create", FileError.reason(error)) }
        defer { try? FileManager.default.removeItem(at: workshop) }
        return try work(workshop)
    }

    /// - Parameter workshop: takes what must be decoded to be looked at.
    func subject(_ input: String, workshop: URL) throws -> InspectedSubject {
        if let result = cache.result(named: input) { return try InspectedSubject(result) }
        let file = URL(fileURLWithPath: input)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue else {
            throw AudioError(
                .noInput, operation: "inspect", subject: input,
                cause: isFolder.boolValue
                    ? "the folder holds no result of a stage"
                    : "there is neither a file of that name nor a result in \(cache.folder.path)",
                mend: "`hyperaudio stage list --stage any` shows what there is")
        }
        switch file.pathExtension.lowercased() {
        case "rttm": return try timeline(file)
        case "json": return try document(file)
        default: return try audio(file, workshop: workshop)
        }
    }

    private func text(_ file: URL) throws -> String {
        do { return try String(contentsOf: file, encoding: .utf8) } catch {
            throw AudioError(.badData, operation: "read", subject: file.path, cause: "it is no text in UTF-8")
        }
    }

    private func timeline(_ file: URL) throws -> InspectedSubject {
        let entries = try RTTM.entries(in: text(file), name: file.lastPathComponent)
        var subject = InspectedSubject(name: file.lastPathComponent, kind: "RTTM")
        // Certainty is not written in RTTM.
        subject.take(
            Diarization(
                turns: entries.map { SpeakerTurn(speaker: SpeakerID($0.speaker), span: $0.span, confidence: 1) }
                    .sorted { $0.span.start < $1.span.start }))
        subject.figures.removeAll { $0.name == "mean confidence" }
        return subject
    }

    private func document(_ file: URL) throws -> InspectedSubject {
        let text = try text(file)
        if let transcript = try? TranscriptDocument(text: text, subject: file.lastPathComponent).transcript {
            var subject = InspectedSubject(name: file.lastPathComponent, kind: "transcript")
            subject.take(transcript)
            return subject
        }
        let value: Any
        do { value = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) } catch {
            throw AudioError(.badData, operation: "inspect", subject: file.path, cause: "it is not valid JSON")
        }
        var subject = InspectedSubject(name: file.lastPathComponent, kind: "JSON")
        subject.tables = [
            StageTable(
                title: "values", header: ["name", "shape", "beginning"], rows: JSONShape.rows(of: value, most: 40))
        ]
        return subject
    }

    private func audio(_ file: URL, workshop: URL) throws -> InspectedSubject {
        let source = try media.open(file)
        var subject = InspectedSubject(name: file.lastPathComponent, kind: "audio file")
        let name = file.deletingPathExtension().lastPathComponent + ".wav"
        let copy = workshop.appendingPathComponent(name)
        let format = source.format
        let writer = try WaveWriter(copy, sampleRate: format.sampleRate, channelCount: format.channelCount)
        while let block = try source.read() {
            try interruption.check()
            try writer.append(block.channels)
        }
        try writer.finish()
        subject.sounds = [copy]
        subject.tables = [
            StageTable(
                title: "format", header: ["container", "codec", "bits", "bits a second", "damage"],
                rows: [
                    [
                        format.container, format.codec, format.bitDepth.map { "\($0)" } ?? "-",
                        format.bitRate.map { "\($0)" } ?? "-", source.damage ?? "none",
                    ]
                ])
        ]
        return subject
    }

    // MARK: To look at and to listen to

    private func write(_ sounds: [URL], to folder: URL) throws -> [URL] {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch { throw FileError(.cannotCreate, folder, "create", FileError.reason(error)) }
        return try sounds.flatMap { sound -> [URL] in
            let name = sound.deletingPathExtension().lastPathComponent
            let picture = folder.appendingPathComponent("\(name).png")
            let listenable = folder.appendingPathComponent("\(name).mp3")
            if let image = try spectrogram(sound) { try WholeFolder.write(image.png, to: picture) }
            try encode(sound, to: listenable, mostSeconds: .infinity)
            return [picture, listenable].filter { FileManager.default.fileExists(atPath: $0.path) }
        }
    }

    /// - Returns: nil for a sound without samples.
    func spectrogram(_ sound: URL) throws -> PaletteImage? {
        let reader = try WaveReader(sound)
        let loudness = try SoundFacts(sound, progress: interruption.check).loudnessLUFS
        return try SpectrogramPicture(programmeLoudness: loudness).overview(
            reader, columns: Self.pictureColumns, progress: interruption.check)
    }

    /// - Returns: seconds that were written.
    @discardableResult
    func encode(_ sound: URL, to file: URL, mostSeconds: Double) throws -> Double {
        let reader = try WaveReader(sound)
        let channels = reader.channelCount > 2 ? 1 : reader.channelCount
        let sink = try media.create(
            file, sampleRate: reader.sampleRate, channelCount: channels, original: nil,
            encoding: MediaEncoding(bitRate: 64_000 * channels), tags: [:])
        let frames = Int(min(Double(reader.frameCount), mostSeconds * Double(reader.sampleRate)))
        for start in stride(from: 0, to: frames, by: 65_536) {
            try interruption.check()
            let range = start..<min(start + 65_536, frames)
            let block = reader.channelCount > 2 ? [try reader.readMid(range)] : try reader.read(range)
            let audible = block.map { $0.map { $0.isFinite ? $0 : 0 } }
            try sink.write(Waveform(sampleRate: reader.sampleRate, channels: audible))
        }
        try sink.finish()
        return Double(frames) / Double(reader.sampleRate)
    }
}

/// The outline of a JSON document.
enum JSONShape {
    /// One row a value on the first two levels: its name, what it is, how it begins.
    static func rows(of value: Any, most: Int) -> [[String]] {
        var rows: [[String]] = []
        func add(_ name: String, _ value: Any, depth: Int) {
            rows.append([name, shape(value), beginning(value)])
            guard depth < 2, let fields = value as? [String: Any] else { return }
            for (key, field) in fields.sorted(by: { $0.key < $1.key }) {
                add(name.isEmpty ? key : "\(name).\(key)", field, depth: depth + 1)
            }
        }
        add("", value, depth: 0)
        let shown = rows.filter { !$0[0].isEmpty || rows.count == 1 }
        return shown.count > most ? Array(shown.prefix(most)) + [["...", "\(shown.count - most) more", ""]] : shown
    }

    private static func shape(_ value: Any) -> String {
        switch value {
        case let list as [Any]: "list of \(list.count)" + (list.first.map { " x \(shape($0))" } ?? "")
        case let fields as [String: Any]: "\(fields.count) fields"
        case is String: "text"
        case is NSNull: "null"
        default: "number"
        }
    }

    private static func beginning(_ value: Any) -> String {
        switch value {
        case is [Any], is [String: Any], is NSNull: ""
        default: String("\(value)".prefix(60))
        }
    }
}

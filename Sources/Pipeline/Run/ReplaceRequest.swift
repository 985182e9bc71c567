import AudioCore
import Files
import Foundation

/// A voice for a speaker; without a speaker, for the one who talks most.
public struct VoiceChoice: Sendable, Codable, Equatable {
    public var speaker: SpeakerID?
    public var voice: String

    public init(speaker: SpeakerID?, voice: String) {
        self.speaker = speaker
        self.voice = voice
    }

    /// - Parameter argument: "[speaker=]voice".
    /// - Throws: `AudioError` of kind `.unavailable` where the voice is a recording of a person.
    public init(argument: String) throws {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let voice = parts[parts.count - 1]
        guard !voice.isEmpty, parts.count == 1 || !parts[0].isEmpty else {
            throw AudioError(
                .usage, operation: "understand", subject: "--voice \(argument)", cause: "a name is missing",
                mend: "write --voice jf_alpha or --voice Speaker_A=jf_alpha")
        }
        guard !Self.isRecording(voice) else {
            throw AudioError(
                .unavailable, operation: "speak with", subject: voice,
                cause: "it is a recording, and here only voices with a name are spoken with",
                mend: "make a voice of it first with `hyperaudio voices fit`")
        }
        self.init(speaker: parts.count == 2 ? SpeakerID(parts[0]) : nil, voice: voice)
    }

    /// The speaker and the path where a voice is named by a recording of a person: "[speaker=]path".
    public static func recording(in argument: String) -> (speaker: SpeakerID?, path: String)? {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 1 || !parts[0].isEmpty, isRecording(parts[parts.count - 1]) else { return nil }
        return (parts.count == 2 ? SpeakerID(parts[0]) : nil, parts[parts.count - 1])
    }

    private static func isRecording(_ voice: String) -> Bool {
        voice.contains("/") || voice.contains(".") || FileManager.default.fileExists(atPath: voice)
    }
}

/// What is known about a programme before it is heard.
public struct ProgrammeKnowledge: Sendable, Codable, Equatable {
    public var speakerCount: Int?
    /// ISO 639-1; nil: found out.
    public var language: String?
    /// Names and terms that occur.
    public var prompt: String?

    public init(speakerCount: Int? = nil, language: String? = nil, prompt: String? = nil) {
        self.speakerCount = speakerCount
        self.language = language
        self.prompt = prompt
    }

    /// Refuses a language that is not known before any work is done.
    /// - Parameters:
    ///   - languages: asked only where a language was named.
    ///   - limit: the beginning of half a sentence that the languages end: "new voices speak only".
    func checkLanguage(among languages: () throws -> [String], operation: String, limit: String) throws {
        guard let language else { return }
        let known = try languages()
        guard !known.contains(language) else { return }
        throw AudioError(
            .usage, operation: operation, subject: "in \"\(language)\"",
            cause: "\(limit) \(known.joined(separator: ", "))", mend: "give one of these, or leave --language out")
    }
}

/// The main job: whose voice becomes which, and how.
public struct ReplaceRequest: Sendable {
    public var input: URL
    public var voices: [VoiceChoice]
    /// nil: `<name>.<voice>.<extension>` beside the input.
    public var output: URL?
    /// FLAC, whatever the input was.
    public var isExact: Bool
    public var overwrites: Bool
    public var knowledge: ProgrammeKnowledge
    /// nil: as the runner's options say.
    public var overlap: VoiceSynthesizerOptions.Overlap?
    public var pitch: PitchTransfer.Register?
    public var uncertain: VoiceSynthesizerOptions.Uncertain?
    /// How the statement of what is synthetic is left behind.
    public var provenance = ProvenanceRequest()

    public init(
        input: URL, voices: [VoiceChoice], output: URL?, isExact: Bool, overwrites: Bool,
        knowledge: ProgrammeKnowledge, overlap: VoiceSynthesizerOptions.Overlap? = nil,
        pitch: PitchTransfer.Register? = nil, uncertain: VoiceSynthesizerOptions.Uncertain? = nil
    ) {
        self.input = input
        self.voices = voices
        self.output = output
        self.isExact = isExact
        self.overwrites = overwrites
        self.knowledge = knowledge
        self.overlap = overlap
        self.pitch = pitch
        self.uncertain = uncertain
    }

    /// How the new voice speaks: what was asked for, over what is usual.
    func options(over usual: VoiceSynthesizerOptions) -> VoiceSynthesizerOptions {
        var options = usual
        options.overlap = overlap ?? options.overlap
        options.pitch = pitch ?? options.pitch
        options.uncertain = uncertain ?? options.uncertain
        return options
    }

    /// Extensions the program can write.
    static let writable: Set<String> = ["wav", "aiff", "flac", "mp3", "m4a", "opus", "ogg"]

    /// Where the output goes.
    public var destination: URL {
        if let output { return output }
        let voice = voices.map(\.voice).joined(separator: "+")
        let old = input.pathExtension.lowercased()
        let new = isExact ? "flac" : Self.writable.contains(old) ? old : "flac"
        let name = input.deletingPathExtension().lastPathComponent
        return input.deletingLastPathComponent().appendingPathComponent("\(name).\(voice).\(new)")
    }

    /// Refuses what cannot be written before any work is done.
    func check() throws {
        let target = destination
        guard Self.writable.contains(target.pathExtension.lowercased()) else {
            throw AudioError(
                .usage, operation: "write", subject: target.path, cause: "its extension names no format known here",
                mend: "use one of .\(Self.writable.sorted().joined(separator: ", ."))")
        }
        guard !isExact || ["flac", "wav", "aiff"].contains(target.pathExtension.lowercased()) else {
            throw AudioError(
                .usage, operation: "write", subject: target.path, cause: "--exact needs a lossless format",
                mend: "use .flac, .wav or .aiff, or leave --exact out")
        }
        guard target.resolvingSymlinksInPath() != input.resolvingSymlinksInPath() else {
            throw AudioError(
                .cannotCreate, operation: "write", subject: target.path, cause: "it is the input itself",
                mend: "give another name with -o")
        }
        do { try CreationTrial.run(target) } catch let error as FileError {
            throw AudioError(
                .cannotCreate, operation: "write", subject: target.path, cause: error.cause,
                mend: "choose another place with -o")
        }
    }
}

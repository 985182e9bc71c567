import AudioCore
import Files
import Foundation

/// What is to be analysed, and how.
public struct VoiceAnalysisRequest: Sendable {
    /// Whom; an id or a name; nil: everybody.
    public var speaker: String?
    /// True: the recording is one voice alone: nothing is separated, nobody is looked for, no words are written down.
    public var isOneVoice: Bool
    /// Takes every 10 ms, in order of time within a turn.
    public var moments: (@Sendable (VoiceAnalysis.Moment) throws -> Void)?

    public init(
        speaker: String? = nil, isOneVoice: Bool = false,
        moments: (@Sendable (VoiceAnalysis.Moment) throws -> Void)? = nil
    ) {
        self.speaker = speaker
        self.isOneVoice = isOneVoice
        self.moments = moments
    }
}

extension PipelineRunner {
    /// How the people of a programme speak.
    public func voiceAnalysis(
        of input: URL, knowledge: ProgrammeKnowledge, request: VoiceAnalysisRequest
    ) async throws -> VoiceAnalysis {
        if !request.isOneVoice { try checkTranscribed(knowledge) }
        return try await work(on: input, knowledge: knowledge) { try $0.analysed(request) }
    }

    /// The same of a run that was made before.
    public func voiceAnalysis(in folder: URL, request: VoiceAnalysisRequest) async throws -> VoiceAnalysis {
        try await work(in: folder) { try $0.analysed(request) }
    }
}

extension ProgrammeRun {
    func analysed(_ request: VoiceAnalysisRequest) throws -> VoiceAnalysis {
        let before = try preprocessed()
        guard !request.isOneVoice else {
            let reader = try WaveReader(before.file(before.product.analysis))
            return try VoiceAnalysisSurvey(
                reader: reader, programme: .oneVoice(seconds: reader.seconds), phonemizer: nil, request: request,
                check: interruption.check
            ).analysis(of: input, source: .recording)
        }
        let separated = try separated()
        guard try !diarized().product.diarization.turns.isEmpty else {
            throw AudioError(
                .badData, operation: "analyse", subject: input.lastPathComponent, cause: "nobody speaks in it",
                mend: "check that it is the right file, or give --one-voice where it is one voice and nothing else")
        }
        let edited = try edited()
        if let speaker = request.speaker { _ = try edited.speaker(speaker) }
        return try VoiceAnalysisSurvey(
            reader: WaveReader(separated.file(separated.product.vocals16k)), programme: edited,
            phonemizer: engines.phonemizer(), request: request, check: interruption.check
        ).analysis(of: input, source: .vocals)
    }
}

extension EditedProgramme {
    /// A recording in which one person speaks, in stretches of half a minute.
    fileprivate static func oneVoice(seconds: Double) throws -> EditedProgramme {
        let speaker = SpeakerID(index: 0)
        let count = max(1, Int((seconds / 30).rounded()))
        let length = seconds / Double(count)
        let spans = (0..<count).map {
            TimeSpan(start: Double($0) * length, end: $0 == count - 1 ? seconds : Double($0 + 1) * length)
        }
        let passages = spans.enumerated().map { index, span in
            Passage(id: index, speaker: speaker, span: span, language: "", words: [])
        }
        let turn = SpeakerTurn(speaker: speaker, span: TimeSpan(start: 0, end: seconds), confidence: 1)
        return try EditedProgramme(
            transcript: Transcript(language: "", passages: passages), diarization: Diarization(turns: [turn]))
    }
}

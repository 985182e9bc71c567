import AudioCore
import Foundation

/// What a voice is to be made of.
public struct VoiceFitRequest: Sendable {
    public var name: String
    /// Of one person; others may be heard in them too.
    public var recordings: [URL]
    /// Who it is in the first recording; nil: who speaks most.
    public var speaker: SpeakerID?
    public var consent: ConsentClaim
    public var knowledge: ProgrammeKnowledge
    /// What is known of the stock voices.
    public var measures: VoiceMeasureCache
    /// The stock voice to begin from; nil: the nearest one.
    public var base: String?
    /// A folder that takes the sounds the judges compare; nil: they are not kept.
    public var sounds: URL?

    public init(
        name: String, recordings: [URL], speaker: SpeakerID?, consent: ConsentClaim,
        measures: VoiceMeasureCache, knowledge: ProgrammeKnowledge = ProgrammeKnowledge(), base: String? = nil,
        sounds: URL? = nil
    ) {
        self.name = name
        self.recordings = recordings
        self.speaker = speaker
        self.consent = consent
        self.knowledge = knowledge
        self.measures = measures
        self.base = base
        self.sounds = sounds
    }
}

extension PipelineRunner {
    /// Makes a voice of a person's recording.
    /// - Throws: `AudioError` of kind `.notPermitted` where the consent is none, of `.badData` where the voice would be no
    ///   nearer to the person than the stock voice.
    public func fitVoice(_ request: VoiceFitRequest) async throws -> FittedVoice {
        try FittedVoiceLibrary.check(name: request.name)
        try request.consent.check()
        let base = try request.base.map { try VoiceFitting.voice(named: $0, of: engines.stockVoices()) }
        var reference: VoiceReference?
        for recording in request.recordings {
            let (known, seconds) = (reference?.print, reference?.seconds ?? 0)
            if seconds >= VoiceReference.enoughSeconds { break }
            let found = try await work(on: recording, knowledge: request.knowledge) { run in
                try VoiceReferenceFinder(run: run).reference(
                    wanted: known == nil ? request.speaker : nil, known: known)
            }
            reference = reference?.joined(with: found) ?? found
        }
        guard let reference, reference.seconds >= VoiceReference.leastSeconds else {
            throw AudioError(
                .badData, operation: "fit a voice to",
                subject: request.recordings.map(\.lastPathComponent).joined(separator: ", "),
                cause: "it holds only \(Int(reference?.seconds ?? 0)) s of clear speech of one person alone",
                mend: "give a recording of at least ten seconds; a minute is better")
        }
        let interruption = Interruption()
        return try await onOwnThread {
            interruption.trip()
            engines.terminate()
        } _: {
            do { return try fitted(request, from: base, to: reference, interruption) } catch {
                let reason: any Error = interruption.wasTripped ? CancellationError() : error
                throw reason
            }
        }
    }

    private func fitted(
        _ request: VoiceFitRequest, from base: Voice?, to reference: VoiceReference, _ interruption: Interruption
    ) throws -> FittedVoice {
        let embedder = try engines.embedder()
        guard let sample = try embedder.voicePrint(ofSpeech: reference.speech(reference.utterances.indices)) else {
            throw AudioError(
                .badData, operation: "fit a voice to", subject: request.name, cause: "there is too little speech")
        }
        let consent = try request.consent.verified(sample: sample, embedder: embedder) { file in
            try statement(file, rate: embedder.sampleRate)
        } write: { samples in
            try words(of: samples, language: request.knowledge.language)
        }
        let meter = CostMeter(modelTimes: engines.modelTimes)
        events(.started(.synthesizer))
        let voice = try VoiceFitting(
            engines: engines, reference: reference, measures: request.measures, wanted: base,
            sounds: request.sounds,
            notice: { events(.notice($0)) },
            progress: { fraction in
                events(.progress(.synthesizer, fraction))
                try interruption.check()
            }
        ).fit(name: request.name, consent: consent)
        let cost = meter.cost
        events(
            .finished(
                StageTiming(
                    stage: .synthesizer, seconds: cost.seconds,
                    realTimeFactor: cost.seconds / max(1e-9, reference.seconds),
                    peakMemoryBytes: cost.peakMemoryBytes, models: cost.models, cached: false)))
        return voice
    }

    /// Of a longer statement only so much is heard.
    private static let mostStatementSeconds = 120.0

    /// A recorded statement, mono.
    private func statement(_ file: URL, rate: Int) throws -> [Float] {
        let source = try engines.media.open(file)
        let most = Int(Self.mostStatementSeconds * Double(source.format.sampleRate))
        var samples: [Float] = []
        while samples.count < most, let block = try source.read() { samples += block.mid }
        return try engines.media.resample(
            Array(samples.prefix(most)), from: source.format.sampleRate, to: rate)
    }

    private func words(of samples: [Float], language: String?) throws -> String {
        let transcriber = try engines.transcriber()
        let piece = Int(transcriber.longestSeconds * Double(transcriber.sampleRate))
        return try stride(from: 0, to: samples.count, by: piece).flatMap { start in
            try transcriber.recognize(
                Array(samples[start..<min(samples.count, start + piece)]),
                options: RecognitionOptions(language: language)
            ).words.map(\.text)
        }.joined(separator: " ")
    }
}

extension PipelineRunner {
    /// The same runner, which knows further fitted voices by their names.
    /// - Parameter strength: how far these go, 0...1.
    public func speaking(with voices: [FittedVoice], strength: Double) -> PipelineRunner {
        guard !voices.isEmpty else { return self }
        let known = Dictionary(voices.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var engines = engines
        let (stock, fitted) = (engines.voice, engines.fittedVoice)
        engines.voice = { name in
            guard let voice = known[name] else { return try stock(name) }
            return try voice.voice(base: stock(voice.base.name), strength: strength)
        }
        engines.fittedVoice = { try known[$0] ?? fitted($0) }
        return PipelineRunner(
            engines: engines, options: options, workFolder: workFolder, startsAfresh: startsAfresh, memory: memory,
            maker: maker, events: events)
    }
}

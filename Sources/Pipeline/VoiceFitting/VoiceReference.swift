import AudioCore
import Files
import Foundation

/// Clean speech of one person with its words: what a voice is fitted to.
struct VoiceReference: Sendable {
    /// A few seconds said in one go.
    struct Utterance: Sendable {
        /// As the programme holds it, and the speech alone, 16 kHz.
        var material: SynthesisMaterial
        /// What the timbre is learnt from, mono, 24 kHz.
        var samples: [Float]
        /// Times in the programme.
        var words: [Word]
        var language: String

        var seconds: Double { material.seconds }
        /// Mean confidence of the words, 0...1.
        var confidence: Double { words.reduce(0) { $0 + $1.confidence } / Double(max(1, words.count)) }
    }

    var utterances: [Utterance]
    /// One of each recording.
    var recordings: [FittedVoice.Recording]
    /// The diarizer's print of the person in the first recording.
    var print: [Float]?

    var seconds: Double { utterances.reduce(0) { $0 + $1.seconds } }

    /// Speech as it was recorded, 16 kHz, utterance after utterance.
    func speech(_ indices: some Sequence<Int>) -> [Float] { indices.flatMap { utterances[$0].material.raw } }

    /// With what another recording holds of the same person.
    func joined(with other: VoiceReference) -> VoiceReference {
        VoiceReference(
            utterances: utterances + other.utterances, recordings: recordings + other.recordings, print: print)
    }

    /// ln F0 of what is voiced.
    var pitchLogs: [Double] {
        utterances.flatMap { $0.material.pitchHertz.filter { $0 > 0 }.map { log(Double($0)) } }
    }

    /// More than this is not asked for.
    static let enoughSeconds = 75.0
    /// Less than this says too little of a voice.
    static let leastSeconds = 6.0
}

/// Finds clean speech of one person in a programme.
struct VoiceReferenceFinder {
    let run: ProgrammeRun

    private static let longestSeconds = 14.0
    private static let shortestSeconds = 2.0
    /// With less speech than this in all, utterances are cut shorter, so that some can be kept apart.
    private static let scarceSeconds = 25.0
    private static let scarceLongestSeconds = 5.0
    private static let leastConfidence = 0.5

    /// - Parameters:
    ///   - wanted: whom; nil: see `known`.
    ///   - known: a print of the person from another recording: the speaker most like it; nil: who speaks most.
    func reference(wanted: SpeakerID?, known: [Float]?) throws -> VoiceReference {
        let diarization = try run.diarized().product.diarization
        let speaker = try self.speaker(wanted, known: known, in: diarization)
        let transcript = try run.recognized().product.transcript
        let solo = diarization.seconds(of: speaker)
        var utterances = try self.utterances(
            of: speaker, transcript, diarization,
            longest: solo < Self.scarceSeconds ? Self.scarceLongestSeconds : Self.longestSeconds)
        // The clearest first; among equals the longest.
        utterances.sort {
            let (a, b) = ((10 * $0.confidence).rounded(), (10 * $1.confidence).rounded())
            return a != b ? a > b : $0.seconds > $1.seconds
        }
        var taken: [VoiceReference.Utterance] = []
        var seconds = 0.0
        for utterance in utterances where seconds + utterance.seconds <= VoiceReference.enoughSeconds {
            taken.append(utterance)
            seconds += utterance.seconds
        }
        taken.sort { $0.material.span.start < $1.material.span.start }
        return VoiceReference(
            utterances: try taken.map { try filled($0, speaker, diarization) },
            recordings: [
                .init(
                    name: run.input.lastPathComponent, digest: run.folder.inputDigest, speaker: speaker,
                    seconds: seconds)
            ],
            print: diarization.voicePrints[speaker])
    }

    private func speaker(_ wanted: SpeakerID?, known: [Float]?, in diarization: Diarization) throws -> SpeakerID {
        let listing = try run.listing(withWords: false)
        let name = run.input.lastPathComponent
        guard let most = listing.speakers.max(by: { $0.seconds < $1.seconds }) else {
            throw AudioError(
                .badData, operation: "fit a voice to", subject: name, cause: "nobody speaks in it",
                mend: "check that it is the right file")
        }
        if let wanted {
            guard let found = listing.speakers.first(where: { $0.id == wanted || $0.name == wanted.name }) else {
                throw AudioError(
                    .usage, operation: "fit a voice to", subject: wanted.name,
                    cause: "no speaker of \(name) has that name; there are \(listing.sentence)",
                    mend: "choose one of these")
            }
            return found.id
        }
        if let known {
            let best = diarization.voicePrints.map { (speaker: $0.key, cosine: Self.cosine($0.value, known)) }
                .max { $0.cosine < $1.cosine }
            guard let best, best.cosine >= ConsentClaim.samePersonCosine else {
                throw AudioError(
                    .badData, operation: "fit a voice to", subject: name,
                    cause: "nobody in it sounds like the person of the first recording",
                    mend: "give recordings of one person, or leave this one out")
            }
            return best.speaker
        }
        if listing.speakers.count > 1 {
            run.events(
                .notice(
                    "\(name): \(most.id) talks most (\(Int((100 * most.share).rounded())) % of the speech); "
                        + "choose another with --speaker: \(listing.sentence)."))
        }
        return most.id
    }

    private static func cosine(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    /// What the speaker says alone, cut in pauses, without its samples at 24 kHz.
    private func utterances(
        of speaker: SpeakerID, _ transcript: Transcript, _ diarization: Diarization, longest: Double
    ) throws -> [VoiceReference.Utterance] {
        let (before, separated) = try (run.preprocessed(), run.separated())
        // Whose styles they are does not matter: nothing is spoken here.
        let nobody = Voice(name: "", styles: Matrix(rows: 0, columns: 0), digest: "")
        let sources = SynthesisSources(
            transcript: transcript, diarization: diarization,
            analysis: try WaveReader(before.file(before.product.analysis)),
            vocals: try WaveReader(separated.file(separated.product.vocals16k)), voices: [speaker: nobody])
        let planner = SynthesisPlanner(
            sources: sources,
            options: VoiceSynthesizerOptions(shortOverlapSeconds: 0, longestChunkSeconds: longest))
        let channel = sources.channel(of: speaker)
        let phonemizer = try run.engines.phonemizer()
        return try transcript.passages.filter { $0.speaker == speaker }.flatMap { passage in
            guard phonemizer.languages.contains(passage.language) else { return [VoiceReference.Utterance]() }
            return try planner.chunks(of: passage).compactMap { chunk in
                guard chunk.treatment == .speak, chunk.span.seconds >= Self.shortestSeconds,
                    sources.others(than: speaker, in: chunk.span).isEmpty
                else { return nil }
                let material = SynthesisMaterial(
                    span: chunk.span, raw: try sources.samples(of: sources.analysis, chunk.span, channel: channel),
                    vocals: try sources.samples(of: sources.vocals, chunk.span, channel: channel),
                    sampleRate: sources.vocals.sampleRate)
                let utterance = VoiceReference.Utterance(
                    material: material, samples: [], words: Array(passage.words[chunk.words]),
                    language: passage.language)
                return utterance.confidence >= Self.leastConfidence ? utterance : nil
            }
        }
    }

    /// With its samples: the programme's, or the speech alone where the rest is loud.
    private func filled(
        _ utterance: VoiceReference.Utterance, _ speaker: SpeakerID, _ diarization: Diarization
    ) throws -> VoiceReference.Utterance {
        let (before, separated) = try (run.preprocessed(), run.separated())
        let reader = try WaveReader(
            utterance.material.hasLoudBed
                ? separated.file(separated.product.vocals) : before.file(before.product.programme))
        let (span, rate) = (utterance.material.span, Double(reader.sampleRate))
        let start = Int((span.start * rate).rounded())
        let range = start..<max(start, Int((span.end * rate).rounded()))
        let channel = diarization.channels[speaker].flatMap { $0 < reader.channelCount ? $0 : nil }
        let samples = try channel.map { try reader.read(range)[$0] } ?? reader.readMid(range)
        var utterance = utterance
        utterance.samples = try run.engines.media.resample(
            samples, from: reader.sampleRate, to: TimbreSpectrum.sampleRate)
        return utterance
    }
}

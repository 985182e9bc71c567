import AudioCore
import Files
import Foundation

/// The main job: from the words to the new programme and its report.
extension ProgrammeRun {
    /// Counts up when the same piece would come out differently.
    private static let synthesizerVersion = 8

    func replace(_ request: ReplaceRequest) throws -> Report {
        try refuseToOverwrite(request)
        let voices = try voices(request)
        try refuseUnmarked(request)
        // A key that cannot be read is told before any work is done.
        let key = try request.provenance.signingKey.map(SigningKey.init)
        let listing = try listing(withWords: true)
        let casting = try VoiceCasting(request.voices, among: listing)
        if let notice = casting.notice { events(.notice(notice)) }
        let edited = try edited()
        for (speaker, voice) in casting.voices.sorted(by: { $0.key < $1.key }) {
            let languages = Set(edited.transcript.passages.filter { $0.speaker == speaker }.map(\.language))
            if let accent = voices[voice]?.accentNotice(speaking: languages) { events(.notice(accent)) }
        }
        let synthesized = try synthesized(request, edited, casting: casting, voices: voices)
        let basis = try basis(request, edited, casting: casting, voices: voices)
        let reconstructed = try reconstructed(edited, synthesized, basis: basis)
        let statement = try statement(request, synthesized.product, reconstructed.product)
        let written = try written(request, statement: statement, reconstructed: reconstructed)
        let measured = try measured(
            edited, synthesized: synthesized, reconstructed: reconstructed, written: written, voices: voices)
        let report = try ReportAssembly(
            run: self, edited: edited, edits: folder.edits.changes, casting: casting, synthesized: synthesized.product,
            reconstructed: reconstructed,
            written: written.product, measured: measured.product, destination: request.destination,
            results: [
                .preprocessor: preprocessed().key, .separator: separated().key, .diarizer: diarized().key,
                .recognizer: recognized().key, .synthesizer: synthesized.key, .reconstructor: reconstructed.key,
                .output: written.key, .report: measured.key,
            ]
        ).report()
        try deliver(written, to: request)
        try deliver(statement, of: written.product, to: request, key: key)
        try folder.write(report, to: "report.json")
        let publisher = ReportPublisher(report, in: folder, media: engines.media)
        try publisher.refreshPage { _ in try interruption.check() }
        events(.notice("Every turn can be heard and seen in \(publisher.page.path)"))
        return report
    }

    private func voices(_ request: ReplaceRequest) throws -> [String: Voice] {
        try Dictionary(
            request.voices.map { ($0.voice, try engines.voice($0.voice)) }, uniquingKeysWith: { first, _ in first })
    }

    func listing(withWords: Bool) throws -> SpeakerListing {
        let diarized = try diarized()
        // Where nobody speaks there is nothing to write down.
        let hasSpeech = !diarized.product.diarization.turns.isEmpty
        guard hasSpeech, try withWords || !folder.edits.changes.isEmpty else {
            return SpeakerListing(diarized.product.diarization, transcript: nil, names: [:], folder: diarized.folder)
        }
        let edited = try edited()
        var listing = SpeakerListing(
            edited.diarization, transcript: withWords ? edited.transcript : nil, names: edited.names,
            folder: diarized.folder)
        if edited.diarization != diarized.product.diarization {
            listing.rttm = folder.url.appendingPathComponent("diarization.rttm")
            let name = input.deletingPathExtension().lastPathComponent
            let entries = edited.diarization.turns.map { turn in
                RTTM.Entry(
                    file: name, channel: (edited.diarization.channels[turn.speaker] ?? 0) + 1,
                    speaker: turn.speaker.name, span: turn.span)
            }
            try WholeFolder.write(Data(RTTM.text(entries).utf8), to: listing.rttm)
        }
        return listing
    }

    /// Who speaks when and what, with a person's changes in it.
    func edited() throws -> EditedProgramme {
        try EditedProgramme(
            transcript: recognized().product.transcript, diarization: diarized().product.diarization,
            edits: folder.edits.changes, subject: folder.url.appendingPathComponent("edits.json").path)
    }

    /// What the stages after the speech heed of a person's changes: who speaks when, and what stays. Empty where nothing
    /// of it was changed.
    private func digest(_ edited: EditedProgramme) throws -> String {
        let diarization = try diarized().product.diarization
        guard edited.diarization != diarization || !edited.kept.isEmpty else { return "" }
        return Digest.of(try CanonicalJSON.encode(edited.diarization) + CanonicalJSON.encode(edited.kept))
    }

    // MARK: New speech

    /// The new speech by itself.
    func spoken(_ request: ReplaceRequest) throws -> Checkpoint<[Replacement]> {
        if let found = try played?.found(.synthesizer, as: [Replacement].self) { return found }
        let casting = try VoiceCasting(request.voices, among: listing(withWords: false))
        return try synthesized(request, edited(), casting: casting, voices: voices(request))
    }

    /// What the new voices are fitted by: the programme as it was first heard, where a person changed it since. Its speech
    /// is nearly always there already.
    private func basis(
        _ request: ReplaceRequest, _ edited: EditedProgramme, casting: VoiceCasting, voices: [String: Voice]
    ) throws -> (programme: EditedProgramme, speech: Checkpoint<[Replacement]>)? {
        let edits = try folder.edits
        guard edits.changes != edits.basis ?? [] else { return nil }
        var programme = try EditedProgramme(
            transcript: recognized().product.transcript, diarization: diarized().product.diarization)
        let found = programme
        do { for edit in edits.basis ?? [] { try programme.apply(edit) } } catch is EditedProgramme.Fault {
            // It belongs to another transcript: nobody has heard this one yet.
            programme = found
        }
        let speech = try synthesized(request, programme, casting: casting, voices: voices, refuses: false)
        return (programme, speech)
    }

    /// - Parameter refuses: false where nothing need be speakable.
    private func synthesized(
        _ request: ReplaceRequest, _ programme: EditedProgramme, casting: VoiceCasting, voices: [String: Voice],
        refuses: Bool = true
    ) throws -> Checkpoint<[Replacement]> {
        let (before, separated) = try (preprocessed(), separated())
        let options = request.options(over: options.synthesizer)
        let stage = VoiceSynthesizer(
            synthesizer: try engines.synthesizer(), phonemizer: try engines.phonemizer(),
            features: try engines.phoneticFeatures(), options: options, others: try engines.others(for: voices.values))
        let sources = SynthesisSources(
            programme: programme, found: try diarized().product.diarization,
            analysis: try WaveReader(before.file(before.product.analysis)),
            vocals: try WaveReader(separated.file(separated.product.vocals16k)),
            voices: casting.voices.compactMapValues { voices[$0] })
        let pieces = try stage.pieces(of: sources, refuses: refuses) { _ in try interruption.check() }
        let keys = try pieces.map { piece in
            try key(of: .synthesizer, version: Self.synthesizerVersion, options: piece, upstream: []).digest
        }
        return try result(of: .synthesizer, version: Self.synthesizerVersion, options: keys, upstream: []) {
            home, progress in
            // A result in a cache holds everything that belongs to it.
            if let played {
                try played.describe(options)
                return try stage.run(pieces, from: sources, in: home, progress: progress)
            }
            let total = max(1e-9, pieces.reduce(0) { $0 + $1.span.seconds })
            var done = 0.0
            return try zip(pieces, keys).map { piece, key in
                try progress(done / total)
                done += piece.span.seconds
                let made: Checkpoint<Replacement> = try folder.result(
                    of: .synthesizer, key: key, modelTimes: engines.modelTimes
                ) { draft in
                    try stage.synthesize(piece, from: sources, in: draft)
                }
                var replacement = made.product
                // Pieces lie beside the stage's own folder.
                replacement.speech = replacement.speech.map { "../\(key)/\($0)" }
                return replacement
            }
        }
    }

    // MARK: The new programme

    func reconstructed(
        _ edited: EditedProgramme, _ synthesized: Checkpoint<[Replacement]>,
        basis: (programme: EditedProgramme, speech: Checkpoint<[Replacement]>)? = nil
    ) throws -> Checkpoint<AudioReconstruction> {
        let (before, separated, diarized) = try (preprocessed(), separated(), diarized())
        let options = options.reconstructor
        var upstream = [before.key, separated.key, diarized.key, synthesized.key]
        var edits = try digest(edited)
        var ground: ReconstructionBasis?
        // Where the two are the same, one is enough.
        if let basis, try basis.speech.key != synthesized.key || digest(basis.programme) != edits {
            upstream.append(basis.speech.key)
            edits += " after " + (try digest(basis.programme))
            ground = ReconstructionBasis(
                diarization: basis.programme.diarization, kept: basis.programme.kept,
                replacements: basis.speech.product, speechFolder: basis.speech.folder)
        }
        return try result(of: .reconstructor, version: 5, options: options, upstream: upstream, edits: edits) {
            folder, progress in
            try AudioReconstructor(media: engines.media, options: options).run(
                programme: before.file(before.product.programme),
                vocals: separated.file(separated.product.vocals), diarization: edited.diarization, kept: edited.kept,
                replacements: synthesized.product, speechFolder: synthesized.folder, basis: ground, in: folder,
                progress: progress)
        }
    }

    /// Encodes the programme; the encoded file is kept, so that what is delivered twice is the same twice.
    private func written(
        _ request: ReplaceRequest, statement: ProvenanceStatement, reconstructed: Checkpoint<AudioReconstruction>
    ) throws -> Checkpoint<WrittenProgramme> {
        let tags = try statement.tags
        let options =
            [request.destination.pathExtension.lowercased()]
            + tags.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return try result(of: .output, version: 2, options: options, upstream: [reconstructed.key]) { draft, progress in
            try ProgrammeWriter(media: engines.media).write(
                reconstructed.folder.appendingPathComponent(reconstructed.product.programme), original: input,
                to: draft.appendingPathComponent("programme." + request.destination.pathExtension.lowercased()),
                tags: tags, progress: progress)
        }
    }

    private func refuseToOverwrite(_ request: ReplaceRequest) throws {
        guard !request.overwrites, FileManager.default.fileExists(atPath: request.destination.path) else { return }
        // A file that this programme's run made is no loss: it can be made again.
        let home = folder.url.appendingPathComponent("stages/\(StageName.output.rawValue)")
        let results = (try? FileManager.default.contentsOfDirectory(at: home, includingPropertiesForKeys: nil)) ?? []
        let made = results.compactMap { folder.finished(in: $0, as: WrittenProgramme.self)?.sha256 }
        if try (made + [folder.report?.output.sha256]).contains(Digest.ofFile(request.destination)) { return }
        throw AudioError(
            .cannotCreate, operation: "write", subject: request.destination.path, cause: "the file exists",
            mend: "add --force to overwrite it, or give another name with -o")
    }

    private func deliver(_ written: Checkpoint<WrittenProgramme>, to request: ReplaceRequest) throws {
        let source = written.folder.appendingPathComponent(written.product.file)
        let target = request.destination
        let draft = CreationTrial.draft(of: target)
        do {
            try? FileManager.default.removeItem(at: draft)
            try FileManager.default.copyItem(at: source, to: draft)
            try WholeFolder.replace(target, by: draft)
        } catch {
            try? FileManager.default.removeItem(at: draft)
            throw AudioError(
                .inputOutput, operation: "write", subject: target.path, cause: FileError.reason(error),
                mend: "make room or choose another place with -o; the finished work is kept")
        }
    }

    // MARK: Measuring

    private func measured(
        _ edited: EditedProgramme, synthesized: Checkpoint<[Replacement]>,
        reconstructed: Checkpoint<AudioReconstruction>,
        written: Checkpoint<WrittenProgramme>, voices: [String: Voice]
    ) throws -> Checkpoint<Measurement> {
        let (before, separated) = try (preprocessed(), separated())
        let upstream = [synthesized.key, reconstructed.key, written.key]
        return try result(
            of: .report, version: 2, options: options.report.changes, upstream: upstream, edits: digest(edited)
        ) { _, progress in
            let material = try MeasuredMaterial(
                programme: before.file(before.product.programme),
                analysis: before.file(before.product.analysis),
                vocals: separated.file(separated.product.vocals16k),
                output: reconstructed.folder.appendingPathComponent(reconstructed.product.programme),
                written: written.product.isLossless ? written.folder.appendingPathComponent(written.product.file) : nil,
                speechFolder: synthesized.folder, diarization: edited.diarization)
            return try ReportMeasurer(
                engines: engines, material: material, voices: voices, transcript: edited.transcript,
                options: options.report
            ).measure(synthesized.product, reconstructed.product, progress: progress)
        }
    }
}

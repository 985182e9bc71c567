import AudioCore

/// How like the new voice's own plain speech, and how unlike the old speaker, each turn sounds to an encoder that took
/// no part in making it. Encoders need length: turns are compared in blocks of 20 s and more where there is that much.
struct VoiceLikeness {
    /// In the order of the replacements.
    let similarities: [Report.Similarity?]
    /// [voice: samples].
    let plain: [String: [Float]]

    private static let blockSeconds = 20.0

    /// What a voice that was made from a recording is compared with instead of its own plain speech.
    struct Person {
        /// The recording's print by the embedder, unit vector.
        var print: [Float]
        /// What two pieces of the recording score.
        var samePerson: Double?
    }

    /// - Parameters:
    ///   - excerpt: old and new speech of a replacement; nil for one that stayed the original.
    ///   - people: of voices made from recordings, by voice.
    init(
        replacements: [Replacement], excerpt: (Replacement) throws -> Excerpt?, material: MeasuredMaterial,
        embedder: any SpeakerEmbedder, plain: [String: [Float]], people: [String: Person] = [:],
        progress: (Double) throws -> Void
    ) throws {
        self.plain = plain
        let speakers = material.diarization.speakers
        var oldPrints: [SpeakerID: [Float]] = [:]
        for (index, speaker) in speakers.enumerated() {
            try progress(0.5 * Double(index) / Double(speakers.count))
            oldPrints[speaker] = try embedder.voicePrint(
                ofSpeech: Self.speech(of: speaker, material: material))
        }
        let plainPrints = try plain.compactMapValues { try embedder.voicePrint(ofSpeech: $0) }
        let halves = try plain.compactMapValues { samples -> Double? in
            guard samples.count > 16 * embedder.sampleRate else { return nil }
            let middle = samples.count / 2
            guard let first = try embedder.voicePrint(ofSpeech: Array(samples[..<middle])),
                let second = try embedder.voicePrint(ofSpeech: Array(samples[middle...]))
            else { return nil }
            return embedder.likeness(first, second)
        }
        var similarities = [Report.Similarity?](repeating: nil, count: replacements.count)
        for block in Self.blocks(replacements) {
            guard let first = block.first else { continue }
            try progress(0.5 + 0.5 * Double(first) / Double(replacements.count))
            let speech = try block.flatMap { index in
                try excerpt(replacements[index]).map { $0.spoken($0.new) } ?? []
            }
            let (speaker, voice) = (replacements[first].speaker, replacements[first].voice)
            guard let new = try embedder.voicePrint(ofSpeech: speech),
                let own = people[voice]?.print ?? plainPrints[voice],
                let old = oldPrints[speaker]
            else { continue }
            let strangers = oldPrints.filter { $0.key != speaker }.values.map { embedder.likeness($0, old) }
            let similarity = Report.Similarity(
                encoder: embedder.name, target: embedder.likeness(new, own),
                toRecording: people[voice] == nil ? nil : true, source: embedder.likeness(new, old),
                sameVoiceBaseline: people[voice].map(\.samePerson) ?? halves[voice],
                differentVoiceBaseline: strangers.isEmpty ? nil : strangers.reduce(0, +) / Double(strangers.count),
                seconds: Double(speech.count) / Double(embedder.sampleRate))
            for index in block { similarities[index] = similarity }
        }
        self.similarities = similarities
    }

    /// Runs of turns of one speaker that together are long enough; a short rest joins the block before it.
    private static func blocks(_ replacements: [Replacement]) -> [[Int]] {
        var blocks: [[Int]] = []
        let groups = Dictionary(grouping: replacements.indices.filter { Excerpt.exists(for: replacements[$0]) }) {
            replacements[$0].speaker
        }
        for (_, indices) in groups.sorted(by: { ($0.value.first ?? 0) < ($1.value.first ?? 0) }) {
            var block: [Int] = []
            var seconds = 0.0
            for index in indices {
                block.append(index)
                seconds += replacements[index].span.seconds
                guard seconds >= blockSeconds else { continue }
                blocks.append(block)
                block = []
                seconds = 0
            }
            guard !block.isEmpty else { continue }
            if let last = blocks.indices.last, replacements[blocks[last][0]].speaker == replacements[block[0]].speaker {
                blocks[last] += block
            } else {
                blocks.append(block)
            }
        }
        return blocks
    }

    /// Up to a minute of a speaker alone, denoised.
    private static func speech(of speaker: SpeakerID, material: MeasuredMaterial) throws -> [Float] {
        var samples: [Float] = []
        for span in material.solo(of: speaker).sorted(by: { $0.seconds > $1.seconds }) {
            let missing = 60 - Double(samples.count) / Double(material.vocals.sampleRate)
            guard missing > 0 else { break }
            let part = TimeSpan(start: span.start, end: min(span.end, span.start + missing))
            samples += try material.samples(material.vocals, part, of: speaker)
        }
        return samples
    }
}

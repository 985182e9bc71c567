import AudioCore
import Pipeline

/// Whom the new voice sounds like, and how natural it sounds.
///
/// A cosine means nothing by itself: beside it stand two halves of one voice (as like as can be), different people of
/// this programme, and the new voice without the room and microphone it was given on purpose (what the channel adds).
struct LikenessEvidence {
    private static let target = FigureKind("likeTarget", "like the new voice's plain speech", .number)
    private static let source = FigureKind("likeSource", "like the old speaker", .number)
    private static let sameOld = FigureKind("sameVoiceOld", "- the old speaker's halves", .number)
    private static let sameNew = FigureKind("sameVoiceNew", "- the plain speech's halves", .number)
    private static let strangers = FigureKind("differentVoices", "- different people of the programme", .number)
    private static let channel = FigureKind(
        "plainLikeSource", "- plain speech, without the room, like the old speaker", .number)
    private static let dry = FigureKind(
        "dryLikeSource", "- new speech before it got the room, like the old speaker", .number)
    private static let after = FigureKind("dnsmosAfter", "DNSMOS overall, output", .number)
    private static let before = FigureKind("dnsmosBefore", "DNSMOS overall, original", .number)
    private static let plainQuality = FigureKind("dnsmosPlain", "DNSMOS overall, plain voice", .number)
    private static let blockSeconds = 20.0

    let sound: ReplacedSound
    /// The new voice speaking by itself what it was given to say, at the judges' rate.
    let plain: [Float]
    let report: Report
    let embedder: any SpeakerEmbedder
    let quality: any QualityPredictor
    let check: () throws -> Void

    func evidence() throws -> [Evidence] {
        let new = ReplacedSound.cut(sound.new, sound.replacedAlone)
        let old = ReplacedSound.cut(sound.old, sound.solo)
        let blocks = try Self.blocks(new).compactMap { try print($0) }
        let own = try print(old)
        let own2 = try print(plain)
        func against(_ kind: FigureKind, _ other: [Float]?) -> Evidence {
            Evidence(
                kind, judge: embedder.name, groupedBy: "blocks of 20 s",
                values: other.map { other in blocks.map { [embedder.likeness($0, other)] } } ?? [])
        }
        let others = try sound.stems.filter { $0.key != sound.speaker }.sorted { $0.key < $1.key }
            .compactMap { try print(ReplacedSound.cut($0.value, sound.spoken[$0.key] ?? [])) }
        // The report's similarity is that of the speech as it was synthesized, block by block.
        let dryFigures = report.replacements.compactMap(\.similarity?.source)
        let figures: [Evidence?] = [
            against(Self.target, own2), against(Self.source, own),
            Evidence(Self.sameOld, judge: embedder.name, value: try halves(old)),
            Evidence(Self.sameNew, judge: embedder.name, value: try halves(plain)),
            own.map { own in
                Evidence(
                    Self.strangers, judge: embedder.name, groupedBy: "people",
                    values: others.map { [embedder.likeness($0, own)] })
            },
            Evidence(
                Self.channel, judge: embedder.name, value: own.flatMap { a in own2.map { embedder.likeness(a, $0) } }),
            Evidence(Self.dry, judge: embedder.name, groupedBy: "turns", values: dryFigures.map { [$0] }),
            try rated(Self.after, ReplacedSound.cut(sound.after, sound.replacedAlone)),
            try rated(Self.before, ReplacedSound.cut(sound.before, sound.replacedAlone)),
            try rated(Self.plainQuality, plain),
        ]
        return figures.compactMap { $0 }
    }

    private func rated(_ kind: FigureKind, _ samples: [Float]) throws -> Evidence? {
        try check()
        guard samples.count > quality.sampleRate else { return nil }
        return Evidence(kind, judge: "DNSMOS P.835", value: try quality.rate(samples).overall)
    }

    private func print(_ samples: [Float]) throws -> [Float]? {
        try check()
        return try embedder.voicePrint(ofSpeech: samples)
    }

    private func halves(_ samples: [Float]) throws -> Double? {
        guard samples.count > 16 * embedder.sampleRate else { return nil }
        let middle = samples.count / 2
        guard let a = try print(Array(samples[..<middle])), let b = try print(Array(samples[middle...])) else {
            return nil
        }
        return embedder.likeness(a, b)
    }

    /// Equal parts of at least 20 s; the whole where there is less.
    private static func blocks(_ samples: [Float]) -> [[Float]] {
        let count = max(1, Int(Double(samples.count) / Double(ReplacedSound.rate) / blockSeconds))
        return (0..<count).map {
            Array(samples[samples.count * $0 / count..<samples.count * ($0 + 1) / count])
        }
    }
}

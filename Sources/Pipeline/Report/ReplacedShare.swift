import AudioCore

/// How much of the chosen speakers' speech was replaced, and how tightly the spans hold it.
struct ReplacedShare {
    /// Of the speech that nobody overlaps, 0...1; nil where there is none.
    let replacedShare: Double?
    /// Seconds of spans for a second of replaced speech; nil where nothing was replaced.
    let spanShare: Double?

    /// Silences up to this long belong to the speech around them.
    private static let bridgedSeconds = 0.15
    /// A speaker may talk for hours: so much is looked at in one go.
    private static let pieceSeconds = 120.0

    /// - Parameter spans: samples of the programme that may differ.
    init(material: MeasuredMaterial, speakers: Set<SpeakerID>, spans: [Range<Int>]) throws {
        let rate = Double(material.input.sampleRate)
        let replaced = spans.map { TimeSpan(start: Double($0.lowerBound) / rate, end: Double($0.upperBound) / rate) }
        var soloSeconds = 0.0
        var replacedSolo = 0.0
        for speaker in speakers.sorted() {
            for stretch in material.solo(of: speaker) {
                for spoken in try Self.spoken(in: stretch, of: speaker, material: material) {
                    soloSeconds += spoken.seconds
                    replacedSolo += replaced.reduce(0) { $0 + $1.overlap(with: spoken) }
                }
            }
        }
        let spanSeconds = replaced.reduce(0) { $0 + $1.seconds }
        let spokenInSpans = try replaced.reduce(0) { total, span in
            let speaker = Self.speaker(in: span, among: speakers, material: material)
            let spoken = try speaker.map { try Self.spoken(in: span, of: $0, material: material) } ?? []
            return total + spoken.reduce(0) { $0 + $1.seconds }
        }
        replacedShare = soloSeconds > 0 ? replacedSolo / soloSeconds : nil
        spanShare = spokenInSpans > 0 ? spanSeconds / spokenInSpans : nil
    }

    private static func speaker(in span: TimeSpan, among speakers: Set<SpeakerID>, material: MeasuredMaterial)
        -> SpeakerID?
    {
        speakers.sorted().max { a, b in
            func shared(_ speaker: SpeakerID) -> Double {
                material.diarization.turns(of: speaker).reduce(0) { $0 + $1.span.overlap(with: span) }
            }
            return shared(a) < shared(b)
        }
    }

    /// The stretch less its silences.
    private static func spoken(
        in stretch: TimeSpan, of speaker: SpeakerID, material: MeasuredMaterial
    ) throws -> [TimeSpan] {
        try stride(from: stretch.start, to: stretch.end, by: pieceSeconds).flatMap { start in
            try spoken(
                inPiece: TimeSpan(start: start, end: min(stretch.end, start + pieceSeconds)), of: speaker,
                material: material)
        }
    }

    private static func spoken(
        inPiece stretch: TimeSpan, of speaker: SpeakerID, material: MeasuredMaterial
    ) throws -> [TimeSpan] {
        let samples = try material.samples(material.vocals, stretch, of: speaker)
        let mask = SilenceMask(SpeechEnergy(samples, sampleRate: material.vocals.sampleRate))
        var start = 0.0
        var spoken: [TimeSpan] = []
        for pause in mask.pauses(atLeast: bridgedSeconds) {
            spoken.append(TimeSpan(start: start, end: pause.start))
            start = pause.end
        }
        spoken.append(TimeSpan(start: start, end: stretch.seconds))
        return spoken.filter { $0.seconds > 0 }.map {
            TimeSpan(start: stretch.start + $0.start, end: stretch.start + $0.end)
        }
    }
}

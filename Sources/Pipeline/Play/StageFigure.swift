import AudioCore
import Foundation

/// A number that says something about a result.
public struct StageFigure: Codable, Sendable, Equatable {
    public var name: String
    public var value: Double
    /// "s", "dB", "%", "words"; empty for mere counts.
    public var unit: String
    /// After the decimal point, where people read it.
    public var digits: Int

    public init(_ name: String, _ value: Double, _ unit: String = "", digits: Int = 2) {
        self.name = name
        self.value = value
        self.unit = unit
        self.digits = digits
    }

    public init(_ name: String, count: Int) { self.init(name, Double(count), digits: 0) }

    /// nil where there is no value.
    init?(_ name: String, _ value: Double?, _ unit: String = "", digits: Int = 2) {
        guard let value, value.isFinite else { return nil }
        self.init(name, value, unit, digits: digits)
    }

    /// "12.30 s"
    public var text: String { Self.text(value, unit, digits: digits) }

    static func text(_ value: Double, _ unit: String, digits: Int) -> String {
        String(format: "%.\(digits)f", value) + (unit.isEmpty ? "" : " " + unit)
    }
}

/// Rows of a result that belong side by side: its speakers, its passages.
public struct StageTable: Codable, Sendable, Equatable {
    public var title: String
    public var header: [String]
    public var rows: [[String]]
}

extension AudioPreprocessorProduct {
    var figures: [StageFigure] {
        [
            StageFigure("duration", seconds, "s"),
            StageFigure("sample rate", Double(format.sampleRate), "Hz", digits: 0),
            StageFigure("channels", count: format.channelCount), StageFigure("frames", count: frameCount),
            StageFigure("loudness", loudnessLUFS, "LUFS", digits: 1),
            StageFigure("true peak", truePeakDBTP, "dBTP", digits: 1),
            StageFigure("clipped samples", count: clippedSamples),
            StageFigure("largest offset", channelOffsets.map(abs).max(), digits: 5),
            StageFigure("one speaker a channel", count: separateChannels ? 1 : 0),
            StageFigure("repaired", repairedSeconds, "s"),
        ].compactMap { $0 }
    }
}

extension VoiceSeparatorProduct {
    var figures: [StageFigure] {
        [
            StageFigure("duration", seconds, "s"), StageFigure("channels", count: channelCount),
            StageFigure("speech above bed", speechToBedDecibels, "dB", digits: 1),
        ].compactMap { $0 }
    }
}

extension Diarization {
    var figures: [StageFigure] {
        let speech = TimeSpan.union(turns.map(\.span)).reduce(0) { $0 + $1.seconds }
        let all = turns.reduce(0) { $0 + $1.span.seconds }
        let confidence = turns.reduce(0) { $0 + $1.confidence * $1.span.seconds } / max(1e-9, all)
        var figures = [
            StageFigure("speakers", count: speakers.count), StageFigure("turns", count: turns.count),
            StageFigure("speech", speech, "s"), StageFigure("overlapped", all - speech, "s"),
        ]
        if !turns.isEmpty { figures.append(StageFigure("mean confidence", confidence)) }
        if let print = voicePrints.values.first {
            figures.append(StageFigure("voice print values", count: print.count))
        }
        if let likest = likestCosine { figures.append(StageFigure("likest two voices (cosine)", likest)) }
        return figures
    }

    /// Cosine of the two voice prints that are nearest to each other.
    private var likestCosine: Double? {
        let prints = voicePrints.sorted { $0.key < $1.key }.map(\.value)
        return prints.indices.flatMap { a in
            prints.indices.dropFirst(a + 1).map { b in
                zip(prints[a], prints[b]).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            }
        }.max()
    }

    /// One row a speaker.
    func table(_ transcript: Transcript? = nil) -> StageTable {
        let total = max(1e-9, turns.reduce(0) { $0 + $1.span.seconds })
        return StageTable(
            title: "speakers", header: ["speaker", "seconds", "share", "turns", "first turn at"],
            rows: speakers.map { speaker in
                let seconds = seconds(of: speaker)
                return [
                    speaker.name, StageFigure.text(seconds, "", digits: 2), PlainNumber.percent(seconds / total),
                    "\(turns(of: speaker).count)", PlainNumber.clock(turns(of: speaker).first?.span.start ?? 0),
                ]
            })
    }
}

extension Transcript {
    var figures: [StageFigure] {
        let words = passages.flatMap(\.words)
        let spoken = passages.reduce(0) { $0 + $1.span.seconds }
        var figures = [
            StageFigure("passages", count: passages.count), StageFigure("words", count: words.count),
            StageFigure("passages without words", count: passages.count { $0.words.isEmpty }),
        ]
        guard !words.isEmpty else { return figures }
        let confidences = words.map(\.confidence)
        figures += [
            StageFigure("words a minute", 60 * Double(words.count) / max(1e-9, spoken), digits: 0),
            StageFigure("mean confidence", confidences.reduce(0, +) / Double(words.count)),
            StageFigure("words below 0.5", count: confidences.count { $0 < 0.5 }),
        ]
        return figures
    }

    /// One row a passage.
    var table: StageTable {
        StageTable(
            title: "passages", header: ["at", "speaker", "confidence", "words"],
            rows: passages.map { passage in
                let sum = passage.words.reduce(0) { $0 + $1.confidence }
                let mean =
                    passage.words.isEmpty ? "-" : StageFigure.text(sum / Double(passage.words.count), "", digits: 2)
                return [PlainNumber.clock(passage.span.start), passage.speaker.name, mean, passage.text]
            })
    }
}

extension [Replacement] {
    var figures: [StageFigure] {
        let scores = compactMap(\.lockScore)
        let words = flatMap(\.words)
        var figures = [
            StageFigure("stretches", count: count), StageFigure("kept stretches", count: self.count(where: \.isKept)),
            StageFigure("words", count: words.count),
            StageFigure("replaced words", count: words.count(where: \.isReplaced)),
            StageFigure("new speech", flatMap(\.spans).reduce(0) { $0 + $1.seconds }, "s"),
        ]
        if !scores.isEmpty { figures.append(StageFigure("median lock score", quantile(0.5, of: scores), digits: 3)) }
        let flags = Dictionary(grouping: flatMap(\.flags), by: \.rawValue)
        return figures + flags.sorted { $0.key < $1.key }.map { StageFigure("flag \($0.key)", count: $0.value.count) }
    }

    /// One row a stretch.
    var table: StageTable {
        StageTable(
            title: "stretches", header: ["at", "speaker", "voice", "lock", "flags", "words"],
            rows: map { stretch in
                [
                    PlainNumber.clock(stretch.span.start), stretch.speaker.name,
                    stretch.isKept ? "kept" : stretch.voice,
                    stretch.lockScore.map { StageFigure.text($0, "", digits: 3) } ?? "-",
                    stretch.flags.map(\.rawValue).joined(separator: " "), stretch.text,
                ]
            })
    }
}

extension AudioReconstruction {
    var figures: [StageFigure] {
        let spans = replacements.flatMap(\.spans)
        func mean(_ values: [Double]) -> Double? {
            values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        return [
            StageFigure("replacements", count: replacements.count), StageFigure("spans", count: spans.count),
            StageFigure("changed frames", count: spans.reduce(0) { $0 + $1.endSample - $1.startSample }),
            StageFigure("largest roughness at an edge", spans.map(\.roughness).max()),
            StageFigure("mean level difference", mean(replacements.map { $0.newLevelLUFS - $0.oldLevelLUFS }), "dB"),
            StageFigure("over music", count: replacements.count(where: \.isOverMusic)),
            StageFigure("limiter", replacements.map(\.limiterDB).min(), "dB"),
            StageFigure("true peak held under", ceilingDBTP, "dBTP", digits: 1),
        ].compactMap { $0 }
    }
}

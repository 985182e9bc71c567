import Foundation
import Pipeline

/// What is told of a fitted voice.
struct FittedVoiceFacts: Encodable {
    var name: String
    var base: String
    var medianHertz: Double
    var recordings: [FittedVoice.Recording]
    var likeness: [VoiceFitLikeness]
    var consent: Consent
    var made: String

    init(_ voice: FittedVoice) {
        name = voice.name
        base = voice.base.name
        medianHertz = exp(voice.pitch.medianLog)
        recordings = voice.recordings
        likeness = voice.likeness
        consent = voice.consent
        made = voice.made
    }

    /// The same in a few words, on standard error: for commands whose result is something else.
    static func tell(_ voice: FittedVoice) {
        let likeness = voice.reported.map { " It \($0.sentence)." } ?? ""
        Terminal.error.write(
            "\(voice.name) is \(voice.base.name), moved towards \(voice.recordings.map(\.name).joined(separator: ", "))."
                + "\(likeness)\n")
    }

    static func print(_ voice: FittedVoice) {
        let seconds = Int(voice.recordings.reduce(0) { $0 + $1.seconds }.rounded())
        let names = voice.recordings.map { "\($0.speaker) of \($0.name)" }.joined(separator: ", ")
        var lines = [
            "\(voice.name): \(voice.base.name), moved towards \(names) (\(seconds) s used, "
                + "\(Int(exp(voice.pitch.medianLog).rounded())) Hz)."
        ]
        if let reported = voice.reported { lines.append("It \(reported.sentence).") }
        Terminal.output.write(lines.joined(separator: "\n") + "\n\n")
        func text(_ value: Double) -> String { String(format: "%.2f", value) }
        Output.table(
            ["judge", "its part", "stock voice", "+ channel", "this voice", "same person", "other voices"],
            voice.likeness.map { judge in
                [
                    judge.encoder, judge.part == .selected ? "chose the stock voice" : "none", text(judge.stock),
                    text(judge.channelControl), text(judge.fitted), text(judge.samePerson), text(judge.otherVoices),
                ]
            })
        Terminal.output.write("\nConsent: \(voice.consent.sentence).\n")
    }
}

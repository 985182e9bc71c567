import AudioCore
import Files
import Foundation

/// Figures of what was taken apart.
struct SeparationEvidence {
    private static let vocals = FigureKind("vocalsSISDR", "vocals, SI-SDR", .decibels)
    private static let vocalsDistortion = FigureKind("vocalsSDR", "vocals, SDR", .decibels)
    private static let bed = FigureKind("bedSISDR", "bed, SI-SDR", .decibels)
    private static let bedDistortion = FigureKind("bedSDR", "bed, SDR", .decibels)
    private static let before = FigureKind("vocalsSISDRBefore", "vocals in the untouched programme, SI-SDR", .decibels)
    private static let gain = FigureKind("vocalsSISDRGain", "vocals, SI-SDR gained", .decibels)

    /// - Parameters: the mean of the channels at the programme's rate, [n] each.
    static func evidence(programme: [Float], trueBed: [Float], vocals estimate: [Float]) -> [Evidence] {
        let count = min(programme.count, trueBed.count, estimate.count)
        let mixture = Array(programme.prefix(count))
        let voice = Self.difference(mixture, trueBed)
        let rest = Self.difference(mixture, estimate)
        let separated = SeparationScore(reference: voice, estimate: Array(estimate.prefix(count)))
        let untouched = SeparationScore(reference: voice, estimate: mixture)
        let left = SeparationScore(reference: Array(trueBed.prefix(count)), estimate: rest)
        let gained = separated.scaleInvariantDB.flatMap { after in untouched.scaleInvariantDB.map { after - $0 } }
        let judge = "true stems"
        return [
            Evidence(Self.vocals, judge: judge, value: separated.scaleInvariantDB),
            Evidence(Self.vocalsDistortion, judge: judge, value: separated.distortionDB),
            Evidence(Self.bed, judge: judge, value: left.scaleInvariantDB),
            Evidence(Self.bedDistortion, judge: judge, value: left.distortionDB),
            Evidence(Self.before, judge: judge, value: untouched.scaleInvariantDB),
            Evidence(Self.gain, judge: judge, value: gained),
        ].compactMap { $0 }
    }

    private static func difference(_ whole: [Float], _ part: [Float]) -> [Float] {
        zip(whole, part).map { $0 - $1 }
    }
}

extension WaveReader {
    /// The whole file, the mean of its channels.
    var allMid: [Float] {
        get throws { try readMid(0..<frameCount) }
    }
}

import AudioCore
import Files
import Foundation

/// A stock voice moved towards a person, made from a recording of that person with their consent.
///
/// There is no way to make one but `PipelineRunner.fitVoice` and `FittedVoiceFile`, and both ask for the consent.
public struct FittedVoice: Sendable, Equatable {
    /// What it was made from.
    public struct Recording: Codable, Sendable, Equatable {
        /// The file's name, without its folder.
        public var name: String
        /// SHA-256 of the file.
        public var digest: String
        /// Who of those heard in it.
        public var speaker: SpeakerID
        /// Seconds of it that were used.
        public var seconds: Double
    }

    /// The stock voice that was moved.
    public struct Base: Codable, Sendable, Equatable {
        public var name: String
        /// SHA-256 of its styles.
        public var digest: String
    }

    public let name: String
    public let base: Base
    public let map: TimbreMap
    /// The person's pitch.
    public let pitch: PitchRange
    /// How much of the variety that the map loses is given back, 0...1.
    public let variety: Double
    public let recordings: [Recording]
    /// How near it came, by each judge; the last is the one that took no part in making it.
    public let likeness: [VoiceFitLikeness]
    /// What the person's recording sounds like to a judge, unit vectors, by the judge's name.
    public let prints: [String: [Float]]
    public let consent: Consent
    /// When it was made, ISO 8601.
    public let made: String

    init(
        name: String, base: Base, map: TimbreMap, pitch: PitchRange, variety: Double, recordings: [Recording],
        likeness: [VoiceFitLikeness], prints: [String: [Float]], consent: Consent, made: String
    ) {
        self.name = name
        self.base = base
        self.map = map
        self.pitch = pitch
        self.variety = variety
        self.recordings = recordings
        self.likeness = likeness
        self.prints = prints
        self.consent = consent
        self.made = made
    }

    /// How far a fitted voice goes where nobody says anything: all the way. What that costs in words and DNSMOS
    /// is in docs/measurements.md.
    public static let usualStrength = 1.0

    /// The voice to speak with.
    /// - Parameters:
    ///   - base: the stock voice it starts from.
    ///   - strength: how far to go, 0...1; at 0 only the pitch is the person's.
    /// - Throws: `AudioError` where it is another voice than the one that was fitted.
    public func voice(base: Voice, strength: Double) throws -> Voice {
        guard base.digest == self.base.digest else {
            throw AudioError(
                .badData, operation: "speak with", subject: name,
                cause: "the voice \(self.base.name) it starts from is not the one it was fitted with",
                mend: "install \(self.base.name) again, or fit the voice anew")
        }
        let timbre = VoiceTimbre(map: map, pitch: pitch, strength: strength, variety: variety)
        var digest = Digest()
        digest.update(base.digest)
        map.bytes.withUnsafeBytes { digest.update($0) }
        for number in [pitch.medianLog, pitch.deviationLog, pitch.lowLog, pitch.highLog, variety, strength] {
            digest.update(" \(number)")
        }
        return Voice(name: name, styles: base.styles, digest: digest.hexadecimal(), timbre: timbre)
    }

    /// What the judge that took no part in the making says.
    public var reported: VoiceFitLikeness? { likeness.last }

    /// The same voice under another name.
    public func named(_ name: String) -> FittedVoice {
        FittedVoice(
            name: name, base: base, map: map, pitch: pitch, variety: variety, recordings: recordings,
            likeness: likeness, prints: prints, consent: consent, made: made)
    }
}

/// How near a fitted voice comes to the person, to one judge: cosines with speech of the person that was kept apart.
public struct VoiceFitLikeness: Codable, Sendable, Equatable {
    public enum Part: String, Codable, Sendable {
        /// It chose the stock voice.
        case selected
        /// It took no part.
        case reported
    }

    public var encoder: String
    public var part: Part
    /// The stock voice at the person's pitch.
    public var stock: Double
    /// The same through the recording's channel: its long-term spectrum and its noise. What is gained up to here is the
    /// recording and not the person.
    public var channelControl: Double
    /// The fitted voice at the usual strength, with the recording's noise as the control has it.
    public var fitted: Double
    /// Two pieces of the person's own speech.
    public var samePerson: Double
    /// Other voices, the mean.
    public var otherVoices: Double
    /// Seconds of the person's speech that were kept apart; 0 where there was too little to keep any.
    public var heldOutSeconds: Double

    /// How far it goes from the channel control (0) to the person (1).
    public var share: Double { Self.share(fitted, from: channelControl, to: samePerson) }
    /// How far it goes from the stock voice (0) to the person (1), channel and all.
    public var shareWithChannel: Double { Self.share(fitted, from: stock, to: samePerson) }
    /// How far the channel alone goes from the stock voice (0) to the person (1).
    public var channelShare: Double { Self.share(channelControl, from: stock, to: samePerson) }

    private static func share(_ value: Double, from zero: Double, to one: Double) -> Double {
        (value - zero) / max(0.05, one - zero)
    }

    /// "moves 31 % of the way from ... to the person by Resemblyzer ...".
    public var sentence: String {
        func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
        return
            "moves \(percent(share)) of the way to the person by \(encoder), counted from the stock voice through the "
            + "recording's channel; from the stock voice itself \(percent(shareWithChannel)), of which the channel "
            + "alone is \(percent(channelShare))"
    }
}

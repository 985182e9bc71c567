import Foundation

/// Whether a voice sounds like a woman's or a man's, by pitch and the length of the vocal tract (third formant); never by
/// its name.
public enum VoiceSex: String, Codable, Sendable {
    case female, male
    /// Pitch and formants say different things, or neither says much.
    case between

    /// Log odds below this are no answer.
    private static let certainty = 1.0
    /// Where women and men meet: F0 in Hz and F3 in Hz; and how much an octave and a third of an octave count.
    private static let meetingHertz = 155.0
    private static let meetingThirdFormant = 2700.0
    private static let octaveWeight = 7.0
    private static let formantWeight = 12.0

    public init(medianHertz: Double, thirdFormantHertz: Double?) {
        let pitch = Self.octaveWeight * log2(medianHertz / Self.meetingHertz)
        let formant = thirdFormantHertz.map { Self.formantWeight * log2($0 / Self.meetingThirdFormant) } ?? 0
        let odds = pitch + formant
        self = abs(odds) < Self.certainty ? .between : odds > 0 ? .female : .male
    }
}

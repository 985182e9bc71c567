import Foundation

/// Power of the speech and of what is left, in tenths of a second.
struct SpeechLevels {
    /// Steps whose speech lies this far below the loudest are pauses.
    private static let pauseDecibels = 30.0
    private let stepFrames: Int
    private var filled = 0
    private var (speechSum, bedSum) = (0.0, 0.0)
    private var speech: [Float] = []
    private var bed: [Float] = []

    init(sampleRate: Int) { stepFrames = max(1, sampleRate / 10) }

    /// - Parameters:
    ///   - mixture: the next samples of the programme.
    ///   - vocals: the speech in them, as many.
    mutating func add(mixture: [Float], speech vocals: [Float]) {
        for (whole, voice) in zip(mixture, vocals) {
            let rest = Double(whole - voice)
            speechSum += Double(voice) * Double(voice)
            bedSum += rest * rest
            filled += 1
            if filled == stepFrames {
                speech.append(Float(speechSum))
                bed.append(Float(bedSum))
                (speechSum, bedSum, filled) = (0, 0, 0)
            }
        }
    }

    /// nil where there is no speech, or nothing else.
    var speechToBedDecibels: Double? {
        let threshold = (speech.max() ?? 0) * Float(pow(10, -Self.pauseDecibels / 10))
        let active = speech.indices.filter { speech[$0] > threshold }
        let voice = active.reduce(0) { $0 + Double(speech[$1]) }
        let rest = active.reduce(0) { $0 + Double(bed[$1]) }
        return voice > 0 && rest > 0 ? 10 * log10(voice / rest) : nil
    }
}

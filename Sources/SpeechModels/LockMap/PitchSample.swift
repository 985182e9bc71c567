import AudioCore
import Foundation
import Synchronization

/// The text on which a voice's pitch is measured: statements, questions and an exclamation of everyday words.
enum PitchSample {
    /// Kokoro's curve lies at 0-15 Hz where it is unvoiced.
    static let lowestVoicedHertz: Float = 50

    /// Phonemes and punctuation, words parted by spaces.
    static let sentences = [
        "wˌɛn ˌI wʌz jˈʌŋ, wi lˈɪvd ɪn ɐ smˈɔl hˈWs nˌɪɹ ðə ɹˈɪvəɹ, ænd ˈɛvəɹi sˈʌməɹ ðə hˈOl fˈæmᵊli kˈAm tə vˈɪzət.",
        "dˈɪd ju hˈɪɹ wˌʌt hˈæpənd jˈɛstəɹdˌA? ðA fˈWnd ði ˈOld klˈɑk ðæt mI fˈɑðəɹ lˈɔst mˈɛni jˈɪɹz əɡˈO!",
        "fˈɜɹst ju mˈɪks ðə flˈWəɹ wɪð wˈɔɹm wˈɔTəɹ, ðˈɛn ju wˈAt fɔɹ əbˈWt ɐn ˈWəɹ, ænd fˈInᵊli ju pˌʊt ɪt ˈɪntu ði ˈʌvᵊn.",
        "ˌI æm nˌɑt ʃˈʊɹ wˈɛðəɹ ðæt ɪz tɹˈu, bˌʌt nˈObˌɑdi ˈɛls ɪn ðə ɹˈum sˈimd tə nˈO ði ˈænsəɹ ˈiðəɹ.",
        "wˈɛl, mˈAbi wi ʃˌʊd tˈɔk əbˈWt sˈʌmθˌɪŋ dˈɪfəɹənt tədˈA, bəkˈʌz pˈipᵊl kˈip ˈæskɪŋ mˌi hˌW ˈɔl ʌv ðɪs bəɡˈæn.",
        "wˌI wʊd ˈɛnibˌɑdi ʧˈuz ðə lˈɔŋɡəɹ wˈA hˈOm, wˌɛn ðə wˈɛðəɹ ɪz kˈOld ænd ðə nˈIt ɪz ˌɔlɹˈɛdi sˌO dˈɑɹk?",
    ]

    /// The sentences as words.
    static func words(of sentences: [String]) -> [[SpokenWord]] {
        sentences.map { sentence in
            sentence.split(separator: " ").map { written in
                let mark = written.last.map { ",.?!".contains($0) ? String($0) : "" } ?? ""
                let phonemes = String(written.dropLast(mark.count))
                return SpokenWord(text: phonemes, source: 0, phonemes: phonemes, punctuation: mark)
            }
        }
    }

    /// - Parameter logs: ln F0 of voiced frames, any order.
    /// - Returns: nil where there are none.
    static func range(_ logs: [Double]) -> PitchRange? {
        guard !logs.isEmpty else { return nil }
        let sorted = logs.sorted()
        func quantile(_ part: Double) -> Double { sorted[Int((part * Double(sorted.count - 1)).rounded())] }
        let mean = logs.reduce(0, +) / Double(logs.count)
        let variance = logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(logs.count)
        return PitchRange(
            medianLog: quantile(0.5), deviationLog: variance.squareRoot(), lowLog: quantile(0.01),
            highLog: quantile(0.99))
    }
}

/// Where voices' pitch lies by itself, measured on a text once for each voice.
final class MeasuredPitch: Sendable {
    private let ranges = Mutex<[String: PitchRange]>([:])

    /// - Parameter logs: ln F0 of the voiced frames of words that the voice speaks.
    func range(of voice: Voice, on sentences: [String], logs: ([SpokenWord]) throws -> [Double]) throws -> PitchRange {
        if let known = ranges.withLock({ $0[voice.digest] }) { return known }
        guard let range = PitchSample.range(try PitchSample.words(of: sentences).flatMap(logs)) else {
            throw AudioError(
                .badData, operation: "measure the pitch of", subject: "the voice \(voice.name)",
                cause: "it does not speak")
        }
        ranges.withLock { $0[voice.digest] = range }
        return range
    }
}

import AudioCore

extension SynthesisMethod {
    /// What of the speech was moved after it was spoken, in plain words; nil where all was dictated.
    var sentence: String? {
        let moved = [
            ("its time", timing == .timeScaled), ("its pitch", pitch == .overlapAdd), ("its loudness", energy == .gain),
        ].filter(\.1).map(\.0)
        guard let last = moved.last, timing == .timeScaled || pitch == .overlapAdd else { return nil }
        let list = moved.count == 1 ? last : moved.dropLast().joined(separator: ", ") + " and " + last
        let told = timing == .dictated ? ", which was told how long each sound lasts" : ""
        return "Spoken by \(model)\(told); \(list) followed the old voice afterwards."
    }
}

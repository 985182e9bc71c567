import AudioCore

/// Who gets which voice.
struct VoiceCasting {
    /// The new voice of each replaced speaker.
    let voices: [SpeakerID: String]
    /// Said to the user where the program chose for him.
    let notice: String?

    init(_ choices: [VoiceChoice], among listing: SpeakerListing) throws {
        guard let most = listing.speakers.max(by: { $0.seconds < $1.seconds }) else {
            throw AudioError(
                .badData, operation: "replace", subject: "a voice", cause: "nobody speaks in this programme",
                mend: "check that it is the right file")
        }
        var voices: [SpeakerID: String] = [:]
        var notice: String?
        for choice in choices {
            let named = listing.speakers.first { $0.name != nil && $0.name == choice.speaker?.name }
            let speaker = named?.id ?? choice.speaker ?? most.id
            guard listing.speakers.contains(where: { $0.id == speaker }) else {
                throw AudioError(
                    .usage, operation: "replace", subject: speaker.name,
                    cause: "no speaker has that name; there are \(listing.sentence)", mend: "choose one of these")
            }
            guard voices[speaker] == nil else {
                throw AudioError(
                    .usage, operation: "replace", subject: speaker.name, cause: "two voices were named for one speaker",
                    mend: "name one voice for each speaker")
            }
            voices[speaker] = choice.voice
            if choice.speaker == nil {
                notice =
                    "\(most.id) talks most (\(Int((100 * most.share).rounded())) % of the speech) and gets the voice \(choice.voice)."
            }
        }
        self.voices = voices
        self.notice = notice
    }
}

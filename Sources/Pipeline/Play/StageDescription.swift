extension StageName {
    /// What it does, in half a sentence.
    public var purpose: String {
        switch self {
        case .preprocessor: "reads a file, measures it, makes the copy that networks listen to"
        case .separator: "takes the speech out of the programme"
        case .diarizer: "finds who speaks when"
        case .recognizer: "writes down who says what"
        case .synthesizer: "speaks the words with new voices, frame-synchronous with the old ones"
        case .reconstructor: "puts the new speech in the old one's place"
        case .wordTimes: "finds when each word is said"
        case .output: "writes the programme in the format that was asked for"
        case .report: "measures what was done"
        }
    }

    /// What it leaves in its folder beside result.json.
    public var gives: String {
        switch self {
        case .preprocessor: "programme.wav, analysis.wav, loudness, peaks, damage"
        case .separator: "vocals.wav, vocals16k.wav, speech above bed"
        case .diarizer: "turns, voice prints, diarization.rttm, a sample of each speaker"
        case .recognizer: "words with times, transcript.txt, .srt, .vtt, .json"
        case .synthesizer: "speech of each stretch, how well it is locked"
        case .reconstructor: "programme.wav, voice.wav, spans"
        case .wordTimes: "words with exact times, transcript.txt, .srt, .vtt, .json"
        case .output: "the encoded programme"
        case .report: "timing, melody, likeness, naturalness of every turn"
        }
    }
}

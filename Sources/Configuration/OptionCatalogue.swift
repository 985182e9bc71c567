import AudioCore
import Pipeline

/// Every option there is: what the configuration file, the environment, the flags, their help and docs/configuration.md
/// are made from.
public enum OptionCatalogue {
    public static let options: [CatalogueOption] =
        general + preprocessor + diarizer + recognizer + synthesizer + reconstructor + report

    /// The option that is no setting itself but stands for several.
    public static let presetName = "preset"

    private static let byName = Dictionary(options.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    public static func option(_ name: String) -> CatalogueOption? { byName[name] }

    /// What `--help` says of a flag.
    public static func help(_ name: String) -> String {
        guard let option = option(name) else { preconditionFailure("no option is called \(name)") }
        return option.help
    }

    private static let found = CatalogueOption.Unset(word: "auto", meaning: "it is found out")

    private static let general: [CatalogueOption] = [
        .folder(
            "work-dir", \.workFolder, unset: .init(word: "auto", meaning: "$XDG_CACHE_HOME/hyperaudio/runs"),
            "Where runs are kept, so that work is never done twice.", flag: "--work-dir"),
        .folder(
            "stage.cache", \.cacheFolder, unset: .init(word: "auto", meaning: "dev_cache in the current folder"),
            "Where the results of single stages are kept.", flag: "--cache"),
        .choice("device", \.device, "Where networks run.", flag: "--device"),
        .whole(
            "threads", \.threads, 1...1024, unset: .init(word: "auto", meaning: "one for each core"),
            "Threads the networks may use.", flag: "--threads"),
        .megabytes(
            "max-memory", \.mostMemoryMegabytes, 100...1_000_000,
            unset: .init(word: "auto", meaning: "what is free"),
            "The most memory to take; a stage that needs more is not begun.", flag: "--max-memory"),
        .whole(
            "nice", \.niceness, 0...19, "How willingly the processor is left to other programs.", flag: "--nice"),
        .truth(
            "output.exact", \.isExact,
            "Write FLAC, so that everything outside the replaced spans stays bit for bit.", flag: "--exact"),
        .choice(
            "transcript.format", \.transcriptFormat,
            unset: .init(word: "auto", meaning: "what the output's extension says, else txt"),
            "How a transcript is written.", flag: "--format"),
        .truth(
            "transcript.quick", \.isQuick,
            "Take a transcript's word times from the recognizer: sooner, but less exact.", flag: "--quick"),
    ]

    private static let preprocessor: [CatalogueOption] = [
        .truth(
            "preprocessor.separate-channels", \.stages.preprocessor.separateChannels, unset: found,
            "Whether each channel carries one speaker.")
    ]

    private static let diarizer: [CatalogueOption] = [
        .whole(
            "diarizer.speakers", \.knowledge.speakerCount, 1...1000, unset: found,
            "The number of speakers, where you know it.", flag: "--speakers"),
        .whole(
            "diarizer.minimum-speakers", \.stages.diarizer.minimumSpeakers, 1...1000,
            "At least so many speakers are looked for."),
        .seconds(
            "diarizer.joined-gap", \.stages.diarizer.attribution.joinedGapSeconds, 0...10,
            "Stretches of one speaker closer than this are one turn, unless somebody else speaks between."),
        .seconds(
            "diarizer.margin", \.stages.diarizer.attribution.marginSeconds, 0...1,
            "Turns are so much wider on each side, where nobody else speaks."),
        .seconds(
            "diarizer.shortest-run", \.stages.diarizer.attribution.shortestRunSeconds, 0...10,
            "Shorter activity is no speech."),
        .number(
            "diarizer.change-threshold", \.stages.diarizer.stretches.changeThreshold, 0...1,
            "Where at least this share of windows hears a hand-over, speech is cut."),
        .whole(
            "diarizer.stretch-frames", \.stages.diarizer.stretches.longestFrames, 15...589,
            "Longest stretch that is given one voice print, in frames of 16.9 ms."),
        .whole(
            "diarizer.stretch-hop-frames", \.stages.diarizer.stretches.hopFrames, 1...589,
            "Largest distance between the starts of overlapping stretches, in frames of 16.9 ms."),
        .whole(
            "diarizer.shortest-stretch-frames", \.stages.diarizer.stretches.shortestFrames, 1...589,
            "Shorter stretches are given no voice print, in frames of 16.9 ms."),
        .whole(
            "diarizer.shortest-piece-frames", \.stages.diarizer.stretches.shortestPieceFrames, 0...589,
            "No cut at a hand-over leaves a piece of this length or shorter, in frames of 16.9 ms."),
        .number(
            "diarizer.linkage-distance", \.stages.diarizer.attribution.clustering.linkageDistance, 0...2,
            "Voices nearer than this (1 - cosine) are joined."),
        .number(
            "diarizer.clustering-concentration", \.stages.diarizer.attribution.clustering.concentration, 0...1000,
            "How sharply stretches are divided among the voices while these are being found."),
        .seconds(
            "diarizer.least-speech", \.stages.diarizer.attribution.clustering.leastSeconds, 0...3600,
            "A voice with less speech is dropped."),
        .number(
            "diarizer.least-share", \.stages.diarizer.attribution.clustering.leastShare, 0...1,
            "A voice with a smaller share of all speech is dropped, unless it has enough."),
        .seconds(
            "diarizer.enough-speech", \.stages.diarizer.attribution.clustering.enoughSeconds, 0...3600,
            "A voice with so much speech is kept, however small its share."),
        .seconds(
            "diarizer.least-covered", \.stages.diarizer.attribution.clustering.leastCoveredSeconds, 0...3600,
            "A voice whose stretches cover less than this at the end is dropped."),
        .whole(
            "diarizer.spectral-from", \.stages.diarizer.attribution.clustering.spectralFrom, 1...1_000_000,
            "The spectral count, which splits similar voices, is asked from this many stretches on."),
        .number(
            "diarizer.same-voice-cosine", \.stages.diarizer.attribution.clustering.sameVoiceCosine, -1...1,
            "Voices found by the spectral count are one where their centres are nearer than this."),
        .seconds(
            "diarizer.shortest-training", \.stages.diarizer.attribution.clustering.shortestTrainingSeconds, 0...10,
            "Shorter stretches take no part in finding voices."),
        .number(
            "diarizer.most-training-overlap", \.stages.diarizer.attribution.clustering.mostTrainingOverlap, 0...1,
            "Stretches of which two people speak in a larger share take no part in finding voices."),
        .whole(
            "diarizer.most-training-items", \.stages.diarizer.attribution.clustering.mostTrainingItems, 1...100_000,
            "At most so many stretches, spread evenly, find the voices."),
        .whole(
            "diarizer.most-spectral-items", \.stages.diarizer.attribution.clustering.mostSpectralItems, 1...10_000,
            "At most so many stretches take part in the spectral count."),
        .number(
            "diarizer.segmenter-share", \.stages.diarizer.attribution.fusion.segmenterShare, 0...1,
            "Weight of the segmenter's word against that of the voice prints."),
        .number(
            "diarizer.fusion-concentration", \.stages.diarizer.attribution.fusion.concentration, 0...1000,
            "How sharply a stretch is divided among the voices found."),
        .whole(
            "diarizer.few-solo-frames", \.stages.diarizer.attribution.fusion.fewSoloFrames, 0...589,
            "With fewer frames alone in a window, of 16.9 ms, a speaker is judged by all of his frames."),
        .number(
            "diarizer.few-solo-weight", \.stages.diarizer.attribution.fusion.fewSoloWeight, 0...1,
            "Weight of a speaker who is judged so."),
        .whole(
            "diarizer.full-weight-frames", \.stages.diarizer.attribution.fusion.fullWeightFrames, 1...589,
            "Shorter stretches weigh less, in frames of 16.9 ms."),
        .whole(
            "diarizer.most-at-once", \.stages.diarizer.attribution.fusion.mostAtOnce, 1...3,
            "At most so many people are heard at the same time."),
        .number(
            "diarizer.least-strength", \.stages.diarizer.attribution.fusion.leastStrength, 0...1,
            "What a second voice needs to be heard beside the first."),
    ]

    private static let recognizer: [CatalogueOption] = [
        .text(
            "recognizer.language", \.knowledge.language, unset: found, "The language spoken, as en or de.",
            flag: "--language"),
        .text(
            "recognizer.prompt", \.knowledge.prompt, unset: .init(word: "none", meaning: "nothing is known beforehand"),
            "Names and terms that occur, to be spelled right.", flag: "--prompt"),
        .choice(
            "recognizer.source", \.stages.recognizerSource,
            unset: .init(word: "auto", meaning: "the vocals under a loud bed, else the programme"),
            "What the recognizer listens to."),
        .decibels(
            "recognizer.loud-bed", \.stages.loudBedDecibels, .decibels, -60...60,
            "With speech less than this above the bed, the recognizer listens to the vocals."),
        .whole(
            "recognizer.beams", \.stages.recognizer.recognition.beamSize, 1...20,
            "Readings that are followed at once; 1 takes the likeliest token at each step."),
        .number(
            "recognizer.patience", \.engines.whisper.patience, 0.1...10,
            "The search ends when beams times this many readings are complete."),
        .whole(
            "recognizer.retries", \.engines.retries, 0...5,
            "How often a doubtful passage is tried again, each time with more chance."),
        .whole("recognizer.draws", \.engines.whisper.draws, 1...50, "Readings drawn in each such retry."),
        .number(
            "recognizer.least-log-probability", \.engines.whisper.leastLogProbability, -20...0,
            "A reading whose tokens are less likely on average is tried again."),
        .number(
            "recognizer.greatest-compression", \.engines.whisper.greatestCompression, 1...100,
            "A reading that can be packed tighter repeats itself and is tried again."),
        .number(
            "recognizer.greatest-no-speech", \.engines.whisper.greatestNoSpeechProbability, 0...1,
            "Above this probability of no speech an unlikely reading is dropped."),
        .seconds(
            "recognizer.joined-gap", \.stages.recognizer.joinedGapSeconds, 0...30,
            "Turns of one speaker closer than this are one passage, if nobody speaks between."),
        .seconds(
            "recognizer.heard-gap", \.stages.recognizer.heardGapSeconds, 0...30,
            "Turns on one channel closer than this are heard at once, whoever speaks."),
        .seconds(
            "recognizer.longest-heard", \.stages.recognizer.longestHeardSeconds, 1...30,
            "What is longer is heard in parts, cut at long pauses."),
        .seconds(
            "recognizer.context", \.stages.recognizer.contextSeconds, 0...300,
            "The recognizer is told what was said, by anybody, in so long before a piece."),
        .seconds(
            "recognizer.margin", \.stages.recognizer.marginSeconds, 0...2,
            "Audio that is heard beyond each end of a passage."),
        .seconds(
            "recognizer.short-passage", \.stages.recognizer.shortPassageSeconds, 0...30,
            "Shorter passages are heard with more around them, and only what is certain counts."),
        .seconds(
            "recognizer.short-passage-context", \.stages.recognizer.shortPassageContextSeconds, 0...30,
            "What is heard around such a short passage, in all."),
        .number(
            "recognizer.short-passage-confidence", \.stages.recognizer.shortPassageConfidence, 0...1,
            "Least confidence of a word in such a short passage."),
    ]

    private static let synthesizer: [CatalogueOption] = [
        .choice(
            "synthesizer.overlap", \.stages.synthesizer.overlap,
            "Where others speak at the same time: keep the original, replace it, or mute it.", flag: "--overlap"),
        .choice(
            "synthesizer.pitch", \.stages.synthesizer.pitch,
            "Pitch of the new voice: its own, or the source's.", flag: "--pitch"),
        .choice(
            "synthesizer.timing", \.stages.synthesizer.timing,
            "How new speech comes to last as long as the old: dictated to the synthesizer where it can be, or scaled."),
        .choice(
            "synthesizer.uncertain", \.stages.synthesizer.uncertain,
            "Words the recognizer doubts: keep the original or replace it.", flag: "--uncertain"),
        .number(
            "synthesizer.least-confidence", \.stages.synthesizer.leastConfidence, 0...1,
            "A phrase whose words' joint confidence is less is doubted."),
        .choice(
            "synthesizer.features", \.stages.synthesizer.features,
            "Which sound the words are aligned with: the programme (raw), the vocals (denoised), or the better one."),
        .seconds(
            "synthesizer.short-overlap", \.stages.synthesizer.shortOverlapSeconds, 0...30,
            "Overlap of at most this length is spoken over."),
        .seconds(
            "synthesizer.shortest-fragment", \.stages.synthesizer.shortestFragmentSeconds, 0...30,
            "Less than this of somebody's words beside overlapped ones stays the original too."),
        .truth(
            "synthesizer.restore-fillers", \.stages.synthesizer.restoresFillers,
            "Look for fillers (um, uh) that the recognizer dropped, and speak them."),
        .number(
            "synthesizer.strength", \.strength, 0...1,
            "How far a voice made from a recording goes towards the person, from the stock voice it starts from.",
            flag: "--strength"),
        .seconds(
            "synthesizer.longest-chunk", \.stages.synthesizer.longestChunkSeconds, 1...30,
            "Speech is made in chunks of at most this length, cut in pauses."),
    ]

    private static let reconstructor: [CatalogueOption] = [
        .truth(
            "reconstructor.match-tone", \.stages.reconstructor.matchesTone,
            "Give the new voice the old one's long-term spectrum."),
        .truth(
            "reconstructor.follow-level", \.stages.reconstructor.followsLevel,
            "Let the new voice follow the old one's loudness within sentences."),
        .truth(
            "reconstructor.extend-high-band", \.stages.reconstructor.extendsHighBand,
            "Give the new voice a band above 12 kHz where the original has one."),
        .truth(
            "reconstructor.clean-bed", \.stages.reconstructor.cleansBed,
            "Clean what the separator leaves of the old voice out of the bed."),
        .decibels(
            "reconstructor.true-peak", \.stages.reconstructor.truePeakDBTP, .decibelsTruePeak, -60...0,
            "True peak that is always allowed; the input's own where that is higher."),
        .truth(
            "reconstructor.watermark", \.stages.reconstructor.marksSpeech,
            "Whether new speech is inaudibly marked as synthetic; that of a voice made from a recording always is.",
            flag: "--no-watermark"),
    ]

    private static let report: [CatalogueOption] = [
        .truth(
            "report.listens", \.stages.report.listens,
            "Let networks judge the new speech: words, likeness, naturalness; else these figures stay empty."),
        .seconds(
            "report.quality-hop", \.engines.qualityHopSeconds, 1...60,
            "Time between the windows of 9 s in which naturalness is rated."),
        .seconds(
            "report.yardstick", \.stages.report.yardstickSeconds, 1...600,
            "How much of each new voice by itself is measured as the yardstick for likeness and naturalness."),
    ]
}

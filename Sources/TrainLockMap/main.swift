import AudioCore
import Foundation
import Inference
import MediaIO
import SpeechModels

// Trains what the timing lock expects to hear, from a synthesizer and Whisper-base alone; see LockMap.

let usage = """
    Usage: TrainLockMap --models DIR --output FILE [--piper MODEL | --voices DIR]

      --models DIR   holds onnxruntime, kokoro-82m, whisper-base and misaki-en
      --output FILE  the map; a neighbour with the ending .md says how it was made
      --piper MODEL  trains for this voice of Piper in --models, not for Kokoro
      --voices DIR   further voices of Kokoro, NAME.bin; the default set is always used
    """

func value(of option: String) -> String? {
    let arguments = CommandLine.arguments
    guard let index = arguments.firstIndex(of: option), index + 1 < arguments.count else { return nil }
    return arguments[index + 1]
}

/// Whom the map is for.
struct Trainee<Synthesizer: RehearsingSynthesizer> {
    var synthesizer: Synthesizer
    var voices: [Voice]
    var phonemizer: any Phonemizer
    /// As it is called in a sentence, and the option that chose it.
    var name: String
    var option: String
    /// Each talk is heard at these speeds as well, pitch and formants with it: where a model has one voice, the map would learn
    /// what is that voice's own, and the lock meets others.
    var speeds: [Double]
}

func train(models: URL, output: URL, voicesFolder: URL?, piper: String?) throws {
    let runtime = try InferenceRuntime.load(models.appending(path: "onnxruntime/libonnxruntime.so"))
    let english = EnglishPhonemizer(lexiconFolder: models.appending(path: "misaki-en"))
    let kokoro = models.appending(path: "kokoro-82m")
    let untrained = LockMap(
        mean: [], basis: Matrix(rows: 0, columns: 0), weights: Matrix(rows: 0, columns: 0), phones: [],
        centroids: Matrix(rows: 0, columns: 0))
    if let piper {
        let trainee = Trainee(
            synthesizer: try PiperSynthesizer(
                models.appending(path: "\(piper)/voice.onnx"), name: piper, threads: 1, map: untrained, in: runtime),
            voices: [PiperSynthesizer.voice(named: piper, model: piper, digest: piper)],
            phonemizer: PiperPhonemizer(reader: english), name: piper, option: "--piper \(piper)",
            speeds: [0.84, 0.92, 1, 1.09, 1.19])
        return try train(trainee, models: models, output: output, runtime: runtime)
    }
    let catalogue = VoiceCatalogue(modelFolder: kokoro, voicesFolder: voicesFolder)
    let trainee = Trainee(
        synthesizer: try KokoroSynthesizer(
            modelFolder: kokoro, settings: KokoroSettings(intraOpThreads: 1), map: untrained, in: runtime),
        voices: try catalogue.names().map { try catalogue.voice(named: $0) }, phonemizer: english, name: "Kokoro-82M",
        option: "[--voices DIR]", speeds: [1])
    try train(trainee, models: models, output: output, runtime: runtime)
}

func train(
    _ trainee: Trainee<some RehearsingSynthesizer>, models: URL, output: URL, runtime: InferenceRuntime
) throws {
    let (synthesizer, voices, phonemizer) = (trainee.synthesizer, trainee.voices, trainee.phonemizer)
    let names = voices.map(\.name)
    let listener: any PhoneticFeatureExtractor = WhisperFeatures(
        model: try WhisperModel(folder: models.appending(path: "whisper-base"), runtime: runtime, threads: 1))
    let media = FFmpegMedia()

    let window = Int(listener.longestSeconds * Double(listener.sampleRate))

    // Sentences are joined to talks of one voice that fill the listener's window: it always hears 30 s.
    var talks: [[TrainingUtterance]] = []
    var seconds = 0.0
    var next = 0
    while next < TrainingSentences.all.count {
        // Every fifth talk is British, whose vowels American has not.
        let language = talks.count % 5 == 4 ? "en-GB" : "en-US"
        // 7 has no divisor in common with the usual counts of voices, so that accents and voices mix.
        let voice = voices[talks.count * 7 % voices.count]
        var rehearsals: [(rehearsal: SpeechRehearsal, startSeconds: Double)] = []
        var samples: [Float] = []
        while next < TrainingSentences.all.count {
            let words = TrainingSentences.all[next].split(separator: " ").map(String.init)
            let spoken = try phonemizer.readings(of: words, language: language).compactMap(\.first)
            let rehearsal = try synthesizer.rehearse(Array(spoken.joined()), voice: voice)
            let start = Double(samples.count) / Double(synthesizer.sampleRate)
            let length = Double(rehearsal.frames.reduce(0, +)) * synthesizer.frameSeconds
            if start + length > listener.longestSeconds - 0.1 { break }
            rehearsals.append((rehearsal, start))
            samples += try synthesizer.speak(rehearsal.prosody, tokenCount: rehearsal.tokens.count, voice: voice)
            next += 1
        }
        seconds += Double(samples.count) / Double(synthesizer.sampleRate)
        talks.append(
            try trainee.speeds.flatMap { speed -> [TrainingUtterance] in
                let rate = Int((Double(synthesizer.sampleRate) * speed).rounded())
                let sound = try media.resample(samples, from: rate, to: listener.sampleRate)
                let heard = TrainingUtterance.centredUnitRows(
                    try listener.phoneticFeatures(of: Array(sound.prefix(window))))
                return rehearsals.compactMap { rehearsal, start -> TrainingUtterance? in
                    let length = Double(rehearsal.frames.reduce(0, +)) * synthesizer.frameSeconds
                    // What a slow talk pushes out of the window is not heard.
                    guard (start + length) / speed < listener.longestSeconds else { return nil }
                    return TrainingUtterance(
                        rehearsal, features: heard, hopSeconds: listener.hopSeconds * speed, startSeconds: start,
                        synthesizer: synthesizer)
                }
            })
        // A map of little speech is written early, so that a training that is broken off leaves one behind.
        if [4, 8, 16].contains(talks.count) {
            try LockMapTrainer(isSound: synthesizer.isSound).fit(talks.flatMap(\.self)).encoded.write(to: output)
        }
        FileHandle.standardError.write(
            Data("\(next) of \(TrainingSentences.all.count) sentences, \(Int(seconds)) s, \(voice.name)\n".utf8))
    }
    let utterances = talks.flatMap(\.self)

    let trainer = LockMapTrainer(isSound: synthesizer.isSound)
    let held = talks.indices.filter { $0 % 5 == 3 }.flatMap { talks[$0] }
    let kept = talks.indices.filter { $0 % 5 != 3 }.flatMap { talks[$0] }
    let trial = try trainer.fit(kept)
    let heldCosine = trainer.cosine(trial, held)
    let keptCosine = trainer.cosine(trial, kept)
    let map = try trainer.fit(utterances)
    try map.encoded.write(to: output)
    let stored = try LockMap(output)
    let note = """
        # \(output.lastPathComponent)

        What Whisper-base's encoder is expected to hear of \(trainee.name)'s text vectors (`LockMap`): trained by

            swift run -c release TrainLockMap --models DIR --output FILE \(trainee.option)

        from \(trainee.name) and Whisper-base alone: \(TrainingSentences.all.count) sentences (`TrainingSentences`), \
        \(Int(seconds.rounded())) s of speech in \(talks.count) talks of one voice each, taken from \(voices.count) \
        voices (\(names.joined(separator: ", "))), heard at \(trainee.speeds.map { "\($0)" }.joined(separator: ", ")) of their speed, pitch and formants with it.

        - \(LockMapTrainer.components) principal components of the text vectors, ridge \(Int(LockMapTrainer.ridge)), \
        \(map.phones.count) phone centroids: `\(String(map.phones))`
        - mean cosine to the true features over the frames of sentences that took no part (every fifth talk, its voice unheard): \
        \(rounded(heldCosine)); over those that did: \(rounded(keptCosine))
        - the stored map (float16) was then trained on all sentences: \(rounded(trainer.cosine(stored, utterances)))

        """
    try Data(note.utf8).write(to: output.deletingPathExtension().appendingPathExtension("md"))
    print(note)
}

func rounded(_ value: Double) -> String { String((value * 1000).rounded() / 1000) }

guard let models = value(of: "--models"), let output = value(of: "--output") else {
    FileHandle.standardError.write(Data((usage + "\n").utf8))
    exit(64)
}
do {
    try train(
        models: URL(filePath: models), output: URL(filePath: output),
        voicesFolder: value(of: "--voices").map { URL(filePath: $0) }, piper: value(of: "--piper"))
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(70)
}

import AudioCore
import Foundation
import Inference
import MediaIO
import SpeechModels

// Trains what the timing lock expects to hear, from Kokoro and Whisper-base alone; see LockMap.

let usage = """
    Usage: TrainLockMap --models DIR --output FILE [--voices DIR]

      --models DIR   holds onnxruntime, kokoro-82m, whisper-base and misaki-en
      --output FILE  the map; a neighbour with the ending .md says how it was made
      --voices DIR   further voices, NAME.bin; the default set is always used
    """

func value(of option: String) -> String? {
    let arguments = CommandLine.arguments
    guard let index = arguments.firstIndex(of: option), index + 1 < arguments.count else { return nil }
    return arguments[index + 1]
}

func train(models: URL, output: URL, voicesFolder: URL?) throws {
    let runtime = try InferenceRuntime.load(models.appending(path: "onnxruntime/libonnxruntime.so"))
    let kokoro = models.appending(path: "kokoro-82m")
    let untrained = LockMap(
        mean: [], basis: Matrix(rows: 0, columns: 0), weights: Matrix(rows: 0, columns: 0), phones: [],
        centroids: Matrix(rows: 0, columns: 0))
    let synthesizer = try KokoroSynthesizer(modelFolder: kokoro, map: untrained, in: runtime)
    let catalogue = VoiceCatalogue(modelFolder: kokoro, voicesFolder: voicesFolder)
    let names = try catalogue.names()
    let voices = try names.map { try catalogue.voice(named: $0) }
    let phonemizer = EnglishPhonemizer(lexiconFolder: models.appending(path: "misaki-en"))
    let listener: any PhoneticFeatureExtractor = WhisperFeatures(
        model: try WhisperModel(folder: models.appending(path: "whisper-base"), runtime: runtime, threads: 2))
    let media = FFmpegMedia()

    var utterances: [TrainingUtterance] = []
    var seconds = 0.0
    for (index, sentence) in TrainingSentences.all.enumerated() {
        let words = sentence.split(separator: " ").map(String.init)
        // Every fifth sentence is British, whose vowels American has not.
        let spoken = try phonemizer.readings(of: words, language: index % 5 == 4 ? "en-GB" : "en-US").compactMap(
            \.first)
        // 7 has no divisor in common with the counts of voices, so that accents and voices mix.
        let voice = voices[index * 7 % voices.count]
        let rehearsal = try synthesizer.rehearse(Array(spoken.joined()), voice: voice)
        let samples = try synthesizer.speak(rehearsal.prosody, tokenCount: rehearsal.tokens.count, voice: voice)
        seconds += Double(samples.count) / Double(synthesizer.sampleRate)
        let heard = try listener.phoneticFeatures(
            of: media.resample(samples, from: synthesizer.sampleRate, to: listener.sampleRate))
        utterances.append(
            TrainingUtterance(rehearsal, heard: heard, hopSeconds: listener.hopSeconds, synthesizer: synthesizer))
        print("\(index + 1) of \(TrainingSentences.all.count), \(Int(seconds)) s: \(sentence)")
    }

    let trainer = LockMapTrainer()
    let held = utterances.indices.filter { $0 % 10 == 7 }.map { utterances[$0] }
    let kept = utterances.indices.filter { $0 % 10 != 7 }.map { utterances[$0] }
    let trial = try trainer.fit(kept)
    let heldCosine = trainer.cosine(trial, held)
    let keptCosine = trainer.cosine(trial, kept)
    let map = try trainer.fit(utterances)
    try map.encoded.write(to: output)
    let stored = try LockMap(output)
    let note = """
        # lock-map.bin

        What Whisper-base's encoder is expected to hear of Kokoro's text vectors (`LockMap`): trained by

            swift run -c release TrainLockMap --models DIR --output FILE [--voices DIR]

        from Kokoro-82M and Whisper-base alone: \(utterances.count) sentences (`TrainingSentences`), \
        \(Int(seconds.rounded())) s of speech by \(voices.count) voices (\(names.joined(separator: ", "))).

        - \(LockMapTrainer.components) principal components of the text vectors, ridge \(Int(LockMapTrainer.ridge)), \
        \(map.phones.count) phone centroids: `\(String(map.phones))`
        - mean cosine to the true features over the frames of sentences that took no part (every tenth): \
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
        voicesFolder: value(of: "--voices").map { URL(filePath: $0) })
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(70)
}

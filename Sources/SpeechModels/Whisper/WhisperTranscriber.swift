import AudioCore
import Files

/// Turns speech into words with Whisper: text, language, a time and a probability for each word.
///
/// Follows the reference implementation (Radford et al. 2022): windows of 30 s that begin where the words of the one
/// before ended, beam search with fallback to drawing lots, word times from the decoder's attention. What it adds:
/// silence is not decoded, and words where nothing is heard are taken out.
public struct WhisperTranscriber: SpeechTranscriber {
    public let model: WhisperModel
    public let settings: WhisperSettings

    public init(model: WhisperModel, settings: WhisperSettings = WhisperSettings()) {
        self.model = model
        self.settings = settings
    }

    public var name: String { model.name }
    public var sampleRate: Int { WhisperMel.sampleRate }
    public var longestSeconds: Double { 30 }
    public var languages: [String] { model.languages }

    /// What the windows of a piece have given so far.
    private struct Progress {
        var language: String?
        var words: [WhisperWord] = []
        /// Tokens that the next window is told: the prompt and the text before it.
        var context: [Int] = []
        var lastEnd = 0.0
        var logProbability = 0.0
        var tokenCount = 0
        var noSpeechProbability = 1.0
    }

    /// - Parameter samples: mono, 16 kHz, at most 30 s.
    public func recognize(_ samples: [Float], options: RecognitionOptions) throws -> Recognition {
        if let language = options.language, !languages.contains(language) {
            throw AudioError(
                .usage, operation: "recognize", subject: "speech in `\(language)`",
                cause: "the model \(name) does not know this language",
                mend: languages == ["en"]
                    ? "choose a multilingual model" : "choose one of \(languages.joined(separator: ", "))")
        }
        let samples = Array(samples.prefix(WhisperMel.longestSamples))
        let levels = WhisperLevels(samples)
        var progress = Progress(language: options.language ?? (languages == ["en"] ? "en" : nil))
        if let prompt = options.prompt?.trimmed, !prompt.isEmpty {
            progress.context = model.tokenizer.encode(" " + prompt)
        }
        var start = 0
        while start < samples.count, !levels.isSilent {
            if Task.isCancelled { throw CancellationError() }
            // What is left after the first window is read only where somebody may still speak.
            let rest = Double(samples.count - start) / Double(sampleRate)
            let from = Double(start) / Double(sampleRate)
            if start > 0, rest < 0.4 || levels.peak - levels.loudest(from: from, to: from + rest) > 25 { break }
            let used = try read(samples, from: start, options: options, into: &progress)
            start += max(WhisperMel.hopSamples, used)
        }
        let guarded = WhisperHallucinations(levels: levels).removed(from: progress.words)
        return Recognition(
            language: progress.language ?? "en",
            words: guarded.compactMap { word in
                let text = word.text.trimmed
                guard text.contains(where: { $0.isLetter || $0.isNumber || "&%+=$€£@".contains($0) }) else {
                    return nil
                }
                return Word(
                    text: text, span: TimeSpan(start: word.start, end: min(word.end, levels.seconds)),
                    confidence: word.probability)
            },
            noSpeechProbability: progress.noSpeechProbability,
            averageLogProbability: progress.tokenCount > 0
                ? progress.logProbability / Double(progress.tokenCount) : 0)
    }

    /// Reads one window and adds its words.
    /// - Returns: samples of the window that are dealt with.
    private func read(
        _ samples: [Float], from start: Int, options: RecognitionOptions, into progress: inout Progress
    ) throws -> Int {
        let tokenizer = model.tokenizer
        let rate = Double(sampleRate)
        let window = start == 0 ? samples : Array(samples[start...])
        let seconds = Double(window.count) / rate
        let encoding = try model.encode(window)
        let decoder = try model.decoder(for: encoding)
        let language = try progress.language ?? detectLanguage(decoder)
        progress.language = language

        let prompt = prompt(language: language, context: progress.context)
        let (decoded, temperature) = try decode(
            decoder, prompt: prompt, seconds: seconds, beams: options.beamSize)
        let text = decoded.best
        if start == 0 { progress.noSpeechProbability = decoded.noSpeechProbability }
        if decoded.noSpeechProbability > settings.greatestNoSpeechProbability,
            text.averageLogProbability <= settings.leastLogProbability
        {
            return window.count
        }
        let cut = WhisperSegment.cut(text.tokens, tokenizer: tokenizer, windowSeconds: seconds)
        let (segments, lastEnd) = try timed(
            cut.segments, decoder: decoder, language: language, frames: encoding.frameCount,
            lastEnd: progress.lastEnd - Double(start) / rate)
        let offset = Double(start) / rate
        for (segment, words) in zip(cut.segments, segments) {
            let isInvented = WhisperHallucinations.isInvented(
                words, noSpeechProbability: decoded.noSpeechProbability,
                averageLogProbability: text.averageLogProbability)
            if isInvented { continue }
            progress.words += words.map { word in
                var word = word
                word.start += offset
                word.end += offset
                return word
            }
            progress.context += segment.tokens
        }
        if temperature > 0.5 { progress.context = [] }
        progress.lastEnd = lastEnd + offset
        progress.logProbability += text.logProbability
        progress.tokenCount += text.tokens.count + 1
        guard !cut.isClosed else { return window.count }
        // An open end: whatever follows the last word is read again, but time always goes on.
        let dealtWith = max(0.5, lastEnd > 0 ? lastEnd : cut.seconds)
        return min(window.count, Int((dealtWith * rate).rounded()))
    }

    /// The prompt: what came before, then the control tokens.
    private func prompt(language: String, context: [Int]) -> (tokens: [Int], start: Int) {
        let tokenizer = model.tokenizer
        var tokens: [Int] = []
        if !context.isEmpty {
            tokens = [tokenizer.startOfPrevious] + context.suffix(model.contextCount / 2 - 1)
        }
        let start = tokens.count
        tokens += model.startSequence(language: language)
        if !settings.usesTimestamps { tokens.append(tokenizer.noTimestamps) }
        return (tokens, start)
    }

    /// Searches the text, at higher temperatures while it fails the checks.
    private func decode(
        _ decoder: any WhisperStepper, prompt: (tokens: [Int], start: Int), seconds: Double, beams: Int
    ) throws -> (outcome: WhisperSearch.Outcome, temperature: Float) {
        var rules = model.rules
        rules.usesTimestamps = settings.usesTimestamps
        let search = WhisperSearch(
            stepper: decoder, rules: rules, prompt: prompt.tokens, startIndex: prompt.start,
            noSpeechToken: model.tokenizer.noSpeech,
            // Nobody says more than twelve tokens a second.
            longest: min(model.contextCount / 2, 24 + Int(12 * seconds)))
        var tried: [(outcome: WhisperSearch.Outcome, temperature: Float, isRepetitive: Bool)] = []
        for (index, temperature) in settings.temperatures.enumerated() {
            let outcome =
                temperature > 0
                ? try search.sample(temperature: temperature, count: settings.draws, seed: UInt64(index))
                : try search.beamSearch(beams: max(1, beams), patience: settings.patience)
            let text = model.tokenizer.decodeBytes(outcome.best.tokens)
            let ratio = Double(text.count) / Double(max(1, DeflatedSize.of(text)))
            let isRepetitive = ratio > settings.greatestCompression
            let isImprobable = outcome.best.averageLogProbability < settings.leastLogProbability
            tried.append((outcome, temperature, isRepetitive))
            let isSilence = outcome.noSpeechProbability > settings.greatestNoSpeechProbability && isImprobable
            if isSilence || !(isRepetitive || isImprobable) { return (outcome, temperature) }
        }
        let sound = tried.filter { !$0.isRepetitive }
        let best = (sound.isEmpty ? tried : sound).max {
            $0.outcome.best.averageLogProbability < $1.outcome.best.averageLogProbability
        }
        guard let best else {
            throw AudioError(
                .usage, operation: "recognize", subject: "speech", cause: "no temperature is given",
                mend: "give at least 0")
        }
        return (best.outcome, settings.temperatures.last ?? 0)
    }

    public func languages(of samples: [Float]) throws -> [String: Double] {
        if languages.count == 1 { return [languages[0]: 1] }
        let encoding = try model.encode(Array(samples.prefix(WhisperMel.longestSamples)))
        return try languageProbabilities(model.decoder(for: encoding))
    }

    /// Among the languages' tokens alone: what follows the start of a transcript.
    private func languageProbabilities(_ decoder: any WhisperStepper) throws -> [String: Double] {
        try decoder.reset()
        let logits = try decoder.advance([model.tokenizer.startOfTranscript], texts: 1, parents: [0], rows: [0])
        let tokens = model.tokenizer.languageTokens
        let top = tokens.values.map { logits[$0] }.max() ?? 0
        let weights = tokens.mapValues { Double(exponential(logits[$0] - top)) }
        let total = weights.values.reduce(0, +)
        return weights.mapValues { $0 / total }
    }

    private func detectLanguage(_ decoder: any WhisperStepper) throws -> String {
        let best = try languageProbabilities(decoder).max { ($0.value, $1.key) < ($1.value, $0.key) }
        return best?.key ?? "en"
    }

    /// Finds the times of all segments' words.
    /// - Parameters:
    ///   - frames: mel frames of real audio.
    ///   - lastEnd: where the words before this window ended, in its own seconds.
    /// - Returns: the words of each segment, and where the last one ends.
    private func timed(
        _ segments: [WhisperSegment], decoder: WhisperDecoder, language: String, frames: Int, lastEnd: Double
    ) throws -> (words: [[WhisperWord]], lastEnd: Double) {
        let tokens = segments.flatMap(\.tokens)
        guard !tokens.isEmpty else { return (segments.map { _ in [] }, max(0, lastEnd)) }
        let aligned = try decoder.align(tokens, language: language, frames: frames / 2)
        var words: [WhisperWord] = []
        var at = 0
        for (text, count) in WhisperWords.split(tokens, tokenizer: model.tokenizer, language: language) {
            let probability = aligned.probabilities[at..<at + count].reduce(0, +) / Double(count)
            words.append(
                WhisperWord(
                    text: text, tokenCount: count,
                    start: Double(aligned.onsets[at]) * WhisperAlignment.frameSeconds,
                    end: Double(aligned.onsets[at + count]) * WhisperAlignment.frameSeconds,
                    probability: probability))
            at += count
        }
        let median = WhisperWords.medianDuration(words)
        WhisperWords.truncateAtSentenceEnds(&words, longest: 2 * median)
        WhisperWords.mergePunctuation(&words)

        var result: [[WhisperWord]] = []
        var index = 0
        var end = lastEnd
        for segment in segments {
            var own: [WhisperWord] = []
            var used = 0
            while index < words.count, used < segment.tokens.count {
                if !words[index].text.isEmpty { own.append(words[index]) }
                used += words[index].tokenCount
                index += 1
            }
            WhisperWords.repairEdges(&own, segment: segment.span, lastEnd: end, median: median)
            if let last = own.last { end = last.end }
            result.append(own)
        }
        return (result, max(0, end))
    }
}

extension String {
    /// Without blanks at both ends.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

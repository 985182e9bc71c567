import AudioCore
import Foundation
import Testing

@testable import SpeechModels

private let hasEspeak = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: $0 + "/espeak-ng") }

/// Languages that are read by espeak-ng.
@Suite(.enabled(if: hasEspeak, "needs espeak-ng")) struct EspeakPhonemizerTests {
    private let phonemizer = EspeakPhonemizer()

    private func spoken(_ text: String, _ language: String) throws -> [[SpokenWord]] {
        try phonemizer.readings(of: text.split(separator: " ").map(String.init), language: language)
            .map { $0.first ?? [] }
    }

    @Test(
        "Every word has sounds of its own, in its place",
        arguments: [
            ("es", "¿Dónde están los niños? En 1986 comían pan — con queso."),
            ("it", "Gli amici, che sono arrivati ieri, parlano della città."),
            ("pt", "As crianças não comem pão — mas em 1986, sim, comiam com limões."),
        ])
    func words(language: String, text: String) throws {
        let written = text.split(separator: " ")
        let words = try spoken(text, language)
        #expect(words.count == written.count)
        for (index, word) in words.enumerated() where written[index].contains(where: \.isLetter) {
            #expect(!word.isEmpty, "\(written[index])")
            #expect(word.allSatisfy { $0.source == index && !$0.phonemes.isEmpty })
            // Nothing of espeak-ng's own notation is left.
            #expect(!word.contains { $0.phonemes.contains { "^()- ".contains($0) } }, "\(word.map(\.phonemes))")
        }
    }

    @Test("Words sound as they do beside each other, and punctuation stays with its word")
    func context() throws {
        #expect(try spoken("los amigos, adiós !", "es")[1].first?.punctuation == ",")
        // A d between vowels is weaker than one that begins.
        let (inside, alone) = try (spoken("la dama", "es")[1], spoken("dama", "es")[0])
        #expect(inside.first?.phonemes.hasPrefix("ð") == true && alone.first?.phonemes.hasPrefix("d") == true)
    }

    @Test("A nasal vowel keeps its mark, which is a symbol of its own")
    func nasal() {
        #expect(KokoroAlphabet.phonemes(ipa: "p\u{250}\u{303}").unicodeScalars.last == "\u{303}")
    }

    @Test("A language that nobody reads is refused in one sentence")
    func refusal() throws {
        let all = PhonemizerByLanguage([phonemizer])
        let error = #expect(throws: AudioError.self) { try all.readings(of: ["hej"], language: "sv") }
        #expect(error?.kind == .usage && error?.description.contains("es, it") == true)
        #expect(try all.readings(of: ["hola"], language: "es-MX").first?.first?.isEmpty == false)
    }

    @Test("Without the program the sentence says what to install")
    func programAbsent() throws {
        let error = #expect(throws: AudioError.self) {
            try EspeakPhonemizer(searchPath: "/nonexistent").readings(of: ["hola"], language: "es")
        }
        #expect(error?.kind == .unavailable && error?.mend == "apt-get install espeak-ng")
    }
}

/// The other languages spoken by Kokoro and heard by Whisper.
@Suite(
    .serialized,
    .enabled(
        if: hasEspeak && InstalledModels.have("kokoro-82m/kokoro-int8.onnx", "whisper-base/model.bin"),
        "needs espeak-ng and the models kokoro-82m and whisper-base"))
struct SpokenLanguageTests {
    @Test(
        "What is spoken is understood as that language",
        arguments: [
            (
                "es", "jf_alpha",
                "Buenos días a todos, hoy vamos a hablar de la historia de nuestra ciudad y de sus antiguas calles."
            ),
            (
                "it", "jf_alpha",
                "Buongiorno a tutti, oggi parliamo della storia della nostra città e delle sue strade antiche."
            ),
            // jf_alpha is not understood in Portuguese, the other voices are.
            ("pt", "jm_kumo", "Bom dia a todos, hoje vamos falar da história da nossa cidade e das suas ruas antigas."),
        ])
    func roundTrip(language: String, name: String, text: String) throws {
        let runtime = try InstalledModels.runtime()
        let folder = InstalledModels.folder.appending(path: "kokoro-82m")
        let kokoro = try KokoroSynthesizer(modelFolder: folder, in: runtime)
        let voice = try VoiceCatalogue(modelFolder: folder).voice(named: name)
        let words = text.split(separator: " ").map(String.init)
        let spoken = try EspeakPhonemizer().readings(of: words, language: language).flatMap { $0.first ?? [] }
        let plan = try kokoro.plan(spoken, voice: voice)
        let prosody = try kokoro.prosody(
            plan.tokens, frames: plan.predictedFrames.map { max(1, Int($0.rounded())) }, voice: voice)
        let sound = try kokoro.speak(prosody, tokenCount: plan.tokens.count, voice: voice)
        // 24 kHz -> 16 kHz by linear interpolation: good enough for words.
        let low = (0..<sound.count * 2 / 3).map { index -> Float in
            let at = Float(index) * 1.5
            let left = Int(at)
            return sound[left] + (at - Float(left)) * (sound[min(left + 1, sound.count - 1)] - sound[left])
        }
        let whisper = WhisperTranscriber(
            model: try WhisperModel(
                folder: InstalledModels.folder.appending(path: "whisper-base"), runtime: runtime, threads: 2))
        let heard = try whisper.recognize(low, options: RecognitionOptions())
        #expect(heard.language == language)
        let understood = heard.words.map(\.text).joined(separator: " ")
        let errors = TranscriptErrors.alignment(reference: text, hypothesis: understood)
        #expect((errors.errorRate ?? 1) < 0.3, "\(understood)")
    }
}

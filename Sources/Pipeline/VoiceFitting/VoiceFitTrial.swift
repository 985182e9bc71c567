import AudioCore
import Files
import Foundation

/// Lets two judges compare a fitted voice, saying words of its own, with speech of the person that it was not fitted to.
struct VoiceFitTrial {
    private let engines: Engines
    private let reference: VoiceReference
    /// Utterances kept apart; empty where there was too little.
    private let heldOut: [Int]
    private let others: [VoiceMeasure]
    /// The stock voice at the person's pitch, the same through the recording's channel, the fitted voice, the same with
    /// the recording's noise; 24 kHz.
    private let stock: [Float]
    private let control: [Float]
    private let fitted: [Float]
    private let fittedInRoom: [Float]
    private let sampleRate: Int

    /// What is said: everyday sentences, some 20 s.
    private static let text = """
        Good evening, and welcome to the programme. Tonight we follow a small boat from the harbour to the islands, through \
        fog, a broken engine and a very good breakfast. Why did they leave so early? Because the tide would not wait. The \
        captain laughed, poured three cups of coffee, and pointed at the light above the water.
        """

    /// - Parameter timbre: learnt without the utterances kept apart.
    init(
        engines: Engines, reference: VoiceReference, heldOut: [Int], base: Voice, timbre: VoiceTimbre,
        others: [VoiceMeasure]
    ) throws {
        self.engines = engines
        self.reference = reference
        self.heldOut = heldOut
        self.others = others
        let synthesizer = try engines.synthesizer()
        sampleRate = synthesizer.sampleRate
        var atPitch = base
        atPitch.timbre = timbre
        atPitch.timbre?.strength = 0
        stock = try PlainSpeech(engines: engines).samples(
            Self.text.split(separator: " ").map(String.init), language: "en", voice: atPitch,
            synthesizer: synthesizer, phonemizer: engines.phonemizer())
        let learnt = reference.utterances.indices.filter { !heldOut.contains($0) }
        let channel = ChannelControl(of: learnt.flatMap { reference.utterances[$0].samples })
        control = channel.applied(to: stock)
        fitted = try timbre.applied(to: stock, sampleRate: sampleRate)
        fittedInRoom = channel.noiseAdded(to: fitted)
    }

    /// Writes what the judges hear.
    func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let person = heldOut.flatMap { reference.utterances[$0].samples }
        let sounds = [
            ("stock", stock), ("channel", control), ("fitted", fitted), ("fitted-in-room", fittedInRoom),
            ("person", person),
        ]
        for (name, samples) in sounds where !samples.isEmpty {
            let writer = try WaveWriter(
                folder.appendingPathComponent("\(name).wav"), sampleRate: sampleRate, channelCount: 1)
            try writer.append([samples])
            try writer.finish()
        }
        try Data(Self.text.utf8).write(to: folder.appendingPathComponent("text.txt"))
    }

    /// First the encoder that chose the stock voice, then the one that took no part.
    func likeness() throws -> [VoiceFitLikeness] {
        try [
            likeness(engines.embedder(), .selected), likeness(engines.judgingEmbedder(), .reported),
        ]
    }

    /// What the person's recording sounds like to the one that took no part.
    func personPrints() throws -> [String: [Float]] {
        let judge = try engines.judgingEmbedder()
        return [judge.name: try print(reference.speech(reference.utterances.indices), judge)]
    }

    private func likeness(_ encoder: any SpeakerEmbedder, _ part: VoiceFitLikeness.Part) throws -> VoiceFitLikeness {
        let all = reference.speech(reference.utterances.indices)
        let apart = heldOut.isEmpty ? Array(all[(all.count / 2)...]) : reference.speech(heldOut)
        let rest =
            heldOut.isEmpty
            ? Array(all[..<(all.count / 2)])
            : reference.speech(reference.utterances.indices.filter { !heldOut.contains($0) })
        let person = try print(apart, encoder)
        func likeness(_ samples: [Float]) throws -> Double {
            let low = try engines.media.resample(samples, from: sampleRate, to: encoder.sampleRate)
            return encoder.likeness(try print(low, encoder), person)
        }
        let strangers = others.compactMap { $0.prints[encoder.name] }.map { encoder.likeness($0, person) }
        return VoiceFitLikeness(
            encoder: encoder.name, part: part, stock: try likeness(stock), channelControl: try likeness(control),
            fitted: try likeness(fittedInRoom), samePerson: encoder.likeness(try print(rest, encoder), person),
            otherVoices: strangers.reduce(0, +) / Double(max(1, strangers.count)),
            heldOutSeconds: heldOut.reduce(0) { $0 + reference.utterances[$1].seconds })
    }

    private func print(_ samples: [Float], _ encoder: any SpeakerEmbedder) throws -> [Float] {
        guard let print = try encoder.voicePrint(ofSpeech: samples) else {
            throw AudioError(
                .badData, operation: "judge", subject: "a fitted voice", cause: "there is too little speech",
                mend: "give a longer recording")
        }
        return print
    }
}

import Foundation
import Testing

@testable import AudioCore

/// What a listener would miss if the timbre were not moved, or more than the timbre were.
@Suite struct TimbreTests {
    private static let voice = SyntheticTimbre(scale: 1, tilt: 0)
    private static let person = SyntheticTimbre(scale: 1.12, tilt: 0.6)

    private static let learner: TimbreLearner = {
        var learner = TimbreLearner()
        for seed in 1...3 as ClosedRange<UInt64> {
            let sentence = SyntheticTimbre.sentence(50, seed: seed)
            learner.add(voice: voice.say(sentence), recording: person.say(sentence, seed: 7))
        }
        return learner
    }()

    /// Mean distance of shapes over frames in which both speak, in natural log of power.
    private func distance(_ a: [Float], _ b: [Float]) -> Float {
        let (a, b) = (TimbreSpectrum(a), TimbreSpectrum(b))
        var (sum, count) = (Float(0), Float(0))
        for frame in 0..<min(a.frameCount, b.frameCount) where a.isActive(frame) && b.isActive(frame) {
            for band in 0..<TimbreSpectrum.bandCount {
                let difference = a.logs[frame, band] - a.levels[frame] - b.logs[frame, band] + b.levels[frame]
                sum += difference * difference
                count += 1
            }
        }
        return (sum / count).squareRoot()
    }

    @Test func newSentencesComeNearerToThePersonThanAnEqualizerBringsThem() throws {
        let map = try #require(Self.learner.map(lambda: 300))
        let sentence = SyntheticTimbre.sentence(40, seed: 99)
        let (spoken, wanted) = (Self.voice.say(sentence), Self.person.say(sentence))
        let filtered = TimbreFilter(map, strength: 1, variety: 0.7).applied(to: spoken)
        let equalized = TimbreFilter(TimbreMap(offset: map.offset), strength: 1, variety: 0).applied(to: spoken)
        let (before, equal, after) = (
            distance(spoken, wanted), distance(equalized, wanted), distance(filtered, wanted)
        )
        #expect(equal < before)
        #expect(after < 0.75 * equal)
    }

    @Test func strengthGoesSteadilyFromTheVoiceToThePerson() throws {
        let map = try #require(Self.learner.map(lambda: 300))
        let sentence = SyntheticTimbre.sentence(40, seed: 98)
        let (spoken, wanted) = (Self.voice.say(sentence), Self.person.say(sentence))
        #expect(TimbreFilter(map, strength: 0, variety: 0.7).applied(to: spoken) == spoken)
        let distances = [0, 0.25, 0.5, 0.75, 1].map { strength in
            distance(TimbreFilter(map, strength: strength, variety: 0.7).applied(to: spoken), wanted)
        }
        #expect(zip(distances, distances.dropFirst()).allSatisfy { $0 > $1 })
    }

    @Test func lengthLoudnessAndSilenceStay() throws {
        let map = try #require(Self.learner.map(lambda: 300))
        let filter = TimbreFilter(map, strength: 1, variety: 0.7)
        let spoken = Self.voice.say(SyntheticTimbre.sentence(30, seed: 5))
        let filtered = filter.applied(to: spoken)
        #expect(filtered.count == spoken.count)
        func power(_ samples: [Float]) -> Float { samples.reduce(0) { $0 + $1 * $1 } }
        #expect(abs(10 * log10(power(filtered) / power(spoken))) < 0.2)
        #expect(filtered.allSatisfy { $0.isFinite })
        let silence = [Float](repeating: 0, count: 5000)
        #expect(filter.applied(to: silence) == silence)
        #expect(filter.applied(to: []) == [])
    }

    @Test(arguments: [0.05, 3.0] as [Float])
    func howLoudSpeechIsChangesNothingElse(gain: Float) throws {
        let map = try #require(Self.learner.map(lambda: 300))
        let filter = TimbreFilter(map, strength: 0.8, variety: 0.7)
        let spoken = Self.voice.say(SyntheticTimbre.sentence(20, seed: 6), amplitude: 0.1)
        let usual = filter.applied(to: spoken).map { $0 * gain }
        let other = filter.applied(to: spoken.map { $0 * gain })
        let error = zip(usual, other).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        #expect(error < 2e-3 * gain)
    }

    @Test func peaksStayWithinFullScale() throws {
        let map = try #require(Self.learner.map(lambda: 300))
        let spoken = Self.voice.say(SyntheticTimbre.sentence(20, seed: 8), amplitude: 0.97)
        let filtered = TimbreFilter(map, strength: 1, variety: 1).applied(to: spoken)
        #expect(filtered.allSatisfy { abs($0) <= 0.985 })
    }

    @Test func aVoiceIsNotMovedTowardsItself() throws {
        var learner = TimbreLearner()
        let sentence = SyntheticTimbre.sentence(60, seed: 4)
        let spoken = Self.voice.say(sentence)
        learner.add(voice: spoken, recording: spoken)
        let map = try #require(learner.map(lambda: 1000))
        let other = Self.voice.say(SyntheticTimbre.sentence(30, seed: 12))
        #expect(distance(TimbreFilter(map, strength: 1, variety: 1).applied(to: other), other) < 0.1)
    }

    /// One of the person's vowels is 8 dB louder than the voice's.
    @Test func howLoudASoundIsAmongTheOthersIsLearnt() throws {
        let each = SyntheticTimbre.sampleRate * 12 / 100
        func stressed(_ sentence: [Int]) -> [Float] {
            var samples = Self.person.say(sentence, amplitude: 0.1)
            for (place, sound) in sentence.enumerated() where sound == 3 {
                for index in place * each..<(place + 1) * each { samples[index] *= 2.5 }
            }
            return samples
        }
        var learner = TimbreLearner()
        for seed in 1...3 as ClosedRange<UInt64> {
            let sentence = SyntheticTimbre.sentence(50, seed: seed)
            learner.add(voice: Self.voice.say(sentence), recording: stressed(sentence))
        }
        let map = try #require(learner.map(lambda: 300))
        let sentence = SyntheticTimbre.sentence(60, seed: 77)
        let spoken = Self.voice.say(sentence)
        /// How much the vowel stands out, dB.
        func stress(_ samples: [Float]) -> Float {
            let spectrum = TimbreSpectrum(samples)
            func level(_ isMeant: (Int) -> Bool) -> Float {
                let frames = sentence.indices.filter { sentence[$0] >= 0 && isMeant(sentence[$0]) }
                    .map { ($0 * each + each / 2) / 120 }
                return frames.reduce(0) { $0 + spectrum.levels[$1] } / Float(frames.count)
            }
            return (level { $0 == 3 } - level { $0 != 3 }) * 10 / log(10)
        }
        let filtered = TimbreFilter(map, strength: 1, variety: 0.7).applied(to: spoken)
        let (before, after, wanted) = (stress(spoken), stress(filtered), stress(stressed(sentence)))
        #expect(wanted > before + 6)
        #expect(after > before + 0.5 * (wanted - before))
    }

    /// Voices made before levels were learnt.
    @Test func aMapWithoutLevelsIsReadAsOneThatLeavesThem() throws {
        let map = TimbreMap(offset: (0..<60).map { Float($0) })
        let (inputs, outputs, bands) = (TimbreMap.inputCount, TimbreMap.outputCount, TimbreSpectrum.bandCount)
        let head = 4 * 2 * inputs
        let old = map.bytes[..<(head + 4 * inputs * bands)] + map.bytes[(head + 4 * inputs * outputs)...]
        #expect(TimbreMap(bytes: Array(old)) == map)
    }

    @Test func whatIsKeptApartIsNotLearnt() throws {
        let all = try #require(Self.learner.map(lambda: 300))
        let fewer = try #require(Self.learner.map(lambda: 300, excluding: [2]))
        var alone = TimbreLearner()
        for seed in 1...2 as ClosedRange<UInt64> {
            let sentence = SyntheticTimbre.sentence(50, seed: seed)
            alone.add(voice: Self.voice.say(sentence), recording: Self.person.say(sentence, seed: 7))
        }
        #expect(fewer == alone.map(lambda: 300))
        #expect(fewer != all)
    }

    @Test func tooLittleSpeechGivesNoMap() {
        var learner = TimbreLearner()
        #expect(learner.map(lambda: 300) == nil)
        learner.add(voice: Self.voice.say([0, 1]), recording: Self.person.say([0, 1]))
        #expect(learner.map(lambda: 300) == nil)
        let isAdded = learner.add(voice: [], recording: [])
        #expect(!isAdded)
    }

    @Test func aMapSurvivesItsBytesAndDamageDoesNot() throws {
        let map = try #require(Self.learner.map(lambda: 300))
        #expect(TimbreMap(bytes: map.bytes) == map)
        #expect(TimbreMap(bytes: Array(map.bytes.dropLast())) == nil)
        var damaged = map.bytes
        // A number that is none.
        damaged.replaceSubrange(400..<404, with: [0, 0, 0xC0, 0x7F])
        #expect(TimbreMap(bytes: damaged) == nil)
    }

    /// What a telephone does not carry says nothing of the person: there the voice keeps its own.
    @Test func aNarrowRecordingDoesNotMuffle() throws {
        var learner = TimbreLearner()
        for seed in 1...3 as ClosedRange<UInt64> {
            let sentence = SyntheticTimbre.sentence(50, seed: seed)
            let narrow = lowPassed(Self.person.say(sentence, noise: 1e-4), at: 3400)
            learner.add(voice: Self.voice.say(sentence, noise: 1e-4), recording: narrow)
        }
        let map = try #require(learner.map(lambda: 300))
        let spoken = Self.voice.say(SyntheticTimbre.sentence(30, seed: 31), noise: 1e-4)
        let filtered = TimbreFilter(map, strength: 1, variety: 0.7).applied(to: spoken)
        let (before, after) = (TimbreSpectrum(spoken).meanShape, TimbreSpectrum(filtered).meanShape)
        let high = TimbreSpectrum.bank.centres.indices.filter { TimbreSpectrum.bank.centres[$0] > 4500 }
        let change = high.reduce(Float(0)) { $0 + after[$1] - before[$1] } / Float(high.count)
        #expect(abs(change) < 1.5)
    }

    private func lowPassed(_ samples: [Float], at hertz: Double) -> [Float] {
        let transform = STFT(windowSamples: 1024, hopSamples: 256)
        var spectrogram = transform.transform(samples)
        let top = Int(hertz * 1024 / 24_000)
        for frame in 0..<spectrogram.frames {
            for bin in top..<spectrogram.bins {
                spectrogram.real[frame * spectrogram.bins + bin] = 0
                spectrogram.imaginary[frame * spectrogram.bins + bin] = 0
            }
        }
        return transform.inverse(spectrogram, count: samples.count)
    }

    @Test func framesOfTheSameSoundFindEachOther() throws {
        let sentence = SyntheticTimbre.sentence(40, seed: 3)
        let spoken = Self.voice.say(sentence)
        // The person is 25 ms late.
        let late = [Float](repeating: 0, count: 600) + Self.person.say(sentence).dropLast(600)
        let pairing = try #require(
            TimbrePairing(voice: TimbreSpectrum(spoken), recording: TimbreSpectrum(Array(late))))
        let shifts = pairing.partner.enumerated().dropFirst(50).dropLast(50).map { $1 - $0 }.sorted()
        #expect(abs(shifts[shifts.count / 2] - 5) <= 1)
    }
}

/// The room without the person.
@Suite struct ChannelControlTests {
    @Test func theRecordingsSpectrumAndNoiseAreTakenOverAndNotItsVoice() {
        let (voice, person) = (SyntheticTimbre(scale: 1, tilt: 0), SyntheticTimbre(scale: 1.12, tilt: 0.6))
        let recording = person.say(SyntheticTimbre.sentence(60, seed: 2), noise: 3e-4)
        let spoken = voice.say(SyntheticTimbre.sentence(60, seed: 21), noise: 0)
        let result = ChannelControl(of: recording).applied(to: spoken)
        #expect(result.count == spoken.count)
        func distance(_ samples: [Float]) -> Float {
            let shape = TimbreSpectrum(recording).meanShape
            let own = TimbreSpectrum(samples).meanShape
            return zip(shape, own).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
        #expect(distance(result) < 0.5 * distance(spoken))
        // The pauses are as noisy, to within some dB.
        func floor(_ samples: [Float]) -> Float {
            let spectrum = TimbreSpectrum(samples)
            return quantile(0.05, of: spectrum.levels) - spectrum.loud
        }
        #expect(floor(spoken) < floor(recording) - 4)
        #expect(abs(floor(result) - floor(recording)) < 1.2)
    }

    @Test func theNoiseAloneLeavesTheSpeechWhatItWas() {
        let pauses = [Int](repeating: -1, count: 20)
        let sounds = SyntheticTimbre.sentence(40, seed: 2) + pauses
        let recording = SyntheticTimbre(scale: 1.12, tilt: 0.6).say(sounds, noise: 3e-5)
        let spoken = SyntheticTimbre(scale: 1, tilt: 0).say(sounds, noise: 0)
        let noisy = ChannelControl(of: recording).noiseAdded(to: spoken)
        func floor(_ samples: [Float]) -> Float {
            let spectrum = TimbreSpectrum(samples)
            return quantile(0.05, of: spectrum.levels) - spectrum.loud
        }
        #expect(floor(spoken) < floor(recording) - 4)
        #expect(abs(floor(noisy) - floor(recording)) < 1.2)
        func power(_ samples: [Float]) -> Float { samples.reduce(0) { $0 + $1 * $1 } }
        #expect(power(zip(noisy, spoken).map { $0 - $1 }) < 0.1 * power(spoken))
    }
}

@Suite struct RidgeRegressionTests {
    @Test func aLinearRuleIsFoundAndPenaltiesShrinkIt() throws {
        var generator = SplitMix64(state: 3)
        var regression = RidgeRegression(inputs: 3, outputs: 2)
        for _ in 0..<400 {
            let c = (0..<3).map { _ in Float.random(in: -1...1, using: &generator) }
            regression.add(c, [2 * c[0] - c[2], 0.5 * c[1]])
        }
        let free = try #require(regression.solution(lambda: 1e-6))
        let wanted: [Float] = [2, 0, 0, 0.5, -1, 0]
        #expect(zip(free.elements, wanted).allSatisfy { abs($0 - $1) < 1e-3 })
        let tight = try #require(regression.solution(lambda: 1000))
        #expect(tight.elements.reduce(0) { $0 + abs($1) } < 0.5 * free.elements.reduce(0) { $0 + abs($1) })
    }
}

@Suite struct VoicePitchTests {
    @Test func theMiddleTellsTheSpreadAndOctaveErrorsDoNot() throws {
        var generator = SplitMix64(state: 11)
        // Nearly normal: the mean of twelve.
        let logs = (0..<4000).map { _ in
            log(150) + 0.15 * (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0...1, using: &generator) }
        }
        let clean = try #require(PitchRange(ofLogs: logs))
        #expect(abs(clean.medianLog - log(150)) < 0.01)
        #expect(abs(clean.deviationLog - 0.15) < 0.01)
        let faulty = logs.enumerated().map { $0 % 40 == 0 ? $1 + log(2) : $1 }
        let robust = try #require(PitchRange(ofLogs: faulty))
        #expect(abs(robust.deviationLog - clean.deviationLog) < 0.02)
        #expect(PitchRange(ofLogs: [5]) == nil)
    }

    @Test func aMelodyIsMovedToThePersonsMedianAndSpread() {
        let person = PitchRange(medianLog: log(110), deviationLog: 0.2, lowLog: log(80), highLog: log(160))
        let own = PitchRange(medianLog: log(220), deviationLog: 0.16, lowLog: log(150), highLog: log(300))
        let timbre = VoiceTimbre(
            map: TimbreMap(offset: [Float](repeating: 0, count: 60)), pitch: person, strength: 1, variety: 0)
        let moved = timbre.melody([220, 3, 220 * exp(0.16)], range: own)
        #expect(abs(moved[0] - 110) < 0.01)
        #expect(moved[1] == 3)
        #expect(abs(log(moved[2]) - log(110) - 0.2) < 1e-4)
    }

    @Test func aContourKeepsItsShapeWhereNoSpreadIsAsked() throws {
        let contour = (0..<80).map { Float(120 + 20 * sin(Double($0) / 9)) }
        let range = PitchRange(medianLog: log(200), deviationLog: 0.1, lowLog: log(100), highLog: log(400))
        func applied(_ ratio: Double) throws -> [Float] {
            try #require(
                PitchTransfer(
                    pitchHertz: contour, speakerMedianLog: log(120), range: range, register: .own,
                    spreadRatio: ratio)
            ).applied(to: [Float](repeating: 100, count: 80), offset: 0)
        }
        let plain = try #require(
            PitchTransfer(pitchHertz: contour, speakerMedianLog: log(120), range: range, register: .own)
        ).applied(to: [Float](repeating: 100, count: 80), offset: 0)
        let (same, wide) = try (applied(1), applied(1.3))
        #expect(same == plain)
        #expect(abs(log(wide[14] / 200) - 1.3 * log(plain[14] / 200)) < 1e-3)
    }
}

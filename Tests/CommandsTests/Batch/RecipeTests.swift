import AudioCore
import Configuration
import Foundation
import Pipeline
import Store
import TestSupport
import Testing

@testable import Commands

/// What a recipe says is what is done; what it cannot mean is an error before a hundred episodes are changed.
@Suite struct RecipeTests {
    private func error(_ yaml: String) -> String {
        let error = #expect(throws: AudioError.self) { try Recipe(yaml: yaml, name: "r.yaml") }
        #expect(error?.kind == .badData && error?.subject.hasSuffix("r.yaml") == true)
        return error?.cause ?? ""
    }

    @Test func everyFieldMeansSomething() throws {
        let recipe = try Recipe(
            yaml: """
                people:
                  Anna: jf_alpha
                  Ben Miller: {voice: jm_kumo}
                voice: jf_nezumi
                notFound: fail
                foundTwice: skip
                threshold: 0.61
                outputDir: new
                exact: true
                overlap: mute
                pitch: source
                uncertain: replace
                language: EN
                prompt: Zaphod, Trillian
                speakers: 3
                options:
                  synthesizer.least-confidence: 0.4
                """, name: "r.yaml")
        #expect(
            recipe.work.roles == [
                .init(who: "Anna", voice: "jf_alpha"), .init(who: "Ben Miller", voice: "jm_kumo"),
                .init(who: nil, voice: "jf_nezumi"),
            ])
        #expect(recipe.work.notFound == .fail && recipe.work.foundTwice == .skip && recipe.work.threshold == 0.61)
        #expect(recipe.outputFolder == "new")
        let configuration = try Configuration(flags: recipe.given)
        var work = recipe.work
        work.options = configuration.settings.changes
        // What an episode is told in words means the same there.
        for settings in try [configuration.settings, work.settings] {
            #expect(settings.isExact && settings.stages.synthesizer.overlap == .mute)
            #expect(settings.stages.synthesizer.pitch == .source && settings.stages.synthesizer.uncertain == .replace)
            #expect(settings.stages.synthesizer.leastConfidence == 0.4)
            #expect(
                settings.knowledge
                    == ProgrammeKnowledge(speakerCount: 3, language: "en", prompt: "Zaphod, Trillian"))
        }
        let small = try Recipe(yaml: "voice: jf_alpha", name: "r.yaml")
        #expect(small.work == EpisodeWork(roles: [.init(who: nil, voice: "jf_alpha")]) && small.outputFolder == nil)
    }

    @Test func damagedRecipesAreReadOrRefused() {
        let text = Array(
            """
            people:
              Anna: jf_alpha
              Ben Miller: {voice: jm_kumo}
            threshold: 0.61
            overlap: mute
            speakers: 3
            options: {synthesizer.least-confidence: 0.4}
            """.utf8)
        var mutations = Mutations(seed: 25)
        var (read, refused) = (0, 0)
        for _ in 0..<1000 {
            do {
                _ = try Recipe(yaml: String(decoding: mutations.damage(text), as: UTF8.self), name: "r.yaml")
                read += 1
            } catch {
                #expect((error as? AudioError)?.kind == .badData, "\(error)")
                refused += 1
            }
        }
        #expect(read > 50 && refused > 50, "\(read) read, \(refused) refused")
    }

    @Test func slipsOfThePenAreErrorsWithAHint() {
        #expect(error("voice: x\ntreshold: 0.5").contains("did you mean \"threshold\""))
        #expect(error("voice: x\nfoo: 1").contains("known are people"))
        #expect(error("voice: x\nfoo: 1").contains("line 2"))
        #expect(error("threshold: 2").contains("between 0 and 1"))
        #expect(error("threshold: high").contains("a number"))
        #expect(error("notFound: ignore").contains("one of skip, fail"))
        #expect(error("overlap: loud").contains("loud"))
        #expect(error("options: {synthesizer.overlapp: mute}").contains("overlapp"))
        #expect(error("people: Anna").contains("name: value"))
        #expect(error("people:\n  Anna: {vioce: x}").contains("did you mean \"voice\""))
        #expect(error("people:\n  Anna:").contains("no voice"))
        #expect(error("speakers: 1.5").contains("1.5"))
        #expect(error("exact: perhaps").contains("perhaps"))
        #expect(error("- a\n- b").contains("name: value"))
        #expect(error("a: [").contains("no YAML"))
        #expect(error("").contains("name: value"))
    }
}

/// Where outputs go.
@Suite struct EpisodeOrdersTests {
    private let work = EpisodeWork(roles: [.init(who: "Anna", voice: "jf_alpha"), .init(who: nil, voice: "jm_kumo")])

    @Test func eachEpisodeHasItsOwnOutput() throws {
        let here = EpisodeOrders(work: work, outputFolder: nil)
        let orders = try here.orders(for: ["/a/one.mp3", "/b/one.mp3", "/a/one.mp3"].map { URL(fileURLWithPath: $0) })
        #expect(orders.map(\.output.path) == ["/a/one.jf_alpha+jm_kumo.mp3", "/b/one.jf_alpha+jm_kumo.mp3"])
        let away = EpisodeOrders(work: work, outputFolder: URL(fileURLWithPath: "/new"))
        #expect(
            try away.orders(for: [URL(fileURLWithPath: "/a/two.mkv")])[0].output.path
                == "/new/two.jf_alpha+jm_kumo.flac")
        let error = #expect(throws: AudioError.self) {
            try away.orders(for: ["/a/one.mp3", "/b/one.mp3"].map { URL(fileURLWithPath: $0) })
        }
        #expect(error?.kind == .usage && error?.cause.contains("/b/one.mp3") == true)
    }
}

/// Who is found in an episode gets the voice; who is not, or twice, is told of and treated as the recipe says.
@Suite struct RoleCastingTests {
    private static func axis(_ index: Int, mixedWith other: Int? = nil, _ share: Float = 0) -> [Float] {
        var vector = [Float](repeating: 0, count: 8)
        vector[index] = (1 - share * share).squareRoot()
        if let other { vector[other] = share }
        return vector
    }

    private let matching = SpeakerMatching(
        ["Anna", "Ben"].enumerated().map { index, name in
            KnownSpeaker(
                name: name, prints: [VoicePrint(vector: Self.axis(index), encoder: "e", seconds: 9, source: "s")])
        }, encoder: "e", threshold: 0.5)

    private func cast(
        _ work: EpisodeWork, _ voices: [[Float]], names: [SpeakerID: String] = [:]
    ) throws -> RoleCasting.Result {
        let prints = Dictionary(uniqueKeysWithValues: voices.enumerated().map { (SpeakerID(index: $0), $1) })
        let turns = prints.keys.sorted().map {
            SpeakerTurn(speaker: $0, span: TimeSpan(start: 0, end: 1), confidence: 1)
        }
        return try RoleCasting(work: work, matching: matching).cast(
            Diarization(turns: turns, voicePrints: prints), names: names, in: "one.mp3")
    }

    private let both = EpisodeWork(roles: [.init(who: "Anna", voice: "jf_alpha"), .init(who: "Ben", voice: "jm_kumo")])

    @Test func theRightPeopleAreFound() throws {
        let result = try cast(both, [Self.axis(5), Self.axis(1, mixedWith: 5, 0.6), Self.axis(0)])
        #expect(
            result
                == .cast(
                    [
                        .init(speaker: "Speaker_C", name: "Anna", cosine: 1, voice: "jf_alpha"),
                        .init(speaker: "Speaker_B", name: "Ben", cosine: Double(Float(0.8)), voice: "jm_kumo"),
                    ], leftOut: []) || isNear(result))
    }

    /// Cosines of float32 vectors are not round numbers.
    private func isNear(_ result: RoleCasting.Result) -> Bool {
        guard case .cast(let replaced, []) = result else { return false }
        return replaced.map(\.speaker) == ["Speaker_C", "Speaker_B"] && abs((replaced[1].cosine ?? 0) - 0.8) < 1e-5
    }

    /// A name that a person gave in this episode is certain, whatever the voices say.
    @Test func namesThatAPersonGaveWin() throws {
        let voices = [Self.axis(0), Self.axis(1), Self.axis(5)]
        let names = [SpeakerID(index: 2): "Anna", SpeakerID(index: 0): "Clara"]
        guard case .cast(let replaced, []) = try cast(both, voices, names: names) else {
            return #expect(Bool(false), "both are there")
        }
        #expect(replaced.map(\.speaker) == ["Speaker_C", "Speaker_B"])
        #expect(replaced[0].cosine == nil && replaced[1].cosine != nil)
        // Clara sounds like Anna, and is Clara.
        guard case .skip(let sentence) = try cast(both, [Self.axis(0)], names: [SpeakerID(index: 0): "Clara"]) else {
            return #expect(Bool(false), "neither is there")
        }
        #expect(sentence.contains("Anna is not heard"))
    }

    @Test func whoIsMissingIsSkippedOrAFailure() throws {
        var work = both
        guard case .cast(let replaced, let leftOut) = try cast(work, [Self.axis(0), Self.axis(5)]) else {
            return #expect(Bool(false), "Anna is there")
        }
        #expect(replaced.map(\.name) == ["Anna"] && leftOut.count == 1)
        #expect(leftOut[0].hasPrefix("Ben is not heard") && leftOut[0].contains("nothing of Ben is replaced"))
        work.notFound = .fail
        let error = #expect(throws: AudioError.self) { try cast(work, [Self.axis(0), Self.axis(5)]) }
        #expect(error?.kind == .badData && error?.description.contains("Ben") == true)
        #expect(error?.subject == "one.mp3")
    }

    @Test func anEpisodeWithNobodyIsSkipped() throws {
        guard case .skip(let sentence) = try cast(both, [Self.axis(5), Self.axis(6)]) else {
            return #expect(Bool(false), "nobody is there")
        }
        #expect(sentence.contains("Anna is not heard") && sentence.contains("Ben is not heard"))
        // Others are to be replaced all the same.
        var work = both
        work.roles.append(.init(who: nil, voice: "jf_nezumi"))
        #expect(try cast(work, [Self.axis(5)]) != .skip(sentence))
    }

    @Test func whoIsHeardTwiceIsNotGuessed() throws {
        let voices = [Self.axis(0), Self.axis(0, mixedWith: 5, 0.5)]
        let error = #expect(throws: AudioError.self) { try cast(both, voices) }
        #expect(error?.cause.contains("Speaker_A") == true && error?.cause.contains("Speaker_B") == true)
        var work = both
        work.foundTwice = .skip
        guard case .skip(let sentence) = try cast(work, voices) else { return #expect(Bool(false), "both are skipped") }
        #expect(sentence.contains("Anna is heard twice"))
    }
}

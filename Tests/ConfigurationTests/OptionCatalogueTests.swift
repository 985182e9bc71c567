import Foundation
import Pipeline
import Testing

@testable import Configuration

@Suite struct OptionCatalogueTests {
    @Test func namesAndVariablesAreUnique() {
        let options = OptionCatalogue.options
        #expect(Set(options.map(\.name)).count == options.count)
        #expect(Set(options.map(\.variable)).count == options.count)
        #expect(options.allSatisfy { $0.name != OptionCatalogue.presetName })
        #expect(
            OptionCatalogue.option("synthesizer.least-confidence")?.variable
                == "HYPERAUDIO_SYNTHESIZER_LEAST_CONFIDENCE")
        let reserved = Set(ConfigurationEnvironment.others.map(\.name))
        #expect(options.allSatisfy { !reserved.contains($0.variable) })
    }

    @Test(arguments: OptionCatalogue.options.map(\.name))
    func whatIsWrittenIsRead(_ name: String) throws {
        let option = try #require(OptionCatalogue.option(name))
        // The default can be given, and changes nothing.
        var settings = Settings()
        try option.apply(option.standard, to: &settings)
        #expect(settings == Settings(), "\(option.standard)")
        // Another value arrives, and at this option only.
        let other = try #require(another(option))
        try option.apply(other, to: &settings)
        #expect(option.text(in: settings) == other)
        #expect(settings != Settings())
        let changed = OptionCatalogue.options.filter { $0.text(in: settings) != $0.standard }.map(\.name)
        #expect(changed == [name])
        #expect(option.summary.hasSuffix(".") && option.summary.first?.isUppercase == true)
        #expect(!option.commands.isEmpty && !option.help.isEmpty)
    }

    /// A value that is not the default.
    private func another(_ option: CatalogueOption) -> String? {
        let candidates: [String] =
            switch option.kind {
            case .truth: ["true", "false"]
            case .choice(let words): words
            case .whole(let range): ["\(range.lowerBound)", "\(range.upperBound)"]
            case .number(let range): [range.lowerBound, range.upperBound].map { OptionValue.text(of: $0) }
            case .quantity(let unit, let range):
                [range.lowerBound, range.upperBound].map { "\(OptionValue.text(of: $0)) \(unit.symbol)" }
            case .text: ["de"]
            case .folder: ["/somewhere"]
            }
        return candidates.first { $0 != option.standard }
    }

    @Test(arguments: [
        ("0.5 s", 0.5), ("500ms", 0.5), ("500 ms", 0.5), ("0.1 min", 6), ("2s", 2), ("0 s", 0), ("1e0 s", nil),
        ("0.5", nil), ("s", nil), ("0.5 sec", nil), ("1,5 s", nil), ("0.5 S", nil), ("--1 s", nil), ("", nil),
        ("9e99999 s", nil), ("99999999999999999999999 s", nil),
    ])
    func aTimeHasItsUnit(_ text: String, _ seconds: Double?) {
        let value = OptionKind.quantity(.seconds, 0...10).value(of: text)
        #expect(value == seconds.map(OptionValue.number))
    }

    @Test func decibelsAreNotTruePeaks() {
        #expect(OptionKind.quantity(.decibels, -60...60).value(of: "-3 dB") == .number(-3))
        #expect(OptionKind.quantity(.decibels, -60...60).value(of: "-3 dBTP") == nil)
        #expect(OptionKind.quantity(.decibelsTruePeak, -60...0).value(of: "-1 dBTP") == .number(-1))
    }

    @Test func nearNamesAreFound() {
        let names = NearestName(names: OptionCatalogue.options.map(\.name))
        #expect(names.nearest(to: "synthesizer.restore-filler") == "synthesizer.restore-fillers")
        #expect(names.nearest(to: "diariser.speakers") == "diarizer.speakers")
        #expect(names.nearest(to: "speakers") == "diarizer.speakers")
        #expect(names.nearest(to: "lenguage") == "recognizer.language")
        #expect(names.nearest(to: "reconstructor.restore-fillers") == "synthesizer.restore-fillers")
        #expect(names.nearest(to: "completely.different") == nil)
        #expect(NearestName.distance(Array("abcd"), Array("acbd")) == 1)
        #expect(NearestName.distance(Array(""), Array("abc")) == 3)
        #expect(NearestName.distance(Array("kitten"), Array("sitting")) == 3)
    }

    @Test func theManualsPageIsTheCatalogues() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/configuration.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        #expect(
            text == ConfigurationReference.markdown,
            "run `hyperaudio config reference --format markdown > docs/configuration.md`")
    }

    @Test func theFileToStartFromSaysNothingUntilItIsChanged() throws {
        let url = URL(fileURLWithPath: "/a/hyperaudio.yaml")
        #expect(try ConfigurationFile(ConfigurationReference.yaml, url: url).assignments.isEmpty)
        // With every option's # taken away it is valid, and says what is so anyway.
        let lines = ConfigurationReference.yaml.split(separator: "\n").map(String.init)
        let set = lines.filter { line in
            OptionCatalogue.options.contains { line.hasPrefix("# \($0.name):") } || line.hasPrefix("# preset:")
        }
        #expect(set.count == OptionCatalogue.options.count + 1)
        let text = set.map { $0.dropFirst(2) }.joined(separator: "\n")
        #expect(try Configuration(file: ConfigurationFile(text, url: url)).settings == Settings())
    }
}

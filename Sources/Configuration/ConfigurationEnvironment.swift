import AudioCore

/// Options in environment variables: HYPERAUDIO_SYNTHESIZER_OVERLAP=mute.
public enum ConfigurationEnvironment {
    public static let prefix = "HYPERAUDIO_"

    /// Variables of the program that are no options.
    public static let others: [(name: String, meaning: String)] = [
        ("HYPERAUDIO_CONFIG", "the configuration file, as `--config`"),
        ("HYPERAUDIO_MODELS", "the folder with the models; $XDG_DATA_HOME/hyperaudio/models where it is not set"),
        ("HYPERAUDIO_EVALUATION_AUDIO", "the folder with the recordings that suites and tests measure"),
    ]

    private static let names: [String: String] = Dictionary(
        OptionCatalogue.options.map { ($0.variable, $0.name) }
            + [(prefix + OptionCatalogue.presetName.uppercased(), OptionCatalogue.presetName)],
        uniquingKeysWith: { first, _ in first })

    /// In order of their names.
    static func assignments(in environment: [String: String]) throws -> [GivenOption] {
        try environment.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }.compactMap { variable, text in
            guard !others.contains(where: { $0.name == variable }) else { return nil }
            guard let option = names[variable] else {
                let near = NearestName(names: names.keys.map { $0.lowercased() }).nearest(to: variable)
                throw AudioError(
                    .usage, operation: "use", subject: "$\(variable)", cause: "no option has that variable",
                    mend: near.map { "did you mean \($0.uppercased())" }
                        ?? "unset it; `hyperaudio config reference` lists all options")
            }
            return GivenOption(option: option, text: text, origin: .environment(variable))
        }
    }
}

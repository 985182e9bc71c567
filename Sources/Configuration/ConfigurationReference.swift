import Pipeline

/// The catalogue as text: docs/configuration.md, and a file to start from.
public enum ConfigurationReference {
    /// Options in the order in which a run meets them.
    private static let sections: [(title: String, stage: StageName?)] = [
        ("The whole program", nil), ("Reading (`preprocessor`)", .preprocessor), ("Speakers (`diarizer`)", .diarizer),
        ("Words (`recognizer`)", .recognizer), ("New speech (`synthesizer`)", .synthesizer),
        ("Putting together (`reconstructor`)", .reconstructor), ("Output", .output), ("Measuring (`report`)", .report),
    ]

    private static func options(of stage: StageName?) -> [CatalogueOption] {
        OptionCatalogue.options.filter { $0.stage == stage }
    }

    /// docs/configuration.md, whole.
    public static var markdown: String {
        ([introduction] + [presets] + sections.compactMap(section) + [variables]).joined(separator: "\n\n") + "\n"
    }

    private static let introduction = """
        # Configuration

        <!-- Made by `hyperaudio config reference --format markdown` from Sources/Configuration/OptionCatalogue.swift. -->

        Every option has a default that was measured; none needs to be set. What is set comes from, later ones winning over
        earlier ones:

        1. the defaults,
        2. a preset,
        3. one YAML file: the one named by `--config`, else `hyperaudio.yaml` in the current folder, else
           `$XDG_CONFIG_HOME/hyperaudio/hyperaudio.yaml` (`~/.config` where that is not set),
        4. environment variables: `HYPERAUDIO_`, then the option's name in capitals, `.` and `-` as `_`,
        5. flags: `--set option=value` for every option, and the option's own flag where it has one, which wins.

        `hyperaudio config show` prints what is in force and where each value comes from; `--changed` only what is no
        default. `hyperaudio config reference --format yaml > hyperaudio.yaml` writes a file to start from.

        ```yaml
        preset: best
        threads: 2
        diarizer:
          speakers: 2
          joined-gap: 0.5 s
        synthesizer.overlap: mute
        ```

        ```
        HYPERAUDIO_SYNTHESIZER_OVERLAP=mute hyperaudio replace talk.mp3 --voice jf_alpha --set recognizer.beams=8
        ```

        **Values.** A quantity is written with its unit (`0.5 s`, `500 ms`, `2 min`, `10 dB`); a bare number where a unit
        is asked is an error, as are a unit where a number is asked, a value out of range and a name that does not exist:
        each says what would be right. Truths are `true` and `false`. An option that is found out by the program has a word
        for that (`auto`), which also undoes what an earlier place said. Folders in a file are relative to that file. A fault
        in the file ends the program with 65, one in a variable or a flag with 64.

        What belongs to one job (its input and output, the voices, `--force`, `--fresh`) is no option and has flags only.
        An option's value is part of what names a stage's finished results: a changed one makes anew exactly what depends
        on it. `hyperaudio evaluate` takes speakers and languages from its suite.
        """

    private static var presets: String {
        let rows = Preset.allCases.map { preset in
            let values = preset.values.map { "`\($0.option): \($0.text)`" }.joined(separator: ", ")
            return "| `\(preset.rawValue)` | \(preset.summary) | \(values.isEmpty ? "nothing" : values) |"
        }
        return """
            ## Presets

            `preset: draft`, `--preset draft` or `HYPERAUDIO_PRESET=draft`; the default is `balanced`.

            | preset | what it means | what it sets |
            |---|---|---|
            \(rows.joined(separator: "\n"))
            """
    }

    private static func section(_ title: String, _ stage: StageName?) -> String? {
        let options = options(of: stage)
        guard !options.isEmpty else { return nil }
        let commands = Array(Set(options.map { $0.commands.joined(separator: ", ") })).sorted()
        let rows = options.map { option in
            let flag = option.flag.map { " `\($0)`" } ?? ""
            let unset = option.unset.map { " `\($0.word)`: \($0.meaning)." } ?? ""
            return "| `\(option.name)`\(flag) | \(option.kind.range) | \(option.standard) | \(option.summary)\(unset) |"
        }
        return """
            ## \(title)

            Commands: \(commands.joined(separator: "; ")).

            | option, flag | values | default | what it does |
            |---|---|---|---|
            \(rows.joined(separator: "\n"))
            """
    }

    private static var variables: String {
        """
        ## Other variables

        \(ConfigurationEnvironment.others.map { "- `\($0.name)`: \($0.meaning)." }.joined(separator: "\n"))

        Any other variable that begins with `HYPERAUDIO_` is an error, so that a slip of the pen is not passed by.
        """
    }

    /// A configuration file in which every option stands with its default, commented out.
    public static var yaml: String {
        var lines = [
            "# Options of hyperaudio, with their defaults; take a # away to set one.",
            "# preset: balanced                # " + Preset.allCases.map(\.rawValue).joined(separator: ", "),
        ]
        for (title, stage) in sections {
            let options = options(of: stage)
            guard !options.isEmpty else { continue }
            lines += ["", "# \(title.replacing("`", with: ""))"]
            for option in options {
                lines.append("# \(option.name): \(option.standard)")
                lines.append("#     \(option.summary) (\(option.possible))")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

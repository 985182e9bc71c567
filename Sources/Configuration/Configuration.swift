import AudioCore
import Foundation
import Pipeline

/// A value that somebody gave an option, as it was written, and where.
public struct GivenOption: Sendable, Equatable {
    public var option: String
    public var text: String
    public var origin: Origin

    public init(option: String, text: String, origin: Origin) {
        self.option = option
        self.text = text
        self.origin = origin
    }

    /// A flag with its value; nil where it was not given.
    public static func flag(_ flag: String, _ option: String, _ text: String?) -> GivenOption? {
        text.map { GivenOption(option: option, text: $0, origin: .flag(flag)) }
    }
}

/// Where a value comes from; later ones win over earlier ones.
public enum Origin: Sendable, Equatable {
    case standard
    case preset(Preset)
    case file(URL, line: Int?)
    /// Its variable.
    case environment(String)
    /// The flag: "--threads", "--set".
    case flag(String)

    /// "preset draft", "hyperaudio.yaml line 3", "--threads"
    public var text: String {
        switch self {
        case .standard: "default"
        case .preset(let preset): "preset \(preset.rawValue)"
        case .file(let file, let line): file.path + (line.map { " line \($0)" } ?? "")
        case .environment(let variable): variable
        case .flag(let flag): flag
        }
    }

    /// The kind of it, for programs.
    public var kind: String {
        switch self {
        case .standard: "default"
        case .preset: "preset"
        case .file: "file"
        case .environment: "environment"
        case .flag: "flag"
        }
    }
}

/// All options with their values: defaults, then the preset, the file, the environment, the flags; what comes later wins.
public struct Configuration: Sendable {
    public let settings: Settings
    public let preset: Preset
    /// Where the preset's own name comes from.
    public let presetOrigin: Origin
    private let origins: [String: Origin]

    /// - Parameters:
    ///   - file: what a configuration file says.
    ///   - environment: all variables of the process; those of other programs are passed by.
    ///   - flags: in the order in which later ones win.
    /// - Throws: `AudioError` of kind `.badData` for the file, `.usage` for the rest.
    public init(
        file: ConfigurationFile? = nil, environment: [String: String] = [:], flags: [GivenOption] = []
    ) throws {
        let given =
            try (file?.assignments ?? []) + ConfigurationEnvironment.assignments(in: environment)
            + flags
        let named = given.last { $0.option == OptionCatalogue.presetName }
        for assignment in given where assignment.option == OptionCatalogue.presetName {
            _ = try Self.preset(assignment)
        }
        preset = try named.map(Self.preset) ?? .balanced
        presetOrigin = named?.origin ?? .standard
        let origin = Origin.preset(preset)
        let usual = preset.values.map { GivenOption(option: $0.option, text: $0.text, origin: origin) }
        var settings = Settings()
        var origins: [String: Origin] = [:]
        for assignment in usual + given where assignment.option != OptionCatalogue.presetName {
            guard let option = OptionCatalogue.option(assignment.option) else { throw Self.unknown(assignment) }
            do { try option.apply(assignment.text, to: &settings) } catch let refusal as CatalogueOption.Refusal {
                throw Self.error(
                    assignment, cause: "\"\(assignment.text)\" is no value of \(option.name): \(refusal.cause)",
                    mend: "give \(refusal.wish)")
            }
            origins[option.name] = assignment.origin
        }
        settings.knowledge.language = settings.knowledge.language?.lowercased()
        self.settings = settings
        self.origins = origins
    }

    public func origin(of option: CatalogueOption) -> Origin { origins[option.name] ?? .standard }

    private static func preset(_ assignment: GivenOption) throws -> Preset {
        if let preset = Preset(rawValue: assignment.text) { return preset }
        let names = Preset.allCases.map(\.rawValue)
        let near = NearestName(names: names).nearest(to: assignment.text)
        throw error(
            assignment, cause: "there is no preset \"\(assignment.text)\"",
            mend: near.map { "did you mean \($0)" } ?? "give \(names.joined(separator: ", "))")
    }

    private static func unknown(_ assignment: GivenOption) -> AudioError {
        let names = OptionCatalogue.options.map(\.name) + [OptionCatalogue.presetName]
        let near = NearestName(names: names).nearest(to: assignment.option)
        return error(
            assignment, cause: "there is no option \"\(assignment.option)\"",
            mend: near.map { "did you mean \($0)" } ?? "`hyperaudio config reference` lists all options")
    }

    static func error(_ assignment: GivenOption, cause: String, mend: String) -> AudioError {
        switch assignment.origin {
        case .file(let file, let line):
            return AudioError(
                .badData, operation: "read", subject: file.path, cause: (line.map { "line \($0): " } ?? "") + cause,
                mend: mend)
        case .environment(let variable):
            return AudioError(.usage, operation: "use", subject: "$\(variable)", cause: cause, mend: mend)
        case .flag(let flag):
            return AudioError(.usage, operation: "use", subject: flag, cause: cause, mend: mend)
        case .standard, .preset:
            return AudioError(.internal, operation: "use", subject: assignment.origin.text, cause: cause, mend: mend)
        }
    }
}

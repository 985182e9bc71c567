import AudioCore
import Foundation

/// What one listener's page saved.
public struct ListeningAnswers: Codable, Sendable {
    public struct Answer: Codable, Sendable {
        public var question: String
        public var item: String
        /// "original", "new", "new 1", ...; of a rating the only one, else the one that was heard first.
        public var first: String
        public var second: String?
        /// The hidden one of `abx`.
        public var hidden: String?
        /// 1...5 of `mos`, -3...3 of `cmos` (the second against the first), 1 or 2 of `abx`.
        public var value: Int
    }

    public var version: Int
    /// Which page it was: a digest of its sounds.
    public var test: String
    /// What the listener called himself, or a random name.
    public var listener: String
    public var answers: [Answer]

    /// - Throws: `AudioError` where the file is not what a page of this program saves.
    public init(file: URL) throws {
        func refuse(_ cause: String) -> AudioError {
            AudioError(
                .badData, operation: "read", subject: file.path, cause: cause,
                mend: "name files that the listening page saved")
        }
        guard let data = try? Data(contentsOf: file) else {
            throw AudioError(
                .noInput, operation: "read", subject: file.path, cause: "there is no such file", mend: "check the name")
        }
        guard let answers = try? JSONDecoder().decode(Self.self, from: data), answers.version == 1 else {
            throw refuse("it does not hold answers")
        }
        for answer in answers.answers where !answer.isValid { throw refuse("an answer in it is out of range") }
        self = answers
    }
}

extension ListeningAnswers.Answer {
    fileprivate var isValid: Bool {
        switch ListeningPage.Question(rawValue: question) {
        case .mos: (1...5).contains(value)
        case .cmos: (-3...3).contains(value) && second != nil
        case .abx: (1...2).contains(value) && second != nil && (hidden == first || hidden == second)
        case nil: false
        }
    }
}

/// What a synthesizer is told so that its speech follows a recording: tokens and durations, cut into parts at long
/// pauses.
///
/// Frames of a pause go to its punctuation, because a synthesizer murmurs on a long space; a pause without punctuation
/// gets a comma, and punctuation without a pause goes. Every part is spoken with silence around it that is cropped
/// afterwards, because first and last words suffer without; between parts there is true silence.
public struct Dictation: Sendable, Equatable {
    /// Speech in one go.
    public struct Part: Sendable, Equatable {
        public var tokens: [SpeechToken]
        /// [tokens], each at least 1.
        public var frames: [Int]
        /// Frames of the recording that the part covers once `Dictation.edgeFrames` have been cropped in front.
        public var range: Range<Int>

        public init(tokens: [SpeechToken], frames: [Int], range: Range<Int>) {
            self.tokens = tokens
            self.frames = frames
            self.range = range
        }
    }

    /// In order; they do not meet.
    public let parts: [Part]

    /// Frames spoken in front of and behind each part, and cropped.
    public static let edgeFrames = 10
    /// Frames of a long pause that are kept beside the words.
    private static let marginFrames = 8
    /// Longer pauses are cut: on them a synthesizer makes sounds of its own.
    private static let longestPauseFrames = 32
    /// From so many frames on a pause without punctuation gets a comma.
    private static let commaFrames = 8
    /// What a space keeps in a pause with punctuation; punctuation with no more than this in all goes.
    private static let spaceFrames = 3

    /// - Parameters:
    ///   - plan: what is said.
    ///   - frames: a lock's durations, [tokens].
    ///   - leadFrames: frames by which a sound comes before its token.
    ///   - token: makes a token of a symbol; nil where the synthesizer has none.
    public init(
        _ plan: SpeechPlan, frames: [Int], leadFrames: Int,
        token: (Character, SpeechToken.Owner) -> SpeechToken?
    ) {
        let runs = Self.runs(plan, frames: frames)
        let words = runs.indices.filter { !runs[$0].isGap }
        guard let firstWord = words.first, let lastWord = words.last, let pad = plan.tokens.first,
            let end = plan.tokens.last
        else {
            parts = []
            return
        }
        var spoken: [Part] = []
        var leading = runs[..<firstWord].reduce(0) { $0 + $1.frameCount }
        var position = leading
        var body: [(SpeechToken, Int)] = []

        func close(trailing: Int, mark: SpeechToken?) {
            let before = min(leading, Self.marginFrames)
            let after = min(trailing, Self.marginFrames)
            let bodyFrames = body.reduce(0) { $0 + $1.1 }
            var items = [(pad, before + leadFrames + Self.edgeFrames)] + body
            let rest = after + Self.edgeFrames
            if let mark = mark ?? token(".", end.owner) {
                items.append((mark, rest - Self.spaceFrames))
                items.append((end, Self.spaceFrames))
            } else {
                items.append((end, rest))
            }
            spoken.append(
                Part(
                    tokens: items.map(\.0), frames: items.map(\.1),
                    range: position - bodyFrames - before..<position + after))
            body = []
        }

        for index in firstWord...lastWord {
            let run = runs[index]
            if run.isGap, run.frameCount > Self.longestPauseFrames {
                close(trailing: run.frameCount, mark: Self.mark(run) ?? token(",", run.owner))
                leading = run.frameCount
            } else if run.isGap {
                body += Self.pause(run, token: token)
            } else {
                body += run.items
            }
            position += run.frameCount
        }
        let tail = runs[(lastWord + 1)...].flatMap(\.items)
        close(
            trailing: tail.reduce(0) { $0 + $1.1 },
            mark: tail.first { $0.0.symbol != " " && $0.0.id != end.id }?.0)
        parts = spoken
    }

    /// Neighbouring tokens of one owner.
    private struct Run {
        var owner: SpeechToken.Owner
        var items: [(SpeechToken, Int)]
        var frameCount: Int { items.reduce(0) { $0 + $1.1 } }
        var isGap: Bool {
            if case .gap = owner { return true }
            return false
        }
    }

    private static func runs(_ plan: SpeechPlan, frames: [Int]) -> [Run] {
        var runs: [Run] = []
        for (token, count) in zip(plan.tokens, frames) {
            if let last = runs.last, last.owner == token.owner {
                runs[runs.count - 1].items.append((token, count))
            } else {
                runs.append(Run(owner: token.owner, items: [(token, count)]))
            }
        }
        return runs
    }

    /// The punctuation of a pause: its first token that is no space.
    private static func mark(_ run: Run) -> SpeechToken? { run.items.first { $0.0.symbol != " " }?.0 }

    /// A pause's tokens with its frames where they do no harm.
    private static func pause(
        _ run: Run, token: (Character, SpeechToken.Owner) -> SpeechToken?
    ) -> [(SpeechToken, Int)] {
        let total = run.frameCount
        guard let space = run.items.last(where: { $0.0.symbol == " " })?.0 else { return run.items }
        if let mark = mark(run) {
            return total <= spaceFrames ? [(space, total)] : [(mark, total - spaceFrames), (space, spaceFrames)]
        }
        guard total >= commaFrames, let comma = token(",", run.owner) else { return [(space, total)] }
        return [(comma, total - spaceFrames), (space, spaceFrames)]
    }
}

import AudioCore
import Pipeline

/// What was found by doing one thing with one recording: figures, or why there are none.
public struct MeasuredStep: Sendable {
    public var material: String
    public var set: String
    public var step: Material.Step
    public var seconds: Double
    public var evidence: [Evidence]
    public var failure: AudioError?

    public init(
        material: String, set: String, step: Material.Step, seconds: Double, evidence: [Evidence],
        failure: AudioError? = nil
    ) {
        self.material = material
        self.set = set
        self.step = step
        self.seconds = seconds
        self.evidence = evidence
        self.failure = failure
    }
}

/// What `hyperaudio evaluate` found, version 1.
public struct EvaluationReport: Sendable, Codable {
    /// One recording.
    public struct Result: Sendable, Codable {
        public var material: String
        public var set: String
        public var step: Material.Step
        /// Wall-clock seconds, judging included; next to nothing where the stages' results were there already.
        public var seconds: Double
        /// Why nothing could be measured, in a sentence; null where it could.
        @OrNull public var failure: String?
        public var figures: [Figure]
    }

    /// All recordings of a set together. What failed is not in the figures: `failed` says how much that is.
    public struct Pool: Sendable, Codable {
        public var set: String
        public var step: Material.Step
        public var materials: Int
        public var failed: Int
        public var figures: [Figure]
    }

    public var version = 1
    public var suite: String
    public var about: String
    public var program: String
    /// Model id to digest, of everything that took part.
    public var models: [String: String]
    public var results: [Result]
    public var pools: [Pool]

    public init(suite: Suite, program: String, models: [String: String], steps: [MeasuredStep]) {
        self.suite = suite.name
        about = suite.about
        self.program = program
        self.models = models
        results = steps.map { step in
            Result(
                material: step.material, set: step.set, step: step.step, seconds: step.seconds,
                failure: step.failure?.description, figures: step.evidence.map { Figure($0) })
        }
        pools = Self.pools(steps)
    }

    private static func pools(_ steps: [MeasuredStep]) -> [Pool] {
        let sets = steps.map(\.set).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return sets.flatMap { set in
            Material.Step.allCases.compactMap { step -> Pool? in
                let all = steps.filter { $0.set == set && $0.step == step }
                guard !all.isEmpty else { return nil }
                let measured = all.filter { $0.failure == nil }
                let kinds = measured.flatMap { $0.evidence.map(\.kind) }
                    .reduce(into: [FigureKind]()) { if !$0.contains($1) { $0.append($1) } }
                let pooled = kinds.compactMap { kind in
                    Evidence.pooled(measured.flatMap { $0.evidence.filter { $0.kind == kind } })
                }
                return Pool(
                    set: set, step: step, materials: all.count, failed: all.count - measured.count,
                    figures: pooled.map { Figure($0) })
            }
        }
    }
}

/// How often a network ran, and for how long.
public struct ModelTime: Sendable, Hashable, Codable {
    public var name: String
    public var runs: Int
    /// Wall-clock seconds inside it.
    public var seconds: Double

    public init(name: String, runs: Int = 0, seconds: Double = 0) {
        self.name = name
        self.runs = runs
        self.seconds = seconds
    }
}

extension [ModelTime] {
    /// What was added since earlier readings; networks that did not run are left out.
    public func since(_ earlier: [ModelTime]) -> [ModelTime] {
        let before = Dictionary(earlier.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return compactMap { now in
            let then = before[now.name] ?? ModelTime(name: now.name)
            guard now.runs > then.runs else { return nil }
            return ModelTime(name: now.name, runs: now.runs - then.runs, seconds: now.seconds - then.seconds)
        }
    }
}

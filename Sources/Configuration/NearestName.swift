/// Finds what somebody meant who wrote a name a little wrong.
public struct NearestName {
    let names: [String]

    public init(names: [String]) { self.names = names }

    /// - Returns: the name that takes the fewest changes, where these are few enough to believe in; nil where none is near.
    public func nearest(to text: String) -> String? {
        let wanted = Array(text.lowercased())
        let found = names.compactMap { name -> (name: String, distance: Int)? in
            let whole = Self.distance(wanted, Array(name))
            // Who forgets the stage still means the option.
            let last = name.split(separator: ".").last.map { Self.distance(wanted, Array($0)) + 1 } ?? whole
            // "separator.overlap" for "synthesizer.overlap": the right name under the wrong heading.
            let moved = wanted.split(separator: ".").last.flatMap { tail in
                name.split(separator: ".").last.map { Array($0) == Array(tail) ? 2 : Int.max }
            }
            let distance = min(whole, last, moved ?? .max)
            return distance <= max(2, wanted.count / 4) ? (name, distance) : nil
        }
        return found.min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
    }

    /// Letters that must be put in, taken out, changed or swapped with their neighbour to make one word the other
    /// (optimal string alignment).
    static func distance(_ a: [Character], _ b: [Character]) -> Int {
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var (before, last) = ([Int](), Array(0...b.count))
        for i in 1...a.count {
            var row = [i] + [Int](repeating: 0, count: b.count)
            for j in 1...b.count {
                row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], before[j - 2] + 1) }
            }
            (before, last) = (last, row)
        }
        return last[b.count]
    }
}

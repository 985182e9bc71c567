/// The runs of consecutive indices below `count` for which `holds` is true, in order.
func frameRuns(_ count: Int, where holds: (Int) -> Bool) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start: Int?
    for index in 0..<count {
        if holds(index) {
            start = start ?? index
        } else if let begun = start {
            runs.append(begun..<index)
            start = nil
        }
    }
    if let begun = start { runs.append(begun..<count) }
    return runs
}

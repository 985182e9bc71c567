extension [Int] {
    /// The three that lie nearest to a number, in order. Whatever a file holds may be asked for: no difference of two
    /// numbers is too large.
    func nearest(to number: Int) -> [Int] {
        func distance(_ other: Int) -> UInt {
            let (a, b) = (UInt(bitPattern: number), UInt(bitPattern: other))
            return number < other ? b &- a : a &- b
        }
        return sorted { (distance($0), $0) < (distance($1), $1) }.prefix(3).sorted()
    }
}

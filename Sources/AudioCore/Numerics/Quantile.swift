/// The value below which the share `share` of the values lies, interpolated linearly between neighbours (numpy's
/// default).
/// - Parameters:
///   - share: 0...1.
///   - values: at least one, in any order, none of them NaN.
public func quantile<Value: BinaryFloatingPoint>(_ share: Double, of values: [Value]) -> Value {
    quantile(share, ofSorted: values.sorted())
}

/// - Parameter sorted: at least one value, in ascending order.
public func quantile<Value: BinaryFloatingPoint>(_ share: Double, ofSorted sorted: [Value]) -> Value {
    precondition(!sorted.isEmpty, "no values, no quantile")
    let position = min(1, max(0, share)) * Double(sorted.count - 1)
    let lower = Int(position)
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (sorted[upper] - sorted[lower]) * Value(position - Double(lower))
}

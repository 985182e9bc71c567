import Foundation

/// Gives every token of a plan a whole number of frames so that the frames fill a recording exactly, at the least cost:
/// the distances along each token's straight line through the field, and a penalty for odd durations,
/// `weight * ln((n + 0.5) / (expected + 0.5))^2`.
struct SegmentalAlignment {
    /// What the search needs to know of one token.
    struct Token {
        /// Rows of the field that expect this token; may be empty.
        var rows: Range<Int>
        /// Frames it would take at the recording's pace.
        var expectedFrames: Float
        var durationWeight: Float
        var minimumFrames: Int
        var maximumFrames: Int
        /// Frames between which its end is sought.
        var end: ClosedRange<Int>
    }

    /// Frames of each token, [tokens].
    let frames: [Int]
    /// What the solution costs.
    let cost: Float

    /// - Parameters:
    ///   - tokens: in order; the last one's `end` holds only `frameCount`.
    ///   - columnsPerFrame: columns of the field in one frame.
    ///   - scale: distances are multiplied by this.
    /// - Returns: nil where no division keeps to the bounds.
    init?(_ tokens: [Token], in field: GuidedField, columnsPerFrame: Int, frameCount: Int, scale: Float) {
        var previous: [Float] = [0]
        var previousRange = 0...0
        var choices: [[Int32]] = []
        choices.reserveCapacity(tokens.count)
        for token in tokens {
            var current = [Float](repeating: .infinity, count: token.end.count)
            var chosen = [Int32](repeating: 0, count: token.end.count)
            if previousRange.lowerBound < token.end.upperBound || token.minimumFrames == 0 {
                Self.extend(
                    token, from: previous, previousRange, in: field, columnsPerFrame: columnsPerFrame, scale: scale,
                    into: &current, choices: &chosen)
            }
            choices.append(chosen)
            previous = current
            previousRange = token.end
        }
        guard previousRange.contains(frameCount) else { return nil }
        let total = previous[frameCount - previousRange.lowerBound]
        guard total.isFinite else { return nil }
        var result = [Int](repeating: 0, count: tokens.count)
        var end = frameCount
        for index in tokens.indices.reversed() {
            result[index] = Int(choices[index][end - tokens[index].end.lowerBound])
            end -= result[index]
        }
        frames = result
        cost = total
    }

    /// One token's best durations for every end, given what all earlier tokens cost for every start.
    private static func extend(
        _ token: Token, from starts: [Float], _ startRange: ClosedRange<Int>, in field: GuidedField,
        columnsPerFrame: Int, scale: Float, into ends: inout [Float], choices: inout [Int32]
    ) {
        // A token that is too short to be expected anywhere is compared with the one row where it would be.
        let firstRow = min(token.rows.lowerBound, field.rowCount - 1)
        let rows = firstRow..<max(firstRow + 1, min(token.rows.upperBound, field.rowCount))
        let columns =
            startRange.lowerBound * columnsPerFrame..<max(
                startRange.lowerBound, token.end.upperBound) * columnsPerFrame
        let sums = PrefixSums(field, rows: rows, columns: columns)
        let longest = min(token.maximumFrames, token.end.upperBound - startRange.lowerBound)
        let shortest = max(token.minimumFrames, token.end.lowerBound - startRange.upperBound)
        guard shortest <= longest else { return }
        var breaks = [Int](repeating: 0, count: rows.count + 1)
        for duration in shortest...longest {
            // The frame's columns that fall on each row, on the straight line through cell centres.
            let length = duration * columnsPerFrame
            for row in 0...rows.count {
                let twice = 2 * length * row - rows.count
                breaks[row] = twice <= 0 ? 0 : (twice + 2 * rows.count - 1) / (2 * rows.count)
            }
            breaks[rows.count] = length
            let ratio = log((Float(duration) + 0.5) / (token.expectedFrames + 0.5))
            let penalty = token.durationWeight * ratio * ratio
            let first = max(startRange.lowerBound, token.end.lowerBound - duration)
            let last = min(startRange.upperBound, token.end.upperBound - duration)
            guard first <= last else { continue }
            for start in first...last {
                let base = starts[start - startRange.lowerBound] + penalty
                let slot = start + duration - token.end.lowerBound
                guard base < ends[slot] else { continue }
                let offset = (start - startRange.lowerBound) * columnsPerFrame
                let cost = base + scale * sums.along(breaks, from: offset)
                if cost < ends[slot] {
                    ends[slot] = cost
                    choices[slot] = Int32(duration)
                }
            }
        }
    }
}

/// Running sums of a part of the field along each row, so that a straight line through it costs one difference a row.
private struct PrefixSums {
    private let width: Int
    private let values: [Float]

    init(_ field: GuidedField, rows: Range<Int>, columns: Range<Int>) {
        let width = columns.count + 1
        self.width = width
        values = [Float](unsafeUninitializedCapacity: rows.count * width) { buffer, count in
            count = rows.count * width
            guard let base = buffer.baseAddress else { return }
            for row in rows {
                let line = base + (row - rows.lowerBound) * width
                field.fill(line + 1, row: row, columns: columns)
                line[0] = 0
                for column in 1..<width { line[column] += line[column - 1] }
            }
        }
    }

    /// - Parameter breaks: where each row's columns begin and the last one's end, counted from `offset`, [rows + 1].
    @inline(__always)
    func along(_ breaks: [Int], from offset: Int) -> Float {
        values.withUnsafeBufferPointer { values in
            breaks.withUnsafeBufferPointer { breaks in
                var sum: Float = 0
                var line = offset
                for row in 0..<breaks.count - 1 {
                    sum += values[line + breaks[row + 1]] - values[line + breaks[row]]
                    line += width
                }
                return sum
            }
        }
    }
}

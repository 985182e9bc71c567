import Foundation

/// Finds when each token was said from the decoder's attention to the audio.
///
/// Source: the reference implementation's `timing.py`: softmax over the real frames, each frame normalised over the
/// tokens, median filter over time, mean over the heads, dynamic time warping.
struct WhisperAlignment {
    /// Frames of the median filter.
    static let filterWidth = 7
    /// Seconds between encoder frames.
    static let frameSeconds = 0.02

    /// - Parameters:
    ///   - scores: attention before the softmax, [heads, tokens, stride].
    ///   - frames: frames that hold audio, at most `stride`.
    ///   - used: tokens whose onsets are wanted, inside 0..<tokens.
    /// - Returns: frame at which each token of `used` begins, [used.count], not decreasing.
    static func onsets(scores: [Float], heads: Int, tokens: Int, stride: Int, frames: Int, used: Range<Int>) -> [Int] {
        var cost = [Float](repeating: 0, count: used.count * frames)
        var head = [Float](repeating: 0, count: tokens * frames)
        for index in 0..<heads {
            scores.withUnsafeBufferPointer { scores in
                for token in 0..<tokens {
                    let from = UnsafeBufferPointer(
                        rebasing: scores[(index * tokens + token) * stride..<(index * tokens + token) * stride + frames]
                    )
                    let total = WhisperLogits.logSumExp(from)
                    for frame in 0..<frames { head[token * frames + frame] = exponential(from[frame] - total) }
                }
            }
            normalise(&head, tokens: tokens, frames: frames)
            accumulate(&cost, head, used: used, frames: frames, weight: -1 / Float(heads))
        }
        return warp(cost, rows: used.count, columns: frames)
    }

    /// Zero mean and unit deviation over the tokens, for each frame.
    private static func normalise(_ head: inout [Float], tokens: Int, frames: Int) {
        var mean = [Float](repeating: 0, count: frames)
        var square = [Float](repeating: 0, count: frames)
        let scale = 1 / Float(tokens)
        for token in 0..<tokens { for frame in 0..<frames { mean[frame] += head[token * frames + frame] * scale } }
        for token in 0..<tokens {
            for frame in 0..<frames {
                let difference = head[token * frames + frame] - mean[frame]
                square[frame] += difference * difference * scale
            }
        }
        for frame in 0..<frames { square[frame] = 1 / max(square[frame].squareRoot(), 1e-12) }
        for token in 0..<tokens {
            for frame in 0..<frames {
                head[token * frames + frame] = (head[token * frames + frame] - mean[frame]) * square[frame]
            }
        }
    }

    /// Adds the median-filtered rows of `used`.
    private static func accumulate(
        _ cost: inout [Float], _ head: [Float], used: Range<Int>, frames: Int, weight: Float
    ) {
        let half = filterWidth / 2
        guard frames > half else {
            for row in 0..<used.count {
                for frame in 0..<frames {
                    cost[row * frames + frame] += weight * head[(used.lowerBound + row) * frames + frame]
                }
            }
            return
        }
        var window = [Float](repeating: 0, count: filterWidth)
        for row in 0..<used.count {
            let base = (used.lowerBound + row) * frames
            for frame in 0..<frames {
                for offset in -half...half {
                    var at = frame + offset
                    if at < 0 { at = -at }
                    if at >= frames { at = 2 * (frames - 1) - at }
                    window[offset + half] = head[base + at]
                }
                // Insertion sort: seven values.
                for index in 1..<filterWidth {
                    let value = window[index]
                    var at = index
                    while at > 0, window[at - 1] > value {
                        window[at] = window[at - 1]
                        at -= 1
                    }
                    window[at] = value
                }
                cost[row * frames + frame] += weight * window[half]
            }
        }
    }

    /// The cheapest monotonic path through all rows and columns.
    /// - Parameter cost: [rows, columns].
    /// - Returns: the first column of each row.
    static func warp(_ cost: [Float], rows: Int, columns: Int) -> [Int] {
        guard rows > 0, columns > 0 else { return [] }
        let width = columns + 1
        var total = [Float](repeating: .infinity, count: (rows + 1) * width)
        // 0: both advance, 1: the row alone, 2: the column alone.
        var step = [UInt8](repeating: 2, count: (rows + 1) * width)
        total[0] = 0
        for row in 1...rows {
            for column in 1...columns {
                let both = total[(row - 1) * width + column - 1]
                let down = total[(row - 1) * width + column]
                let along = total[row * width + column - 1]
                let best = min(both, down, along)
                let at = row * width + column
                step[at] = both < down && both < along ? 0 : down < both && down < along ? 1 : 2
                total[at] = cost[(row - 1) * columns + column - 1] + best
            }
        }
        var onsets = [Int](repeating: 0, count: rows)
        var row = rows
        var column = columns
        while row > 0 || column > 0 {
            if row > 0 { onsets[row - 1] = max(0, column - 1) }
            let move = row == 0 ? 2 : column == 0 ? 1 : step[row * width + column]
            if move != 2 { row -= 1 }
            if move != 1 { column -= 1 }
        }
        return onsets
    }
}

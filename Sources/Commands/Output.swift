import Foundation
import Pipeline

/// Results, on standard output.
enum Output {
    static func json<Value: Encodable>(_ value: Value) throws {
        Terminal.output.write(String(decoding: try CanonicalJSON.pretty(value), as: UTF8.self))
    }

    /// Columns as wide as their widest cell; the last one is not padded.
    static func table(_ header: [String], _ rows: [[String]]) {
        let widths = header.indices.map { column in
            ([header] + rows).map { $0[column].count }.max() ?? 0
        }
        for row in [header] + rows {
            let cells = row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell.padding(toLength: widths[index], withPad: " ", startingAt: 0)
            }
            Terminal.output.write(cells.joined(separator: "  ") + "\n")
        }
    }

    /// 83.4 -> "1:23.4".
    static func clock(_ seconds: Double) -> String {
        let minutes = Int(seconds) / 60
        return String(format: "%d:%04.1f", minutes, seconds - Double(60 * minutes))
    }
}

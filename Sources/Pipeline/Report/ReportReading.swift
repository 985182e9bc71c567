import AudioCore
import Foundation

extension Report {
    /// Reads `report.json`; nil where that is no report, or one that cannot be true: what counts and draws with it believes
    /// its numbers.
    public init?(reading data: Data) {
        guard let report = try? JSONDecoder().decode(Report.self, from: data), report.isPlausible,
            let document = try? JSONSerialization.jsonObject(with: data), Self.areNumbersBounded(document)
        else { return nil }
        self = report
    }

    private var isPlausible: Bool {
        let programmes = [input, output].allSatisfy { programme in
            TimeSpan(start: 0, end: programme.seconds).isPlausible && (1...1_000_000).contains(programme.sampleRate)
                && (1...1000).contains(programme.channels)
        }
        let turns = replacements.allSatisfy { TimeSpan(start: $0.start, end: $0.end).isPlausible }
        let places = spans.allSatisfy { span in
            replacements.indices.contains(span.turn) && 0 <= span.startSample && span.startSample <= span.endSample
                && TimeSpan(start: span.start, end: span.end).isPlausible
        }
        let channels = 0..<input.channels
        let leaks = (crosstalk ?? []).allSatisfy { channels.contains($0.from) && channels.contains($0.to) }
        return programmes && turns && places && leaks && speakers.allSatisfy { $0.seconds >= 0 && $0.turns >= 0 }
    }

    /// No measure of this program, in any unit, is larger.
    private static let largest = 1e13

    private static func areNumbersBounded(_ value: Any) -> Bool {
        switch value {
        case let object as [String: Any]: object.values.allSatisfy(areNumbersBounded)
        case let list as [Any]: list.allSatisfy(areNumbersBounded)
        case let number as NSNumber: abs(number.doubleValue) <= largest
        default: true
        }
    }
}

import Foundation
import Testing

@testable import Pipeline

/// A report that was damaged, or written by somebody else, is not believed.
@Suite struct ReportReadingTests {
    private func report() async throws -> [String: Any] {
        let stage = try RunStage()
        let data = try CanonicalJSON.encode(try await stage.replace())
        #expect(Report(reading: data) != nil)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func isRead(_ report: [String: Any]) throws -> Bool {
        Report(reading: try JSONSerialization.data(withJSONObject: report)) != nil
    }

    @Test func numbersThatCannotBeAreRefused() async throws {
        let sound = try await report()
        #expect(try isRead(sound))
        let spans = try #require(sound["spans"] as? [[String: Any]])
        for (key, value) in [("turn", 999), ("turn", -1), ("startSample", -1), ("endSample", -5)] {
            var report = sound
            report["spans"] = spans.map { $0.merging([key: value]) { $1 } }
            #expect(try !isRead(report), "\(key) \(value)")
        }
        for (key, value) in [("seconds", 1e300), ("seconds", -1), ("sampleRate", 0), ("channels", 0)] {
            var report = sound
            report["input"] = try #require(sound["input"] as? [String: Any]).merging([key: value]) { $1 }
            #expect(try !isRead(report), "\(key) \(value)")
        }
        var report = sound
        report["totals"] = try #require(sound["totals"] as? [String: Any]).merging(["seconds": 1e300]) { $1 }
        #expect(try !isRead(report))
        #expect(Report(reading: Data("{}".utf8)) == nil)
    }
}

import AudioCore
import Files
import Foundation

/// A blind listening test in one file: people open it, listen, answer, and send back what it saves.
public struct ListeningPage {
    public enum Question: String, CaseIterable, Sendable {
        /// How natural is it, 1...5 (ITU-T P.800, absolute category rating).
        case mos
        /// Is the second better or worse than the first, -3...3 (P.800 annex E, comparison category rating).
        case cmos
        /// Which of two is the third?
        case abx
    }

    private let runs: [ReportMaterial]
    private let questions: [Question]
    private let mostItems: Int
    private let seed: UInt64

    /// MP3 this dense is not told from the original in speech.
    private static let bitsPerSecondAndChannel = 112_000

    /// - Parameters:
    ///   - runs: run folders in which `replace` has finished; runs of the same programme are compared with each other.
    ///   - mostItems: stretches of speech, drawn at random.
    ///   - seed: the same seed draws the same.
    public init(runs: [URL], questions: [Question], mostItems: Int, seed: UInt64, media: any MediaAccess) throws {
        self.runs = try runs.map { try ReportPublisher(run: $0, media: media).material }
        self.questions = questions
        self.mostItems = mostItems
        self.seed = seed
    }

    /// - Returns: how many stretches of speech the page holds.
    public func write(to file: URL, progress: (Double) throws -> Void) throws -> Int {
        var generator = SplitMix64(state: seed)
        let items = Array(ListeningItem.all(in: runs).shuffled(using: &generator).prefix(mostItems))
        guard !items.isEmpty else {
            throw AudioError(
                .badData, operation: "make a listening test of", subject: "these runs",
                cause: "they hold no replaced stretch of 1.5 to 15 seconds", mend: "name other runs")
        }
        let workshop = file.deletingLastPathComponent().appendingPathComponent(".draft-sounds")
        try? FileManager.default.removeItem(at: workshop)
        do {
            try FileManager.default.createDirectory(at: workshop, withIntermediateDirectories: true)
        } catch {
            throw AudioError(
                .cannotCreate, operation: "write", subject: file.path, cause: FileError.reason(error),
                mend: "choose another place with -o")
        }
        defer { try? FileManager.default.removeItem(at: workshop) }
        var sounds: [(id: String, data: Data)] = []
        var plan = Plan(test: "", questions: questions.map(\.rawValue), items: [])
        for (done, item) in items.enumerated() {
            try progress(Double(done) / Double(items.count))
            var versions: [Plan.Version] = []
            for (name, source) in item.versions.sorted(by: { $0.key < $1.key }) {
                let id = "s" + String(UInt32.random(in: .min ... .max, using: &generator), radix: 36)
                let sound = TurnSound(
                    material: runs[source.run], bitsPerSecondAndChannel: Self.bitsPerSecondAndChannel)
                sounds.append((id, try sound.encoded(source.sound, item.window, in: workshop)))
                versions.append(Plan.Version(sound: id, name: Data(name.utf8).base64EncodedString()))
            }
            plan.items.append(
                Plan.Item(
                    name: Data(item.name.utf8).base64EncodedString(), versions: versions.shuffled(using: &generator)))
        }
        plan.test = String(Digest.of(sounds.reduce(into: Data()) { $0 += $1.data }).prefix(16))
        // Their order in the file tells nothing either.
        sounds.shuffle(using: &generator)
        try WholeFolder.write(Data(html(plan, sounds).utf8), to: file)
        try progress(1)
        return items.count
    }

    /// What the page asks. Names are in base 64, so that a glance at the source does not tell which is which.
    private struct Plan: Encodable {
        struct Version: Encodable {
            var sound: String
            var name: String
        }
        struct Item: Encodable {
            var name: String
            var versions: [Version]
        }
        var test: String
        var questions: [String]
        var items: [Item]
    }

    private func html(_ plan: Plan, _ sounds: [(id: String, data: Data)]) throws -> String {
        let data = sounds.map { sound in
            #"<script type="text/plain" id="\#(sound.id)">\#(sound.data.base64EncodedString())</script>"#
        }
        // Base 64 and identifiers hold nothing that could end the element.
        let json = String(decoding: try CanonicalJSON.encode(plan), as: UTF8.self)
        return PageTemplate.filled(
            PageTemplate.text(PackageResources.listen_html),
            [
                "style": PageTemplate.text(PackageResources.tokens_css)
                    + PageTemplate.text(PackageResources.listen_css),
                "script": PageTemplate.text(PackageResources.listen_js), "plan": json,
                "sounds": data.joined(separator: "\n"),
            ])
    }
}

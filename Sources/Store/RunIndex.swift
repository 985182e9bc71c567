import AudioCore
import Foundation
import GRDB
import Pipeline

/// What runs there are, so that listing many large folders is quick. Made anew from the folders whenever one has changed.
public struct RunIndex: Sendable {
    /// A run as a person looks for it.
    public struct Run: Codable, Sendable, Equatable {
        /// The folder's name.
        public var name: String
        public var folder: String
        public var input: String
        /// Length of the programme; nil where nothing was replaced yet.
        public var seconds: Double?
        /// "Speaker_A=jf_alpha" for each replaced speaker.
        public var voices: [String]
        /// nil where nothing was replaced yet.
        public var figures: RunFigures?
        public var history: RunHistory
        /// Space the folder takes.
        public var bytes: Int
        /// The last change, seconds since 1970.
        public var changed: Double
    }

    static let definition = """
        CREATE TABLE run (
          folder TEXT PRIMARY KEY,
          stamp TEXT NOT NULL,
          facts TEXT NOT NULL
        );
        """

    private let store: Store

    public init(_ store: Store) { self.store = store }

    /// All runs under the folder for runs, the one that changed last first. Only what changed since the last time is read.
    public func runs(under workFolder: URL) throws -> [Run] {
        let folders = FinishedRun.folders(under: workFolder)
        let known = try store.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM run").reduce(into: [String: (String, String)]()) {
                $0[$1["folder"]] = ($1["stamp"], $1["facts"])
            }
        }
        var changed: [(folder: String, stamp: String, run: Run)] = []
        var runs: [Run] = []
        for folder in folders {
            let (stamp, time) = Self.stamp(folder)
            if let (oldStamp, facts) = known[folder.path], oldStamp == stamp,
                let run = try? JSONDecoder().decode(Run.self, from: Data(facts.utf8))
            {
                runs.append(run)
            } else if let run = Self.read(folder, changed: time) {
                runs.append(run)
                changed.append((folder.path, stamp, run))
            }
        }
        let present = Set(runs.map(\.folder))
        let home = workFolder.path + "/"
        let gone = known.keys.filter { $0.hasPrefix(home) && !present.contains($0) }
        if !changed.isEmpty || !gone.isEmpty { try update(changed, removing: gone) }
        return runs.sorted { ($1.changed, $0.name) < ($0.changed, $1.name) }
    }

    private func update(_ changed: [(folder: String, stamp: String, run: Run)], removing gone: [String]) throws {
        let rows = try changed.map {
            (
                $0.folder, $0.stamp, String(decoding: try CanonicalJSON.encode($0.run), as: UTF8.self)
            )
        }
        try store.write { database in
            for (folder, stamp, facts) in rows {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO run (folder, stamp, facts) VALUES (?, ?, ?)",
                    arguments: [folder, stamp, facts])
            }
            for folder in gone { try database.execute(sql: "DELETE FROM run WHERE folder = ?", arguments: [folder]) }
        }
    }

    // MARK: Folders

    /// Changes whenever a result comes or goes, or the facts or the report are written.
    private static func stamp(_ folder: URL) -> (text: String, seconds: Double) {
        let stages = StageName.allCases.map { "stages/\($0.rawValue)" }
        let times = (["run.json", "report.json", "edits.json", "log.jsonl", "stages"] + stages).map { name -> Double in
            var status = stat()
            guard stat(folder.appendingPathComponent(name).path, &status) == 0 else { return 0 }
            return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9
        }
        // The number tells what a row of the index holds.
        return ("2 " + times.map { "\($0)" }.joined(separator: " "), times.max() ?? 0)
    }

    private static func read(_ folder: URL, changed: Double) -> Run? {
        guard let run = try? FinishedRun(folder) else { return nil }
        let report = run.report
        let voices = report?.speakers.compactMap { speaker in speaker.voice.map { "\(speaker.id)=\($0)" } }
        return Run(
            name: folder.lastPathComponent, folder: folder.path, input: run.inputPath, seconds: report?.input.seconds,
            voices: voices ?? [], figures: report.map { RunFigures($0) }, history: RunHistory(of: folder),
            bytes: bytes(of: folder), changed: changed)
    }

    /// Space on the disk, with what is not yet finished.
    private static func bytes(of folder: URL) -> Int {
        let files = FileManager.default.enumerator(atPath: folder.path)
        var sum = 0
        while let name = files?.nextObject() as? String {
            var status = stat()
            if lstat(folder.appendingPathComponent(name).path, &status) == 0 { sum += Int(status.st_blocks) * 512 }
        }
        return sum
    }
}

import Foundation

/// One episode in work, wherever that is. Used by one thread.
protocol EpisodeWorker: AnyObject {
    /// Becomes readable when it says something; nil where it has to be asked.
    var descriptor: Int32? { get }
    /// What it said that is no message: last words of one that crashed.
    var lastWords: [String] { get }
    /// nil while it runs.
    var ending: WorkerEnding? { get }
    /// Resident memory of this machine.
    var residentBytes: Int { get }
    /// What it has said since the last call.
    func messages() throws -> [WorkerMessage]
    /// Asks it to end.
    func interrupt()
    /// Ends it at once and waits until it has, so that nothing of it is left.
    func end()
}

enum WorkerEnding: Equatable {
    case exit(Int32)
    case signal(Int32)
    /// Whoever ran it tells no more than this.
    case lost(String)
}

/// Where episodes are worked on.
protocol WorkerEngine: Sendable {
    /// True where the work is laid down elsewhere, all of it at once; false where it shares this machine, and each is
    /// begun when there is room.
    var takesAllAtOnce: Bool { get }
    /// One worker for each order.
    func start(_ orders: [WorkerOrder]) throws -> [any EpisodeWorker]
}

/// Cuts what workers say into messages.
struct WorkerLines {
    private var unread: [UInt8] = []
    private(set) var lastWords: [String] = []
    private static let keptWords = 6

    mutating func take(_ bytes: some Sequence<UInt8>) -> [WorkerMessage] {
        unread += bytes
        var messages: [WorkerMessage] = []
        while let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Data(unread[..<end])
            unread.removeSubrange(...end)
            if let message = try? JSONDecoder().decode(WorkerMessage.self, from: line) {
                messages.append(message)
            } else {
                keep(String(decoding: line, as: UTF8.self))
            }
        }
        return messages
    }

    mutating func keep(_ words: String) {
        let words = words.trimmingCharacters(in: .whitespaces)
        guard !words.isEmpty else { return }
        lastWords = (lastWords + [words]).suffix(Self.keptWords)
    }
}

import Foundation
import Synchronization

/// Ends a run that works on a thread of its own, from outside.
public final class Interruption: Sendable {
    private let isTripped = Atomic<Bool>(false)

    public init() {}

    public func trip() { isTripped.store(true, ordering: .relaxed) }

    var wasTripped: Bool { isTripped.load(ordering: .relaxed) }

    public func check() throws {
        if wasTripped { throw CancellationError() }
    }
}

/// Runs blocking work on a thread of its own, so that Swift's cooperative threads stay free for progress and signals.
///
/// - Parameters:
///   - interrupt: called when the surrounding task is cancelled; must make `body` end soon.
public func onOwnThread<Result: Sendable>(
    interrupt: @escaping @Sendable () -> Void, _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Swift.Result(catching: body)) }
            thread.stackSize = 16 << 20
            thread.start()
        }
    } onCancel: {
        interrupt()
    }
}

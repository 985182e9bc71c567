import COnnxRuntime
import Synchronization

/// The runs in flight, so that they can be ended from another thread.
final class RunRegister: Sendable {
    /// One run: its options' handle, and whether it was told to stop.
    ///
    /// Sendable: only touched under the register's lock, apart from the handle, which does not change.
    final class Ticket: @unchecked Sendable {
        let options: OpaquePointer
        fileprivate var isTerminated = false
        init(_ options: OpaquePointer) { self.options = options }
    }

    private let tickets = Mutex<[ObjectIdentifier: Ticket]>([:])

    func enter(_ options: OpaquePointer) -> Ticket {
        let ticket = Ticket(options)
        tickets.withLock { $0[ObjectIdentifier(ticket)] = ticket }
        return ticket
    }

    /// After this the handle may be released: nobody else uses it.
    /// - Returns: true where the run was told to stop.
    func leave(_ ticket: Ticket) -> Bool {
        tickets.withLock {
            $0[ObjectIdentifier(ticket)] = nil
            return ticket.isTerminated
        }
    }

    func terminate(with api: UnsafePointer<OrtApi>) {
        tickets.withLock { tickets in
            for ticket in tickets.values {
                ticket.isTerminated = true
                // It fails only for a null handle.
                if let status = api.pointee.RunOptionsSetTerminate(ticket.options) { api.pointee.ReleaseStatus(status) }
            }
        }
    }
}

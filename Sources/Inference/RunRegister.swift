import COnnxRuntime
import Synchronization

/// The runs in flight, so that they can be ended from another thread.
final class RunRegister: Sendable {
    /// One run: of which session, its options' handle, and whether it was told to stop.
    ///
    /// Sendable: only touched under the register's lock, apart from the handle, which does not change.
    final class Ticket: @unchecked Sendable {
        fileprivate let options: OpaquePointer
        fileprivate let session: ObjectIdentifier
        fileprivate var isTerminated = false

        fileprivate init(_ options: OpaquePointer, of session: ObjectIdentifier) {
            self.options = options
            self.session = session
        }
    }

    private let tickets = Mutex<[ObjectIdentifier: Ticket]>([:])

    func enter(_ options: OpaquePointer, of session: ObjectIdentifier) -> Ticket {
        let ticket = Ticket(options, of: session)
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

    /// - Parameter session: nil for all.
    func terminate(_ session: ObjectIdentifier? = nil, with api: UnsafePointer<OrtApi>) {
        tickets.withLock { tickets in
            for ticket in tickets.values where session == nil || ticket.session == session {
                ticket.isTerminated = true
                // It fails only for a null handle.
                if let status = api.pointee.RunOptionsSetTerminate(ticket.options) { api.pointee.ReleaseStatus(status) }
            }
        }
    }
}

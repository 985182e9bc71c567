import AudioCore
import Files

extension FileError {
    /// How a program ends that fails so.
    public var exitKind: AudioError.Kind {
        switch kind {
        case .noInput: .noInput
        case .badData: .badData
        case .cannotCreate: .cannotCreate
        case .inputOutput: .inputOutput
        case .busy: .tryAgain
        }
    }
}

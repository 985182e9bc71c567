import AudioCore
import CFFmpeg
import Foundation

/// Puts FFmpeg's error numbers into words.
enum Failure {
    static func reading(_ file: URL, _ kind: AudioError.Kind, _ cause: String, mend: String = "") -> AudioError {
        AudioError(kind, operation: "read", subject: file.relativePath, cause: cause, mend: mend)
    }

    static func writing(_ file: URL, _ kind: AudioError.Kind, _ cause: String, mend: String = "") -> AudioError {
        AudioError(kind, operation: "write", subject: file.relativePath, cause: cause, mend: mend)
    }

    /// - Parameter status: a negative number that FFmpeg returned while bytes were written.
    static func writing(_ file: URL, status: Int32) -> AudioError {
        let isFull = [ENOSPC, EDQUOT, EFBIG].contains(-status)
        return writing(file, .inputOutput, words(status), mend: isFull ? "make room on the disk" : "")
    }

    /// What FFmpeg or the system calls the error, in lower case: "invalid data found when processing input".
    static func words(_ status: Int32) -> String {
        var text = [CChar](repeating: 0, count: Int(AV_ERROR_MAX_STRING_SIZE))
        guard av_strerror(status, &text, text.count) == 0 else { return "FFmpeg's error \(status)" }
        let words = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let sentence = String(decoding: words, as: UTF8.self)
        return sentence.prefix(1).lowercased() + sentence.dropFirst()
    }

    static func encrypted(_ file: URL) -> AudioError {
        reading(file, .badData, "it is encrypted (copy protection)", mend: "use a copy without copy protection")
    }

    static func outOfMemory(_ operation: String) -> AudioError {
        AudioError(.internal, operation: operation, subject: "audio", cause: "there is not enough memory")
    }
}

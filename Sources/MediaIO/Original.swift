import AudioCore
import Foundation

/// What a new file takes over from the programme it was made from.
struct Original: Codable {
    /// nil where the file holds no audio that is known.
    var format: MediaFormat?
    var metadata: Metadata

    /// Reads it from a file.
    init(of file: URL) throws {
        let demuxer = try Demuxer(file)
        metadata = try Metadata(demuxer)
        format = demuxer.audio.map { MediaFormat(demuxer, stream: $0) }
    }
}

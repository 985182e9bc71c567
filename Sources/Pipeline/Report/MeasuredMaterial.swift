import AudioCore
import Files
import Foundation

/// The sound that the report's measures look at.
struct MeasuredMaterial {
    let input: WaveReader
    let output: WaveReader
    /// 16 kHz: the programme as it was, and its speech alone.
    let analysis: WaveReader
    let vocals: WaveReader
    /// The file that was written, where it is lossless and can be compared sample by sample.
    let written: URL?
    let speechFolder: URL
    let diarization: Diarization

    init(
        programme: URL, analysis: URL, vocals: URL, output: URL, written: URL?, speechFolder: URL,
        diarization: Diarization
    ) throws {
        input = try WaveReader(programme)
        self.output = try WaveReader(output)
        self.analysis = try WaveReader(analysis)
        self.vocals = try WaveReader(vocals)
        self.written = written
        self.speechFolder = speechFolder
        self.diarization = diarization
    }

    /// A stretch of one person's sound: his own channel where he has one, else the mean of all.
    func samples(_ reader: WaveReader, _ span: TimeSpan, of speaker: SpeakerID) throws -> [Float] {
        let rate = Double(reader.sampleRate)
        let start = Int((span.start * rate).rounded())
        let range = start..<max(start, Int((span.end * rate).rounded()))
        guard reader.channelCount > 1, let channel = diarization.channels[speaker], channel < reader.channelCount else {
            return try reader.readMid(range)
        }
        return try reader.read(range)[channel]
    }

    /// Stretches in which a speaker is heard and nobody else.
    func solo(of speaker: SpeakerID) -> [TimeSpan] {
        let others = diarization.turns.filter { $0.speaker != speaker }.map(\.span)
        return diarization.turns(of: speaker).flatMap { turn in
            turn.span.minus(others)
        }
    }
}

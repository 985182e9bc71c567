import AudioCore
import Files

/// The new programme and the new voices in it, written from beginning to end: the old one, changed in spans. Spans come in
/// order of their starts and may overlap where they belong to different channels. Used by one thread.
final class RebuiltProgramme {
    private let material: ReconstructionMaterial
    private let programme: WaveWriter
    private let voice: WaveWriter
    /// Frames that lie in both files.
    private var written = 0
    /// What comes next and may still be changed, both [channels of the programme][n].
    private var output: [[Float]]
    private var alone: [[Float]]

    init(material: ReconstructionMaterial, programme: WaveWriter, voice: WaveWriter) {
        self.material = material
        self.programme = programme
        self.voice = voice
        output = [[Float]](repeating: [], count: material.programme.channelCount)
        alone = output
    }

    /// - Parameters:
    ///   - range: frames of the span; begins at or after the span before it.
    ///   - progress: told how many frames are done.
    func add(
        _ span: ReconstructionRenderer.Rendered, at range: Range<Int>, progress: (Int) throws -> Void
    ) throws {
        try write(until: range.lowerBound, progress: progress)
        // What is open begins where the span does, and is made as long.
        let end = written + (output.first?.count ?? 0)
        if end < range.upperBound {
            let more = try material.programme.read(end..<range.upperBound)
            for channel in output.indices {
                output[channel] += more[channel]
                alone[channel] += [Float](repeating: 0, count: range.upperBound - end)
            }
        }
        for (channel, change) in span.change {
            for index in change.indices { output[channel][index] += change[index] }
        }
        for (channel, voice) in span.voice {
            for index in voice.indices { alone[channel][index] += voice[index] }
        }
    }

    func finish(progress: (Int) throws -> Void) throws {
        try write(until: material.programme.frameCount, progress: progress)
        try programme.finish()
        try voice.finish()
    }

    /// Writes what is open up to a frame, and the old programme where nothing is.
    private func write(until frame: Int, progress: (Int) throws -> Void) throws {
        let open = min(output.first?.count ?? 0, frame - written)
        if open > 0 {
            try programme.append(output.map { Array($0[..<open]) })
            try voice.append(alone.map { Array($0[..<open]) })
            for channel in output.indices {
                output[channel].removeFirst(open)
                alone[channel].removeFirst(open)
            }
            written += open
            try progress(written)
        }
        guard written < frame else { return }
        for piece in Self.pieces(written..<frame) {
            try programme.append(material.programme.read(piece))
            try progress(piece.upperBound)
        }
        try voice.appendSilence(frames: frame - written)
        written = frame
    }

    /// Pieces of at most 65536 frames.
    static func pieces(_ range: Range<Int>) -> [Range<Int>] {
        stride(from: range.lowerBound, to: range.upperBound, by: 65536).map { $0..<min(range.upperBound, $0 + 65536) }
    }
}

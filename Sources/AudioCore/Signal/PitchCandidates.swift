/// A period that a frame may have.
struct PitchCandidate {
    var hertz: Float
    /// log2 of `hertz`.
    var octave: Float
    /// Height of the normalised autocorrelation's peak, 0...1.
    var strength: Float
}

/// The candidates of all frames. Candidate 0 of each frame means "unvoiced".
struct PitchCandidates {
    let capacity: Int
    /// Candidates of each frame with the unvoiced one, [frames].
    private(set) var counts: [Int]
    /// Peak of each frame against the loudest, [frames], 0...1.
    private(set) var intensity: [Float]
    private var elements: [PitchCandidate]

    init(frames: Int, capacity: Int) {
        self.capacity = capacity
        counts = [Int](repeating: 1, count: frames)
        intensity = [Float](repeating: 0, count: frames)
        elements = [PitchCandidate](
            repeating: PitchCandidate(hertz: 0, octave: 0, strength: 0), count: frames * capacity)
    }

    subscript(frame: Int, index: Int) -> PitchCandidate { elements[frame * capacity + index] }

    mutating func setIntensity(_ value: Float, frame: Int) { intensity[frame] = value }

    /// Adds a candidate; where there is no room it takes the weakest one's place, if that is weaker.
    /// - Parameter merit: strength with the favour of high candidates taken into account.
    mutating func add(_ candidate: PitchCandidate, frame: Int, merit: (PitchCandidate) -> Float) {
        let start = frame * capacity
        if counts[frame] < capacity {
            elements[start + counts[frame]] = candidate
            counts[frame] += 1
            return
        }
        let indices = start + 1..<start + capacity
        guard let weakest = indices.min(by: { merit(elements[$0]) < merit(elements[$1]) }) else { return }
        if merit(elements[weakest]) < merit(candidate) { elements[weakest] = candidate }
    }
}

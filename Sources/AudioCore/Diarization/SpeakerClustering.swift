/// How many people there are, where the user says something about it.
public struct SpeakerCount: Sendable, Codable, Equatable {
    /// Obeyed exactly; nil: found out.
    public var exact: Int?
    public var minimum: Int

    public init(exact: Int? = nil, minimum: Int = 1) {
        self.exact = exact
        self.minimum = minimum
    }
}

/// Groups stretches of speech by voice and finds how many voices there are.
///
/// Figures were chosen on two-party calls, built podcasts and meetings of 0.5-7 min.
public struct SpeakerClustering: Sendable, Codable, Equatable {
    /// Average linkage stops at this distance (1 - cosine).
    public var linkageDistance: Float = 0.65
    /// Sharpness of posteriors; see `SphericalMixture`.
    public var concentration: Float = 10
    /// A voice with less speech than this is dropped: seconds, and share of all speech, but never one with
    /// `enoughSeconds`: a guest of a long programme.
    public var leastSeconds = 1.0
    public var leastShare = 0.02
    public var enoughSeconds = 8.0
    /// A voice whose stretches cover less than this is dropped at the end.
    public var leastCoveredSeconds = 0.8
    /// The spectral count, which splits similar voices that linkage joins, is asked from this many stretches on. Asked
    /// from 30 on, it miscounted three more short clips; from 40 on, it found too many in none of 30 programmes.
    public var spectralFrom = 60
    /// Voices found by the spectral count are one where their centres are nearer than this cosine.
    public var sameVoiceCosine: Float = 0.80
    /// Stretches shorter than this, or more overlapped, take no part in finding voices.
    public var shortestTrainingSeconds = 1.0
    public var mostTrainingOverlap = 0.30
    /// At most so many stretches, spread evenly, find the voices; the spectral count uses fewer still.
    public var mostTrainingItems = 2000
    public var mostSpectralItems = 600

    public init() {}

    /// The stretches that find the voices, and what was found.
    struct Training {
        var indices: [Int]
        var vectors: Matrix
        var seconds: [Float]
        var frames: [Range<Int>]
    }

    /// - Returns: a centre for each voice, unit vectors [voices, dimension], in order of first appearance; no rows where
    ///   nothing was said.
    public func voices(in segments: [VoiceSegment], grid: SegmentationGrid, count: SpeakerCount) throws -> Matrix {
        let training = training(segments, grid)
        let wanted = max(count.exact ?? count.minimum, 1)
        guard !segments.isEmpty else {
            guard wanted <= 1, count.exact == nil else { throw tooFew(wanted, 0) }
            return Matrix(rows: 0, columns: 0)
        }
        guard training.indices.count >= wanted else { throw tooFew(wanted, training.indices.count) }
        var labels: [Int]
        if let exact = count.exact {
            labels = self.labels(training, count: exact)
        } else {
            labels = self.labels(training, grid)
            if (labels.max() ?? 0) + 1 < count.minimum { labels = self.labels(training, count: count.minimum) }
        }
        let centres = training.vectors.centroids(labels: labels, weights: training.seconds)
        return refined(training.vectors, centres, training.seconds)
    }

    private func tooFew(_ wanted: Int, _ found: Int) -> AudioError {
        AudioError(
            .badData, operation: "find", subject: "\(wanted) speakers",
            cause: found == 0 ? "nobody speaks" : "there are only \(found) stretches of speech to tell voices by",
            mend: "give a smaller number of speakers or leave it out")
    }
}

// MARK: - Finding the voices

extension SpeakerClustering {
    private func training(_ segments: [VoiceSegment], _ grid: SegmentationGrid) -> Training {
        let long = grid.frames(shortestTrainingSeconds)
        var chosen = segments.indices.filter {
            segments[$0].frames.count >= long && segments[$0].overlapShare <= mostTrainingOverlap
        }
        if chosen.count < 3 { chosen = segments.indices.filter { segments[$0].frames.count >= long / 2 } }
        if chosen.isEmpty { chosen = Array(segments.indices) }
        let indices = Self.spread(chosen, most: mostTrainingItems)
        return Training(
            indices: indices,
            vectors: Matrix(
                rows: indices.count, columns: segments.first?.voicePrint.count ?? 0,
                elements: indices.flatMap { segments[$0].voicePrint }),
            seconds: indices.map { Float(Double(segments[$0].frames.count) * grid.frameSeconds) },
            frames: indices.map { segments[$0].frames })
    }

    /// - Returns: at most `most` of the items, spread evenly.
    static func spread(_ items: [Int], most: Int) -> [Int] {
        guard items.count > most else { return items }
        return (0..<most).map { items[$0 * items.count / most] }
    }

    /// Linkage and mixture; where the spectral count finds more voices, that.
    private func labels(_ training: Training, _ grid: SegmentationGrid) -> [Int] {
        let linked = AverageLinkage(unitVectors: training.vectors).labels(below: linkageDistance)
        var labels = mixed(training, linked)
        if training.indices.count >= spectralFrom {
            let spectral = mixed(training, mergingSameVoices(training, spectralLabels(training, count: nil)))
            if (spectral.max() ?? 0) > (labels.max() ?? 0) { labels = spectral }
        }
        return dissolvingSmall(training, labels, grid)
    }

    private func mixed(_ training: Training, _ labels: [Int]) -> [Int] {
        let least = max(leastSeconds, min(leastShare * Double(training.seconds.reduce(0, +)), enoughSeconds))
        return SphericalMixture(leastMass: Float(least), concentration: concentration)
            .labels(of: training.vectors, weights: training.seconds, startingFrom: labels)
    }

    /// Exactly `count` groups.
    private func labels(_ training: Training, count: Int) -> [Int] {
        let labels =
            training.indices.count >= spectralFrom
            ? spectralLabels(training, count: count)
            : AverageLinkage(unitVectors: training.vectors).labels(count: count)
        let mixed = SphericalMixture(leastMass: 0, concentration: concentration)
            .labels(of: training.vectors, weights: training.seconds, startingFrom: labels)
        return (mixed.max() ?? 0) + 1 == count ? mixed : labels
    }

    /// The items left out go to the nearest centre of those that took part.
    private func spectralLabels(_ training: Training, count: Int?) -> [Int] {
        let all = Array(training.indices.indices)
        let chosen = Self.spread(all, most: max(mostSpectralItems, count ?? 0))
        let vectors = Matrix(
            rows: chosen.count, columns: training.vectors.columns,
            elements: chosen.flatMap { training.vectors[row: $0] })
        let labels = SpectralClustering().labels(of: vectors, count: count)
        guard chosen.count < all.count else { return labels }
        let centres = vectors.centroids(labels: labels, weights: chosen.map { training.seconds[$0] })
        return nearest(training.vectors, centres)
    }

    private func mergingSameVoices(_ training: Training, _ labels: [Int]) -> [Int] {
        var labels = labels
        while (labels.max() ?? 0) > 0 {
            let centres = training.vectors.centroids(labels: labels, weights: training.seconds)
            let cosines = centres.rowProducts(with: centres)
            let pairs = (0..<centres.rows).flatMap { a in (0..<a).map { b in (a, b, cosines[a, b]) } }
            guard let closest = pairs.max(by: { $0.2 < $1.2 }), closest.2 > sameVoiceCosine else { break }
            labels = labels.map { $0 == closest.0 ? closest.1 : $0 }.renumbered()
        }
        return labels
    }

    /// Gives up voices whose stretches cover next to nothing (the largest stays); their items go to the nearest other.
    private func dissolvingSmall(_ training: Training, _ labels: [Int], _ grid: SegmentationGrid) -> [Int] {
        let voices = (labels.max() ?? 0) + 1
        let covered = (0..<voices).map { voice in
            coveredSeconds(training.frames.indices.filter { labels[$0] == voice }.map { training.frames[$0] }, grid)
        }
        let threshold = min(leastCoveredSeconds, covered.max() ?? 0)
        let kept = (0..<voices).filter { covered[$0] >= threshold }
        guard kept.count < voices else { return labels }
        let centres = training.vectors.centroids(labels: labels, weights: training.seconds)
        let keptCentres = Matrix(
            rows: kept.count, columns: centres.columns, elements: kept.flatMap { centres[row: $0] })
        return nearest(training.vectors, keptCentres).renumbered()
    }

    private func coveredSeconds(_ stretches: [Range<Int>], _ grid: SegmentationGrid) -> Double {
        var (frames, reached) = (0, Int.min)
        for stretch in stretches.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let start = max(stretch.lowerBound, reached)
            frames += max(0, stretch.upperBound - start)
            reached = max(reached, stretch.upperBound)
        }
        return Double(frames) * grid.frameSeconds
    }

    private func nearest(_ vectors: Matrix, _ centres: Matrix) -> [Int] {
        let cosines = vectors.rowProducts(with: centres)
        return (0..<vectors.rows).map { row in
            (0..<centres.rows).max { cosines[row, $0] < cosines[row, $1] } ?? 0
        }
    }

    /// One more round: every item to its nearest centre, centres anew. A centre nobody is near to stays as it was.
    private func refined(_ vectors: Matrix, _ centres: Matrix, _ weights: [Float]) -> Matrix {
        let labels = nearest(vectors, centres)
        var moved = centres
        let found = vectors.centroids(labels: labels, weights: weights)
        for voice in Set(labels) {
            for column in 0..<centres.columns { moved[voice, column] = found[voice, column] }
        }
        return moved
    }
}

import Testing

@testable import AudioCore

@Suite struct ClusteringTests {
    @Test func eigenvectorsSolveTheirEquation() {
        var generator = SplitMix64(state: 1)
        let size = 60
        var elements = [Double](repeating: 0, count: size * size)
        for row in 0..<size {
            for column in 0...row {
                let value = Double.random(in: -1...1, using: &generator)
                elements[row * size + column] = value
                elements[column * size + row] = value
            }
        }
        let eigen = SymmetricEigen(size: size, elements: elements)
        let trace = (0..<size).reduce(0) { $0 + elements[$1 * size + $1] }
        #expect(abs(eigen.values.reduce(0, +) - trace) < 1e-10)
        let vectors = eigen.smallestVectors(size)
        for index in 0..<size {
            let vector = Array(vectors[index * size..<(index + 1) * size])
            for row in 0..<size {
                let image = (0..<size).reduce(0) { $0 + elements[row * size + $1] * vector[$1] }
                #expect(abs(image - eigen.values[index] * vector[row]) < 1e-9)
            }
            for other in 0..<index {
                let overlap = (0..<size).reduce(0) { $0 + vector[$1] * vectors[other * size + $1] }
                #expect(abs(overlap) < 1e-9)
            }
        }
    }

    /// Graphs that fall apart have the eigenvalue 0 once a part; the vectors must still tell the parts from each other.
    @Test func eigenSolverHandlesRepeatedZeros() {
        let size = 30
        var laplacian = [Double](repeating: 0, count: size * size)
        for row in 0..<size {
            for column in 0..<size where row != column && row / 10 == column / 10 {
                laplacian[row * size + column] = -1
                laplacian[row * size + row] += 1
            }
        }
        let eigen = SymmetricEigen(size: size, elements: laplacian)
        #expect(eigen.values[2] < 1e-12)
        #expect(abs(eigen.values[3] - 10) < 1e-10)
        let vectors = eigen.smallestVectors(3)
        let points = (0..<size).flatMap { item in (0..<3).map { vectors[$0 * size + item] } }
        let labels = KMeans(clusters: 3).labels(of: points, dimension: 3)
        #expect(labels == (0..<size).map { $0 / 10 })
    }

    /// Every merge must join the pair of clusters with the least mean distance of all.
    @Test func linkageMatchesDirectSearch() {
        var generator = SplitMix64(state: 5)
        let count = 24
        var distances = [Float](repeating: 0, count: count * count)
        for a in 0..<count {
            for b in 0..<a {
                let value = Float.random(in: 0...1, using: &generator)
                distances[a * count + b] = value
                distances[b * count + a] = value
            }
        }
        let linkage = AverageLinkage(itemCount: count, distances: distances)
        var clusters = (0..<count).map { [$0] }
        for wanted in stride(from: count - 1, through: 1, by: -1) {
            var best = (a: 0, b: 0, mean: Float.infinity)
            for a in clusters.indices {
                for b in 0..<a {
                    let all = clusters[a].flatMap { x in clusters[b].map { distances[x * count + $0] } }
                    let mean = all.reduce(0, +) / Float(all.count)
                    if mean < best.mean { best = (a, b, mean) }
                }
            }
            clusters[best.b] += clusters[best.a]
            clusters.remove(at: best.a)
            var expected = [Int](repeating: 0, count: count)
            for (label, members) in clusters.enumerated() { members.forEach { expected[$0] = label } }
            #expect(linkage.labels(count: wanted) == expected.renumbered())
            #expect(linkage.labels(below: best.mean + 1e-4).renumbered() == expected.renumbered())
        }
    }

    @Test(arguments: [(2, 0.0), (5, 0.3), (8, 0.2)])
    func spectralFindsHowManyVoices(voices: Int, likeness: Double) {
        var synthetic = SyntheticVoices(voices, likeness: Float(likeness))
        let truth = (0..<200).map { $0 % voices }
        let prints = truth.flatMap { synthetic.print(of: $0) }
        let matrix = Matrix(rows: 200, columns: synthetic.dimension, elements: prints)
        #expect(SpectralClustering().labels(of: matrix) == truth.renumbered())
    }

    @Test func mixtureDropsStrayVectors() {
        var synthetic = SyntheticVoices(4)
        let truth = (0..<100).map { $0 == 40 ? 2 : $0 == 70 ? 3 : $0 % 2 }
        let matrix = Matrix(
            rows: 100, columns: synthetic.dimension, elements: truth.flatMap { synthetic.print(of: $0) })
        let labels = SphericalMixture(leastMass: 2).labels(
            of: matrix, weights: [Float](repeating: 1, count: 100), startingFrom: truth)
        #expect(Set(labels).count == 2)
        for (label, voice) in zip(labels, truth) where voice < 2 { #expect(label == voice) }
    }

    /// 3 h of a programme train on 2000 stretches; that must stay a matter of seconds.
    @Test func manyItemsAreClusteredInTime() throws {
        var synthetic = SyntheticVoices(6, dimension: 512, likeness: 0.2)
        let truth = (0..<2500).map { ($0 / 7) % 6 }
        let segments = truth.enumerated().map { index, voice in
            VoiceSegment(
                frames: index * 90..<index * 90 + 89, overlapShare: 0, voicePrint: synthetic.print(of: voice))
        }
        let clock = ContinuousClock()
        var voices = Matrix(rows: 0, columns: 0)
        let time = try clock.measure {
            voices = try SpeakerClustering().voices(
                in: segments, grid: SegmentationGrid(), count: SpeakerCount())
        }
        #expect(voices.rows == 6)
        #expect(time < .seconds(60))
        print("clustering 2000 of 2500 stretches: \(time)")
    }

    /// A caller who says twelve seconds of half an hour is a person of his own.
    @Test func aRareGuestIsFoundInALongProgramme() throws {
        var synthetic = SyntheticVoices(3, likeness: 0.2)
        let segments = (0..<1200).map {
            VoiceSegment(
                frames: $0 * 90..<$0 * 90 + 89, overlapShare: 0,
                voicePrint: synthetic.print(of: (600..<608).contains($0) ? 2 : $0 / 10 % 2))
        }
        let voices = try SpeakerClustering().voices(
            in: segments, grid: SegmentationGrid(), count: SpeakerCount())
        #expect(voices.rows == 3)
    }

    @Test(arguments: 1...5) func givenCountIsObeyed(count: Int) throws {
        for stretches in [20, 120] {
            var synthetic = SyntheticVoices(3)
            let segments = (0..<stretches).map {
                VoiceSegment(frames: $0 * 90..<$0 * 90 + 89, overlapShare: 0, voicePrint: synthetic.print(of: $0 % 3))
            }
            let voices = try SpeakerClustering().voices(
                in: segments, grid: SegmentationGrid(), count: SpeakerCount(exact: count))
            #expect(voices.rows == count)
        }
    }

    @Test func impossibleCountIsAnError() {
        var synthetic = SyntheticVoices(2)
        let segments = (0..<3).map {
            VoiceSegment(frames: $0 * 90..<$0 * 90 + 89, overlapShare: 0, voicePrint: synthetic.print(of: $0 % 2))
        }
        #expect(throws: AudioError.self) {
            try SpeakerClustering().voices(
                in: segments, grid: SegmentationGrid(), count: SpeakerCount(exact: 4))
        }
        #expect(throws: AudioError.self) {
            try SpeakerClustering().voices(
                in: [], grid: SegmentationGrid(), count: SpeakerCount(exact: 1))
        }
    }
}

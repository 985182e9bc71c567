import AudioCore
import Foundation

/// What `Benchmarks/evaluation/golden.py` was told by the field's own tools, and the sounds it asked about, made by the
/// same formulas.
enum Golden {
    static let sampleRate = 16000

    static func read<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        let folder = Bundle.module.resourceURL?.appendingPathComponent("Golden")
        guard let file = folder?.appendingPathComponent("\(name).json") else { throw CocoaError(.fileNoSuchFile) }
        return try JSONDecoder().decode(type, from: Data(contentsOf: file))
    }

    /// The top 24 bits of SplitMix64, -1...1.
    static func noise(_ count: Int, seed: UInt64) -> [Double] {
        var generator = SplitMix64(state: seed)
        return (0..<count).map { _ in Double(generator.next() >> 40) / Double(1 << 23) - 1 }
    }

    /// Twelve harmonics of a swinging pitch, silent but for faint noise in the pauses.
    static func voice(
        seconds: Double, base: Double, swing: Double, period: Double, pauses: [[Double]], seed: UInt64
    ) -> [Double] {
        let count = Int(seconds * Double(sampleRate))
        let faint = noise(count, seed: seed)
        var cycles = 0.0
        return (0..<count).map { n in
            let time = Double(n) / Double(sampleRate)
            cycles += base * pow(2, swing * sin(2 * .pi * time / period))
            let phase = 2 * Double.pi * cycles / Double(sampleRate)
            let isPause = pauses.contains { $0[0] <= time && time < $0[1] }
            let sound = isPause ? 0 : (1...12).reduce(0.0) { $0 + sin(Double($1) * phase) / Double($1) } * 0.2
            return sound + 0.001 * faint[n]
        }
    }

    /// What a separator may do to a sound, in the order of separation.json.
    static func estimates() -> [(reference: [Float], estimate: [Float])] {
        let reference = voice(seconds: 1, base: 120, swing: 0.3, period: 0.7, pauses: [[0.4, 0.5]], seed: 1)
        let other = noise(sampleRate, seed: 2)
        func sum(_ a: [Double], _ gain: Double, _ b: [Double]) -> [Double] { zip(a, b).map { $0 + gain * $1 } }
        let response: [(Int, Double)] = [(0, 1), (3, 0.5), (5, -0.3), (9, 0.1)]
        let echo = reference.indices.map { n in
            response.reduce(0.0) { $0 + (n >= $1.0 ? $1.1 * reference[n - $1.0] : 0) }
        }
        let delayed = [Double](repeating: 0, count: 20) + reference.dropLast(20)
        return [
            sum(reference, 0.1, other), sum(reference.map { 0.5 * $0 }, 0.005, other), sum(echo, 0.01, other),
            sum(delayed, 0.02, other), other,
        ].map { (reference.map { Float($0) }, $0.map { Float($0) }) }
    }
}

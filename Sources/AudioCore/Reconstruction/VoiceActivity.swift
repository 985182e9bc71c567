import Foundation

/// Where the separated vocals hold voice, frame by frame.
public struct VoiceActivity: Sendable {
    /// Voice is heard in the frame, [frames].
    public let isActive: [Bool]
    /// No voice, and none in the 8 frames (85 ms) before nor in the 3 after, [frames].
    public let isPause: [Bool]

    /// Power between 200 and 4000 Hz (a full-band measure drowns in rumble), three frames' mean, against 33 dB below
    /// its 95th percentile.
    public init(vocals: Spectrogram, grid: SpectralGrid) {
        let band = grid.bins(200, 4000)
        let level = (0..<vocals.frames).map { frame in
            band.reduce(Float(0)) { sum, bin in
                let at = frame * grid.binCount + bin
                return sum + vocals.real[at] * vocals.real[at] + vocals.imaginary[at] * vocals.imaginary[at]
            }
        }
        let smooth = SpectralSmoothing.mean(level, radius: 1)
        let loud = smooth.isEmpty ? 0 : quantile(0.95, of: smooth)
        let threshold = loud * Float(pow(10, -3.3))
        let active = smooth.map { $0 > threshold }
        isActive = active
        isPause = active.indices.map { frame in
            !active[max(0, frame - 8)...min(active.count - 1, frame + 3)].contains(true)
        }
    }
}

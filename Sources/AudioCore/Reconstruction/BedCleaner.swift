import Foundation

/// Takes what the old voice leaves behind out of the bed, with the vocals as reference.
///
/// Without music: a local least-squares fit of the residual on the vocals, then the whole span is held down to the room
/// tone, because everything above it there is tail and ghost, and what is lost is filled with noise of the tone's
/// spectrum. With music: a mask from the leak of the vocals into the residual, and noise fill; the local fit would make
/// the music pump. One gain serves all channels, so that the picture does not wander.
public struct BedCleaner: Sendable {
    public let grid: SpectralGrid

    /// How much each bin may be changed, 0...1, [bins].
    private let change: [Float]

    /// - Parameter lowEdgeHertz: below it nothing is changed.
    public init(_ grid: SpectralGrid, lowEdgeHertz: Double) {
        self.grid = grid
        change = grid.change(above: lowEdgeHertz)
    }

    /// - Parameters:
    ///   - residuals: a spectrogram a channel, the old voice taken out; cleaned in place.
    ///   - vocals: the separated voice on the same grid.
    ///   - noise: white noise of unit variance, a spectrogram a channel.
    public func clean(
        _ residuals: inout [Spectrogram], vocals: Spectrogram, noise: [Spectrogram], conditions: BedConditions
    ) {
        let gain: [Float]
        switch conditions.bed {
        case .steady:
            for channel in residuals.indices { subtractLocalFit(&residuals[channel], vocals) }
            gain = clamp(residuals, to: conditions.tone)
        case .music(let music):
            gain = mask(residuals, vocals, music)
        }
        apply(gain, to: &residuals, noise: noise, tone: conditions.fill)
    }

    // MARK: No music

    /// R - s a V with a = <R conj V> / <|V|^2> over 9 frames and 5 bins, shrunk by what chance alone would correlate
    /// (the 45 cells hold about 12 independent ones).
    private func subtractLocalFit(_ residual: inout Spectrogram, _ vocals: Spectrogram) {
        let cells = residual.real.count
        var vocalPower = vocals.power.elements
        var power = residual.power.elements
        var real = [Float](repeating: 0, count: cells)
        var imaginary = real
        for index in 0..<cells {
            let (r, i) = (residual.real[index], residual.imaginary[index])
            let (vr, vi) = (vocals.real[index], vocals.imaginary[index])
            real[index] = r * vr + i * vi
            imaginary[index] = i * vr - r * vi
        }
        for field in [0, 1, 2, 3] {
            switch field {
            case 0: SpectralSmoothing.mean(&vocalPower, bins: grid.binCount, timeRadius: 4, binRadius: 2)
            case 1: SpectralSmoothing.mean(&power, bins: grid.binCount, timeRadius: 4, binRadius: 2)
            case 2: SpectralSmoothing.mean(&real, bins: grid.binCount, timeRadius: 4, binRadius: 2)
            default: SpectralSmoothing.mean(&imaginary, bins: grid.binCount, timeRadius: 4, binRadius: 2)
            }
        }
        let chance: Float = 1 / 12
        for row in stride(from: 0, to: cells, by: grid.binCount) {
            for bin in 0..<grid.binCount {
                let index = row + bin
                let common = real[index] * real[index] + imaginary[index] * imaginary[index]
                let coherence = common / (vocalPower[index] * power[index] + 1e-20)
                guard coherence > chance else { continue }
                let shrink = min(1, (coherence - chance) / (1 - chance) / coherence) * change[bin]
                let scale = shrink / (vocalPower[index] + 1e-14)
                let (ar, ai) = (real[index] * scale, imaginary[index] * scale)
                let (vr, vi) = (vocals.real[index], vocals.imaginary[index])
                residual.real[index] -= ar * vr - ai * vi
                residual.imaginary[index] -= ar * vi + ai * vr
            }
        }
    }

    /// min(1, sqrt(N / P)).
    private func clamp(_ residuals: [Spectrogram], to tone: RoomTone) -> [Float] {
        var gain = smoothedPower(residuals)
        let limit = tone.meanPower
        for row in stride(from: 0, to: gain.count, by: grid.binCount) {
            for bin in 0..<grid.binCount {
                gain[row + bin] = min(1, (limit[bin] / (gain[row + bin] + 1e-14)).squareRoot())
            }
        }
        return gain
    }

    // MARK: Music

    private func mask(_ residuals: [Spectrogram], _ vocals: Spectrogram, _ music: MusicBed) -> [Float] {
        var gain = smoothedPower(residuals)
        let leak = grid.bandOfBin.map { music.leak[$0] }
        let bins = grid.binCount
        var tail = [Float](repeating: 0, count: bins)
        var previous = [Float](repeating: 1, count: bins)
        var row = [Float](repeating: 0, count: bins)
        for frame in 0..<vocals.frames {
            let start = frame * bins
            for bin in 0..<bins {
                let at = start + bin
                let power = vocals.real[at] * vocals.real[at] + vocals.imaginary[at] * vocals.imaginary[at]
                tail[bin] = max(power, MusicBed.decay * tail[bin])
                let behind = gain[at] + 1e-14
                let wanted = max(0, 1 - MusicBed.strength * leak[bin] * tail[bin] / behind).squareRoot()
                let floor = max(MusicBed.leastGain, min(1, (music.pausePower[bin] / behind).squareRoot()))
                row[bin] = max(wanted, floor)
                if frame > 0 { row[bin] = MusicBed.inertia * previous[bin] + (1 - MusicBed.inertia) * row[bin] }
                previous[bin] = row[bin]
            }
            for bin in 0..<bins {
                let (low, high) = (max(0, bin - 1), min(bins - 1, bin + 1))
                var sum: Float = 0
                for other in low...high { sum += row[other] }
                gain[start + bin] = sum / Float(high - low + 1)
            }
        }
        return gain
    }

    // MARK: Both

    /// Mean power of the channels over 3 frames and 3 bins, [frames * bins].
    private func smoothedPower(_ channels: [Spectrogram]) -> [Float] {
        var power = channels.first?.power.elements ?? []
        for channel in channels.dropFirst() {
            for index in power.indices {
                power[index] +=
                    channel.real[index] * channel.real[index] + channel.imaginary[index] * channel.imaginary[index]
            }
        }
        let scale = 1 / Float(max(1, channels.count))
        for index in power.indices { power[index] *= scale }
        SpectralSmoothing.mean(&power, bins: grid.binCount, timeRadius: 1, binRadius: 1)
        return power
    }

    /// C = G R + sqrt(1 - G^2) n.
    private func apply(_ gain: [Float], to residuals: inout [Spectrogram], noise: [Spectrogram], tone: RoomTone) {
        let bins = grid.binCount
        // White noise of unit variance has this mean power on the grid: the sum of the squared window.
        let whitePower = 0.375 * Float(grid.frameSize)
        for channel in residuals.indices {
            let own = noise[channel]
            let common = noise[0]
            let level = (0..<bins).map { (tone.power[channel * bins + $0] / whitePower).squareRoot() }
            let shared = (0..<bins).map { channel == 0 ? 0 : tone.coherence[grid.bandOfBin[$0]].squareRoot() }
            let apart = shared.map { (1 - $0 * $0).squareRoot() }
            for row in stride(from: 0, to: gain.count, by: bins) {
                for bin in 0..<bins {
                    let index = row + bin
                    let keep = 1 - change[bin] * (1 - gain[index])
                    let fill = change[bin] * max(0, 1 - gain[index] * gain[index]).squareRoot() * level[bin]
                    residuals[channel].real[index] =
                        keep * residuals[channel].real[index]
                        + fill * (apart[bin] * own.real[index] + shared[bin] * common.real[index])
                    residuals[channel].imaginary[index] =
                        keep * residuals[channel].imaginary[index]
                        + fill * (apart[bin] * own.imaginary[index] + shared[bin] * common.imaginary[index])
                }
            }
        }
    }
}

import Foundation

/// How far the old voice leaks into a bed of music, and what the bed is like in pauses.
public struct MusicBed: Sendable, Equatable {
    /// Share of the vocals' power that stays in the residual, by ERB band, [bands].
    public var leak: [Float]
    /// Mean power of the bed while nobody speaks, [bins].
    public var pausePower: [Float]

    public init(leak: [Float], pausePower: [Float]) {
        self.leak = leak
        self.pausePower = pausePower
    }

    /// Over-subtraction of the mask.
    static let strength: Float = 4
    /// The mask's floor.
    static let leastGain: Float = 0.1
    /// Decay of the vocals' power from frame to frame: what rings on in the separator's window.
    static let decay: Float = 0.72
    /// Recursive smoothing of the mask over time.
    static let inertia: Float = 0.6

    /// Leak: 1.5 times the 30th percentile of residual over vocals among the 40 % loudest frames: music only adds, so a
    /// low percentile is nearest to the leak alone. Pause power: 1.44 (mean over median of an exponential
    /// distribution) times the median.
    init(residuals: [Spectrogram], vocals: Spectrogram, frames: [Bool], pauses: [Bool], grid: SpectralGrid) {
        let behind = BandLevels(residuals, grid)
        let voice = BandLevels([vocals], grid)
        let chosen = frames.indices.filter { frames[$0] }
        leak = (0..<grid.bandCount).map { band in
            let levels = chosen.map { voice.power[$0 * grid.bandCount + band] }
            guard !levels.isEmpty else { return 0 }
            let threshold = quantile(0.6, of: levels)
            let ratios = chosen.compactMap { frame -> Float? in
                let power = voice.power[frame * grid.bandCount + band]
                return power > threshold && power > 1e-12 ? behind.power[frame * grid.bandCount + band] / power : nil
            }
            return ratios.isEmpty ? 0 : 1.5 * quantile(0.3, of: ratios)
        }
        let quiet = pauses.indices.filter { pauses[$0] }
        guard quiet.count >= 20 else {
            pausePower = [Float](repeating: 0, count: grid.binCount)
            return
        }
        var sum = [Float](repeating: 0, count: grid.binCount)
        for residual in residuals {
            let median = RoomTone.quantile(residual, quiet, share: 0.5)
            for bin in sum.indices { sum[bin] += 1.44 * median[bin] / Float(residuals.count) }
        }
        pausePower = sum
    }
}

/// What is known of the old voice and of the bed over a stretch of one person's spans; both hold for tens of seconds.
public struct BedConditions: Sendable {
    public enum Bed: Sendable, Equatable {
        case steady
        case music(MusicBed)
    }

    /// For spans too short for a fit of their own, and for placing the new voice.
    public var gains: VoiceGains
    public var placement: VoicePlacement
    public var judgement: BedJudgement
    public var bed: Bed
    /// Below it nothing is changed: where rumble is as loud as the voice, separators take half of it, and half removed
    /// is heard more than left alone.
    public var lowEdgeHertz: Double
    /// What a steady bed is held down to.
    public var tone: RoomTone
    /// Noise that fills what the gain took away.
    public var fill: RoomTone

    /// The quantile reads low where the local fit took away some of the tone, too.
    static let toneLift: Float = 1.5

    /// - Parameters:
    ///   - programme: a spectrogram a channel, of the spans and what lies around them.
    ///   - vocals: on the same grid.
    ///   - inSpan: frames inside spans, [frameCount].
    ///   - isAlone: frames in which nobody else speaks, [frameCount]; nil: all.
    public init(
        programme: [Spectrogram], vocals: Spectrogram, inSpan: [Bool], isAlone: [Bool]? = nil, grid: SpectralGrid
    ) {
        let activity = VoiceActivity(vocals: vocals, grid: grid)
        let pauses = zip(activity.isPause, isAlone ?? inSpan.map { _ in true }).map { $0 && $1 }
        lowEdgeHertz = BedConditions.lowEdge(programme, activity: activity, pauses: pauses, grid: grid)
        var remover = OldVoiceRemover(grid, lowEdgeHertz: lowEdgeHertz)
        let delays = VoicePlacement.delays(programme: programme, vocals: vocals, frames: inSpan, grid: grid)
        remover.delaySamples = delays
        let gains = remover.fit(programme: programme, vocals: vocals, frames: inSpan)
        let residuals = programme.indices.map {
            remover.residual(programme[$0], vocals: vocals, gains: gains, channel: $0)
        }
        var tone = RoomTone(residuals: residuals, frames: inSpan, grid: grid)
        for index in tone.power.indices { tone.power[index] *= BedConditions.toneLift }
        self.gains = gains
        placement = VoicePlacement(gains: gains.broadband, delaySamples: delays)
        judgement = BedJudgement(residuals: residuals, pauses: pauses, frames: inSpan, grid: grid)
        self.tone = tone
        if judgement.isMusic {
            let music = MusicBed(
                residuals: residuals, vocals: vocals, frames: inSpan, pauses: pauses, grid: grid)
            bed = .music(music)
            // The pauses' spectrum, shared among the channels as the tone is.
            let mean = tone.meanPower
            for index in tone.power.indices {
                let bin = index % grid.binCount
                tone.power[index] *= mean[bin] > 0 ? music.pausePower[bin] / mean[bin] : 0
            }
        } else {
            bed = .steady
        }
        fill = tone
    }

    /// 50 Hz where the programme between 60 and 120 Hz is at least 12 dB louder with the voice than without: then
    /// it is voice; else 100 Hz.
    private static func lowEdge(
        _ programme: [Spectrogram], activity: VoiceActivity, pauses: [Bool], grid: SpectralGrid
    ) -> Double {
        let bins = grid.bins(60, 120)
        var power = (voice: 0.0, pause: 0.0)
        var count = (voice: 0, pause: 0)
        for frame in pauses.indices where activity.isActive[frame] || pauses[frame] {
            var sum = 0.0
            for channel in programme {
                for bin in bins {
                    let at = frame * grid.binCount + bin
                    sum += Double(channel.real[at] * channel.real[at] + channel.imaginary[at] * channel.imaginary[at])
                }
            }
            if pauses[frame] {
                power.pause += sum
                count.pause += 1
            } else {
                power.voice += sum
                count.voice += 1
            }
        }
        guard count.voice > 0, count.pause >= 10 else { return 100 }
        return power.voice / Double(count.voice) > 16 * power.pause / Double(count.pause) ? 50 : 100
    }

    /// The same with a fill that is not louder than the programme's own quietest moment nearby, so that a gated
    /// programme gets no hiss.
    /// - Parameter quietestPower: mean square of the quietest 20 ms around the span, mean of the channels.
    public func withFill(limitedTo quietestPower: Float, grid: SpectralGrid) -> BedConditions {
        guard bed == .steady else { return self }
        var result = self
        // White noise of mean square m has power 0.375 * size * m in each bin. The quietest of many short stretches of
        // a steady noise lies up to 3 dB below its mean.
        result.fill = fill.limited(toMeanPower: 2 * 0.375 * Float(grid.frameSize) * quietestPower)
        return result
    }
}

import AudioCore

/// What speaks which voice.
struct SpeakingEngines: Sendable {
    /// For voices that name no model.
    let usual: SpeakingEngine
    /// By the id of the model, for voices that the usual one does not speak.
    let others: [String: SpeakingEngine]

    func engine(of voice: Voice?) throws -> SpeakingEngine {
        guard let model = voice?.model else { return usual }
        guard let other = others[model] else {
            throw AudioError(
                .internal, operation: "speak with", subject: voice?.name ?? model,
                cause: "its model \(model) was not made ready")
        }
        return other
    }
}

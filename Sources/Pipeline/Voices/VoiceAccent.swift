import AudioCore

extension Voice {
    /// What to say where it has the accent of another language than is spoken: of the same English text a judge
    /// misunderstands 5 % of an English voice and 7 to 16 % of Japanese ones (docs/measurements.md).
    /// - Returns: nil where it was made for one of the languages, or what for is not known.
    func accentNotice(speaking languages: Set<String>) -> String? {
        guard let language, !languages.isEmpty, !languages.contains(language) else { return nil }
        let spoken = languages.sorted().joined(separator: ", ")
        return "\(name) was made for another language (\(language)) than is spoken (\(spoken)) and has its accent. "
            + "Voices made for what is spoken are understood better: `hyperaudio voices install` adds some, `voices list` "
            + "says what each is made for."
    }
}

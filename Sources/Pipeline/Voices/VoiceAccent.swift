import AudioCore

extension Voice {
    /// What to say where it has the accent of another language than is spoken. Of the same English text a judge
    /// misunderstands 5 % of af_heart and 7 to 16 % of Japanese voices (docs/measurements.md); of other languages nothing
    /// was measured, and there are none to fetch.
    /// - Returns: nil where it was made for one of the languages, or what for is not known.
    func accentNotice(speaking languages: Set<String>) -> String? {
        guard let language, !languages.isEmpty, !languages.contains(language) else { return nil }
        let spoken = languages.sorted().joined(separator: ", ")
        let advice = " English voices are understood better: `hyperaudio voices install af_heart am_michael`."
        return "\(name) was made for another language (\(language)) than is spoken (\(spoken)) and has its accent."
            + (spoken == "en" ? advice : "")
    }
}

import AudioCore
import Foundation
import Testing

@testable import SpeechModels

/// What written words may have sounded like. No dictionary is needed: every word counts as known unless listed.
struct PhonemizerReadingTests {
    private static let unknown: Set<String> = [
        "wh", "th", "bec", "mp", "at&t", "and/or", "hyper-audio", "covid-19", "bbc", "cd", "tv", "ceo", "youtube",
        "hyperaudio", "b2b", "well-known", "c++", "p", "twenty-five", "example.com", "fbi", "nasdaq", "r2d2", "a4",
        "1990s", "5g", "mp3", "st-", "x86", "str",
    ]
    private let reader = WordReader(
        isKnown: { word in
            word.allSatisfy { $0.isLetter || $0 == "'" || $0 == "-" } && !unknown.contains(word.lowercased())
        },
        isKnownExactly: { ["NASA", "AI", "UNESCO"].contains($0) })

    /// Readings of the word marked with `<...>` in a passage, each as text.
    private func readings(_ passage: String, accent: EnglishAccent = .american) throws -> [String] {
        let words = passage.split(separator: " ").map(String.init)
        let marked = try #require(words.firstIndex { $0.hasPrefix("<") && $0.hasSuffix(">") })
        let written = words.map { WrittenWord($0.hasPrefix("<") ? String($0.dropFirst().dropLast()) : $0) }
        let segment = try #require(written[marked].segments.first)
        let before = marked > 0 ? written[marked - 1].segments.last : nil
        let after = marked + 1 < words.count ? written[marked + 1].segments.first : nil
        let around = WordSurroundings(
            previous: before?.core.lowercased() ?? "", next: after?.core.lowercased() ?? "",
            previousWritten: before?.core ?? "", nextWritten: after?.core ?? "", isLast: after == nil,
            isAllCapitals: false, accent: accent)
        return reader.readings(segment, around: around).map { parts in
            parts.map { part in
                switch part.manner {
                case .word: part.text
                case .letters(let ending): part.text.map(String.init).joined(separator: "-") + ending
                case .fragment(_, let schwa): part.text + (schwa ? "~ə" : "~")
                }
            }.joined(separator: " ")
        }
    }

    @Test(
        "The conventional reading of a written word comes first",
        arguments: [
            ("it took <1406> days", "fourteen oh six"), ("in <1995> we", "nineteen ninety five"),
            ("in <2005> we", "two thousand five"), ("in <2024> we", "twenty twenty four"),
            ("in <1900> we", "nineteen hundred"), ("in <2000> we", "two thousand"),
            ("the <5000> metres", "five thousand"),
            ("<42> people", "forty two"), ("<105> people", "one hundred five"), ("code <038> is", "zero three eight"),
            ("<0> people", "zero"), ("<1,200> people", "one thousand two hundred"),
            ("<12,345,678> people", "twelve million three hundred forty five thousand six hundred seventy eight"),
            ("call <5551234> now", "five five five one two three four"),
            ("call <555-1234> now", "five five five one two three four"),
            ("about <3.14> of", "three point one four"), ("about <0.5> of", "zero point five"),
            ("about <.5> of", "point five"), ("version <2.0.1> is", "two point zero point one"),
            ("the <1st> of", "first"), ("the <22nd> time", "twenty second"),
            ("the <113th> time", "one hundred thirteenth"),
            ("the <1990s> were", "nineteen nineties"), ("the <'90s> were", "nineties"), ("the <60s> were", "sixties"),
            ("at <7:30> we", "seven thirty"), ("at <7:00> we", "seven o'clock"), ("at <7:00> p.m. we", "seven"),
            ("at <7:05> we", "seven oh five"), ("at <7pm> we", "seven P-M".replacing("P-M", with: "P M")),
            ("at <12:15am> we", "twelve fifteen A M"), ("won <3-2> there", "three to two"),
            ("from <1990-1995> he", "nineteen ninety to nineteen ninety five"), ("<1/2> of", "one half"),
            ("<3/4> of", "three quarters"), ("<24/7> service", "twenty four seven"), ("on <9/11> we", "nine eleven"),
            ("<2½> years", "two and a half"), ("on <5/12/2020> we", "may twelfth twenty twenty"),
            ("on <2020-05-12> we", "may twelfth twenty twenty"), ("May <5> was", "fifth"),
            ("on <5> June", "the fifth of"),
            ("costs <$1,200> now", "one thousand two hundred dollars"), ("costs <$1> now", "one dollar"),
            ("costs <$3.50> now", "three dollars and fifty cents"), ("costs <£20> now", "twenty pounds"),
            ("costs <€5> now", "five euros"), ("costs <$0.99> now", "ninety nine cents"),
            ("costs <$3> million now", "three"),
            ("costs $3 <million> now", "million dollars"), ("costs <$5M> now", "five million dollars"),
            ("costs <$1500> now", "one thousand five hundred dollars"), ("about <5%> of", "five percent"),
            ("about 5 <%> of", "percent"), ("ran <10km> today", "ten kilometers"), ("ran 10 <km> today", "kilometers"),
            ("it is <30°C> here", "thirty degrees celsius"), ("it is <-5> here", "minus five"),
            ("he is <5'10> tall", "five ten"), ("drove <60mph> there", "sixty miles per hour"),
            ("the <#1> show", "number one"),
            ("a <4K> screen", "four thousand"), ("over <5G> here", "five G"), ("an <MP3> file", "M-P three"),
            ("<R2D2> beeps", "R two D two"), ("the <747> lands", "seven hundred forty seven"),
            ("<Mr.> Smith", "mister"), ("<Dr.> Smith", "doctor"), ("Elm <Dr.> is", "drive"), ("<St.> Louis", "saint"),
            ("Main <St.> is", "street"), ("dogs, cats, <etc.>", "et cetera"), ("<e.g.> this", "for example"),
            ("Smith <vs.> Jones", "versus"), ("<No.> 5 is", "number"), ("<No.> I", "No"), ("at 7 <p.m.> we", "P-M"),
            ("the <U.S.> is", "U-S"), ("the <BBC> says", "B-B-C"), ("the <BBC's> news", "B-B-Cs"),
            ("two <CDs> and", "C-Ds"),
            ("by <NASA> today", "NASA"), ("the <US> is", "U-S"), ("the <FBI> is", "F-B-I"), ("with <AI> now", "AI"),
            ("<J.> Smith", "J"), ("Henry <VIII> was", "the eighth"), ("War <II> was", "two"),
            ("Chapter <IV> is", "four"),
            ("Louis <XIV's> wife", "the fourteenth's"), ("the <and/or> thing", "and slash or"),
            ("at <AT&T> now", "A-T and T"),
            ("black <&> white", "and"), ("a <well-known> fact", "well known"), ("<COVID-19> was", "COVID nineteen"),
            ("watch <YouTube> now", "You Tube"), ("<example.com> is", "example dot com"), ("<wh-> what", "wh~"),
            ("<b-> but", "b~ə"), ("so <don't> go", "don't"), ("<\"Hello,\"> he", "Hello"),
            ("write <C++> now", "C plus plus"),
            ("the <twenty-five> of", "twenty five"), ("<@> home", "at"),
        ])
    func conventionalReading(passage: String, expected: String) throws {
        #expect(try readings(passage).first == expected)
    }

    @Test(
        "Other plausible readings are offered too",
        arguments: [
            ("took <1406> days", ["one four oh six", "one thousand four hundred six"]),
            ("<105> people", ["one oh five", "one zero five", "one hundred and five"]),
            ("code <038> is", ["oh three eight"]), ("costs <$3.50> now", ["three fifty"]),
            ("room <412> is", ["four twelve", "four one two"]), ("about <1,500> of", ["fifteen hundred"]),
            ("May <5> was", ["five", "the fifth"]), ("at <7:30> we", ["half past seven"]), ("the <US> is", ["us"]),
            ("won <3-2> there", ["three two"]), ("<Dr.> Smith", ["drive"]), ("on <9/11> we", ["september eleventh"]),
            ("Henry <VIII> was", ["eight"]), ("<b-> but", ["b~"]), ("in <2005> we", ["twenty oh five"]),
        ])
    func otherReadings(passage: String, expected: [String]) throws {
        let readings = try readings(passage)
        for reading in expected { #expect(readings.contains(reading), "\(readings)") }
        #expect(readings.count <= WordReader.mostReadings)
        #expect(Set(readings).count == readings.count)
    }

    @Test("The British say \"and\" in numbers and put the day first")
    func british() throws {
        #expect(try readings("<105> people", accent: .british).first == "one hundred and five")
        #expect(try readings("on <5/12/2020> we", accent: .british).first == "the fifth of december twenty twenty")
    }

    @Test(
        "Punctuation is taken off a word, and the strongest mark is kept",
        arguments: [
            ("said,", "said", ","), ("\"Really?!\"", "Really", "?"), ("(yes)", "yes", ""), ("end.\"", "end", "."),
            ("well...", "well", "…"), ("so;", "so", ";"), ("’tis", "'tis", ""), ("dogs'", "dogs", ""),
            ("goin'", "goin'", ""),
            ("time:", "time", ":"), ("no!", "no", "!"), ("“Oh", "Oh", ""), ("$5,", "$5", ","), ("word—", "word", "—"),
        ])
    func punctuation(written: String, core: String, mark: String) throws {
        let segment = try #require(WrittenWord(written).segments.first)
        #expect(segment.core == core)
        #expect(segment.punctuation == mark)
    }

    @Test("Words joined by a dash are two, and a lone dash or a note in brackets is none")
    func dashes() {
        #expect(WrittenWord("well--you").segments.map(\.core) == ["well", "you"])
        #expect(WrittenWord("well--you").segments.map(\.punctuation) == ["—", ""])
        #expect(WrittenWord("—").segments.isEmpty)
        #expect(WrittenWord("—").loneMark == "—")
        #expect(WrittenWord("[laughs]").segments.isEmpty)
        #expect(WrittenWord("♪").segments.isEmpty)
        #expect(WrittenWord("wh-").segments.first?.isCutOff == true)
    }

    @Test("Numbers in words", arguments: [(1_000_001, "one million one"), (110, "one hundred ten"), (19, "nineteen")])
    func cardinals(number: Int, expected: String) {
        #expect(SpokenNumber.cardinal(number).joined(separator: " ") == expected)
    }
}

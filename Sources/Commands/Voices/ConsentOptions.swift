import ArgumentParser
import Foundation
import Pipeline

/// How a user says that the person agreed whose voice it is.
struct ConsentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The consent of the person whose voice it is: a text or JSON file that says who, when and for what, "
                + "or a recording of the person saying so.", valueName: "file"))
    var consent: String?
    @Flag(name: .customLong("self"), help: "It is your own voice: you state that with this flag.") var own = false

    func validate() throws {
        if own && consent != nil { throw ValidationError("--self and --consent exclude each other.") }
    }

    /// nil where nothing was said.
    var claim: ConsentClaim? {
        if own { return Self.own }
        return consent.map { .file(URL(fileURLWithPath: $0)) }
    }

    /// The user's word, under the name the system knows.
    static var own: ConsentClaim {
        let (full, login) = (ProcessInfo.processInfo.fullUserName, ProcessInfo.processInfo.userName)
        return .own(who: full.isEmpty || full == login ? "the user \(login)" : "\(full) (the user \(login))")
    }

    /// Asks a person who sits at the terminal; nil where nobody does or the answer is no.
    static func asked(about file: String) -> ConsentClaim? {
        guard Terminal.error.isInteractive, isatty(STDIN_FILENO) == 1 else { return nil }
        Terminal.error.write(
            """
            \(file) holds a person's voice. To speak with it you need that person's consent.
            Type "self" if it is your own voice, or the name of a file with the consent; just Enter to stop: 
            """)
        let answer = (readLine() ?? "").trimmingCharacters(in: .whitespaces)
        if answer.isEmpty { return nil }
        return answer.lowercased() == "self" ? own : .file(URL(fileURLWithPath: answer))
    }
}
